<?php
/**
 * The receipt card on the edit screen of a post that came from IGNY8.
 *
 * @package Igny8
 */

namespace Igny8\Site;

use Igny8\Admin\Menu;
use Igny8\Content\Meta;
use Igny8\Content\Receipt;
use WP_Post;

defined( 'ABSPATH' ) || exit;

/**
 * What landed, where it came from, and the way to repair it.
 */
final class Receipt_Box {

	/**
	 * Hooks.
	 */
	public static function boot(): void {
		add_action( 'add_meta_boxes', array( __CLASS__, 'add' ), 10, 2 );
	}

	/**
	 * Adds the card where the post came from IGNY8.
	 *
	 * @param string $type Post type.
	 * @param mixed  $post Post, or a comment on its own screen.
	 */
	public static function add( $type, $post ): void {
		if ( $post instanceof WP_Post && '' !== Post_Sender::content_id( $post->ID ) ) {
			add_meta_box( 'igny8-receipt', __( 'IGNY8 receipt', 'igny8' ), array( __CLASS__, 'render' ), $type, 'side' );
		}
	}

	/**
	 * Words by field.
	 *
	 * @return string[]
	 */
	private static function fields(): array {
		return array(
			'title'      => __( 'Title', 'igny8' ),
			'content'    => __( 'Text', 'igny8' ),
			'status'     => __( 'Status', 'igny8' ),
			'slug'       => __( 'Address', 'igny8' ),
			'excerpt'    => __( 'Excerpt', 'igny8' ),
			'categories' => __( 'Categories', 'igny8' ),
			'tags'       => __( 'Tags', 'igny8' ),
			'featured'   => __( 'Featured image', 'igny8' ),
			'images'     => __( 'Images in the text', 'igny8' ),
			'seo'        => __( 'Search fields', 'igny8' ),
			'date_gmt'   => __( 'Date', 'igny8' ),
		);
	}

	/**
	 * Draws the card.
	 */
	public static function render( WP_Post $post ): void {
		$states  = array(
			'applied' => __( 'as sent', 'igny8' ),
			'altered' => __( 'changed by WordPress', 'igny8' ),
			'ignored' => __( 'not taken over', 'igny8' ),
			'failed'  => __( 'failed', 'igny8' ),
		);
		$receipt = Receipt::of( $post, false );
		if ( $receipt['changed'] ) {
			echo '<p><strong>' . esc_html__( 'Edited here since the delivery: it is not overwritten unless you say so.', 'igny8' ) . '</strong></p>';
		}
		echo '<ul class="igny8-receipt">';
		foreach ( (array) $receipt['fields'] as $name => $field ) {
			$state = is_array( $field ) ? (string) ( $field['state'] ?? '' ) : (string) $field;
			$mark  = 'applied' === $state ? '✓' : ( 'failed' === $state ? '✕' : '•' );
			printf( '<li><span aria-hidden="true">%s</span> %s: %s%s</li>', esc_html( $mark ), esc_html( self::fields()[ $name ] ?? $name ), esc_html( $states[ $state ] ?? $state ), esc_html( self::left_out( $field ) ) );
		}
		echo '</ul>';
		self::origin( $post->ID );
		self::links( $post, (bool) $receipt['changed'] );
	}

	/**
	 * Terms that were not taken over, by name.
	 *
	 * @param mixed $field Of the receipt.
	 */
	private static function left_out( $field ): string {
		$names = is_array( $field ) ? array_filter( (array) ( $field['ignored'] ?? array() ), 'is_string' ) : array();
		return $names ? ' (' . implode( ', ', $names ) . ')' : '';
	}

	/**
	 * Model, prompt, time.
	 */
	private static function origin( int $post_id ): void {
		$from = get_post_meta( $post_id, Meta::PROVENANCE, true );
		$from = is_string( $from ) ? json_decode( $from, true ) : $from;
		$rows = array(
			'model'          => __( 'Model', 'igny8' ),
			'provider'       => __( 'Provider', 'igny8' ),
			'prompt_version' => __( 'Prompt', 'igny8' ),
			'generated_at'   => __( 'Written', 'igny8' ),
		);
		echo '<p>';
		foreach ( $rows as $name => $label ) {
			if ( is_array( $from ) && ! empty( $from[ $name ] ) && is_scalar( $from[ $name ] ) ) {
				$time  = 'generated_at' === $name ? strtotime( (string) $from[ $name ] ) : false;
				$value = $time ? wp_date( get_option( 'date_format' ) . ' ' . get_option( 'time_format' ), $time ) : (string) $from[ $name ];
				printf( '%s: %s<br>', esc_html( $label ), esc_html( $value ) );
			}
		}
		if ( is_array( $from ) && ! empty( $from['sandbox'] ) ) {
			esc_html_e( 'Made by a stand-in model (sandbox).', 'igny8' );
		}
		echo '</p>';
	}

	/**
	 * The ways on.
	 */
	private static function links( WP_Post $post, bool $is_changed ): void {
		if ( ! Post_Sender::may() ) {
			return;
		}
		printf( '<p><a href="%s">%s</a></p>', esc_url( Menu::url( Menu::CONTENTS, array( 'content' => Post_Sender::content_id( $post->ID ) ) ) ), esc_html__( 'Open in IGNY8', 'igny8' ) );
		$words = $is_changed ? __( 'Overwrite with the text of IGNY8', 'igny8' ) : __( 'Send again', 'igny8' );
		printf( '<p><a class="button" href="%s">%s</a></p>', esc_url( Post_Sender::url( $post->ID, $is_changed ) ), esc_html( $words ) );
	}
}
