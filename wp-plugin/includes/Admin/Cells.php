<?php
/**
 * Small pieces of HTML that tables are made of; everything is escaped here.
 *
 * @package Igny8
 */

namespace Igny8\Admin;

use Igny8\Capabilities;

defined( 'ABSPATH' ) || exit;

/**
 * One function a piece.
 */
final class Cells {

	/**
	 * The checkbox of a row.
	 */
	public static function checkbox( string $id, string $title ): string {
		return sprintf(
			'<label class="screen-reader-text" for="igny8-%1$s">%2$s</label><input type="checkbox" id="igny8-%1$s" name="ids[]" value="%1$s">',
			esc_attr( $id ),
			/* translators: %s: title of the row. */
			esc_html( sprintf( __( 'Select “%s”', 'igny8' ), $title ) )
		);
	}

	/**
	 * A state as a coloured word.
	 */
	public static function pill( string $state, string $words ): string {
		return sprintf( '<span class="igny8-status is-%s">%s</span>', esc_attr( strtolower( $state ) ), esc_html( $words ) );
	}

	/**
	 * The mark of what a stand-in model made; '' for the rest.
	 *
	 * @param mixed $is_sandbox Of the backend.
	 */
	public static function sandbox( $is_sandbox ): string {
		return $is_sandbox ? ' <span class="igny8-sandbox">' . esc_html__( 'Sandbox', 'igny8' ) . '</span>' : '';
	}

	/**
	 * How long ago, with the time itself to be read on demand.
	 */
	public static function time( string $iso ): string {
		$time = strtotime( $iso );
		if ( ! $time ) {
			return '—';
		}
		/* translators: %s: a span of time such as "2 hours". */
		$ago = sprintf( __( '%s ago', 'igny8' ), human_time_diff( $time ) );
		return sprintf( '<time datetime="%s" title="%s">%s</time>', esc_attr( gmdate( 'c', $time ) ), esc_attr( wp_date( get_option( 'date_format' ) . ' ' . get_option( 'time_format' ), $time ) ), esc_html( $ago ) );
	}

	/** Acts that not everybody may carry out who sees the screens. */
	const NEEDS = array(
		'cluster'      => Capabilities::GENERATE,
		'cluster_all'  => Capabilities::GENERATE,
		'ideas'        => Capabilities::GENERATE,
		'ideas_all'    => Capabilities::GENERATE,
		'generate'     => Capabilities::GENERATE,
		'images'       => Capabilities::GENERATE,
		'wish'         => Capabilities::GENERATE,
		'retry'        => Capabilities::GENERATE,
		'stop'         => Capabilities::GENERATE,
		'resume'       => Capabilities::GENERATE,
		'redeliver'    => Capabilities::PUBLISH,
		'give_up'      => Capabilities::GENERATE,
		'keep_back'    => Capabilities::PUBLISH,
		'create_tasks' => Capabilities::PLAN,
		'restore'      => Capabilities::PUBLISH,
		'approve'      => Capabilities::PUBLISH,
		'publish'      => Capabilities::PUBLISH,
		'schedule'     => Capabilities::PUBLISH,
		'unlink'       => Capabilities::PUBLISH,
	);

	/** Acts whose price stands below the button; its room is there from the start, so that nothing jumps. */
	const QUOTED = array( 'generate', 'images', 'ideas' );

	/**
	 * Whether the current user may carry out an act.
	 */
	public static function may( string $act ): bool {
		return ! isset( self::NEEDS[ $act ] ) || current_user_can( self::NEEDS[ $act ] );
	}

	/**
	 * A button that acts.js listens to, '' for those who may not press it; lists.js switches it on, so that no press is lost.
	 *
	 * @param string   $words Label.
	 * @param string   $act   Name in acts.js, or follow, edit.
	 * @param string[] $ids   Ids the work is for; none: those of the row.
	 * @param string   $title Title of the row, for screen readers and the dialog.
	 * @param string   $css   Classes.
	 */
	public static function act( string $words, string $act, array $ids, string $title, string $css = 'button-link' ): string {
		if ( ! self::may( $act ) ) {
			return '';
		}
		return sprintf(
			'<button type="button" disabled class="%s" data-igny8-act="%s" data-ids="%s" data-title="%s">%s<span class="screen-reader-text"> “%s”</span></button>',
			esc_attr( $css ),
			esc_attr( $act ),
			esc_attr( implode( ',', $ids ) ),
			esc_attr( $title ),
			esc_html( $words ),
			esc_html( $title )
		) . ( in_array( $act, self::QUOTED, true ) && 'button-link' !== $css ? sprintf( '<span class="igny8-quote" data-for="%s"></span>', esc_attr( $act ) ) : '' );
	}

	/**
	 * A plain link.
	 */
	public static function link( string $url, string $words ): string {
		return sprintf( '<a href="%s">%s</a>', esc_url( $url ), esc_html( $words ) );
	}

	/**
	 * Links to view and edit a post.
	 *
	 * @param array $content With wp_post_id, wp_link, wp_edit_link.
	 */
	public static function post_links( array $content ): string {
		if ( empty( $content['wp_post_id'] ) ) {
			return '—';
		}
		$links = array();
		foreach ( array( 'wp_link' => __( 'View post', 'igny8' ), 'wp_edit_link' => __( 'Edit post', 'igny8' ) ) as $key => $words ) { // phpcs:ignore WordPress.Arrays
			if ( ! empty( $content[ $key ] ) ) {
				$links[] = self::link( $content[ $key ], $words );
			}
		}
		return implode( ' <span aria-hidden="true">|</span> ', $links );
	}

	/**
	 * Sections of a planned article, folded.
	 *
	 * @param array $outline List of {heading, key_points}.
	 */
	public static function outline( array $outline ): string {
		$outline = array_filter( $outline, static fn( $part ) => is_array( $part ) && ! empty( $part['heading'] ) );
		if ( ! $outline ) {
			return '';
		}
		$count = count( $outline );
		/* translators: %d: number of sections. */
		$html = '<details class="igny8-outline"><summary>' . esc_html( sprintf( _n( 'Outline: %d section', 'Outline: %d sections', $count, 'igny8' ), $count ) ) . '</summary><ol>';
		foreach ( $outline as $part ) {
			$points = implode( '; ', array_filter( (array) ( $part['key_points'] ?? array() ), 'is_string' ) );
			$html  .= '<li><strong dir="auto">' . esc_html( (string) $part['heading'] ) . '</strong>' . ( '' === $points ? '' : '<br><span dir="auto">' . esc_html( $points ) . '</span>' ) . '</li>';
		}
		return $html . '</ol></details>';
	}

	/**
	 * Texts in one line.
	 *
	 * @param mixed $words List of texts.
	 */
	public static function joined( $words ): string {
		$words = implode( ', ', array_filter( (array) $words, 'is_string' ) );
		return '' === $words ? '—' : '<span dir="auto">' . esc_html( $words ) . '</span>';
	}
}
