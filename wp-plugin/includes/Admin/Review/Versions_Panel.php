<?php
/**
 * What the article was before.
 *
 * @package Igny8
 */

namespace Igny8\Admin\Review;

use Igny8\Admin\Cells;
use Igny8\Admin\Money;
use Igny8\Client;

defined( 'ABSPATH' ) || exit;

/**
 * When, by whom or what, for how much; two can be compared, an old one brought back.
 */
final class Versions_Panel {

	/**
	 * Draws the card, or an empty place for it while there is only one version.
	 *
	 * @param array $content Of the backend.
	 */
	public static function render( array $content ): void {
		$id       = (string) $content['id'];
		$answer   = Client::of_site()->get( '/v1/writer/content/' . $id . '/versions/', array(), false );
		$versions = is_wp_error( $answer ) ? array() : (array) $answer['results'];
		if ( count( $versions ) < 2 ) {
			echo '<section data-panel="versions" hidden></section>';
			return;
		}
		printf( '<section class="igny8-card" data-panel="versions" data-id="%1$s" data-content="%1$s" data-title="%2$s">', esc_attr( $id ), esc_attr( (string) $content['title'] ) );
		printf( '<h2>%s</h2><ol class="igny8-versions" reversed>', esc_html__( 'Versions', 'igny8' ) );
		foreach ( $versions as $version ) {
			self::line( $version, (string) $content['title'] );
		}
		echo '</ol>';
		self::pair( $id, $versions );
		echo '</section>';
	}

	/**
	 * One version.
	 *
	 * @param array $version Of the backend.
	 */
	private static function line( array $version, string $title ): void {
		$made  = array(
			'generated' => __( 'written', 'igny8' ),
			'edited'    => __( 'edited', 'igny8' ),
			'revised'   => __( 'proposal taken', 'igny8' ),
			'restored'  => __( 'brought back', 'igny8' ),
		);
		$facts = array( $made[ $version['origin'] ] ?? (string) $version['origin'] );
		if ( ! empty( $version['author'] ) ) {
			$facts[] = (string) $version['author'];
		}
		if ( in_array( $version['origin'], array( 'generated', 'revised' ), true ) ) {
			$facts[] = (string) ( $version['model'] ?? '' );
			/* translators: %s: version of a prompt. */
			$facts[] = empty( $version['prompt_version'] ) ? '' : sprintf( __( 'prompt %s', 'igny8' ), (string) $version['prompt_version'] );
			$facts[] = null === ( $version['cost_usd'] ?? null ) ? '' : Money::text( $version['cost_usd'] );
		}
		/* translators: %s: number of words. */
		$facts[] = sprintf( __( '%s words', 'igny8' ), number_format_i18n( (int) $version['word_count'] ) );
		printf( '<li value="%d">%s <span class="igny8-excerpt">%s</span> ', (int) $version['number'], wp_kses_post( Cells::time( (string) $version['made_at'] ) ), esc_html( implode( ' · ', array_filter( $facts ) ) ) );
		if ( empty( $version['is_current'] ) ) {
			echo Cells::act( __( 'Bring back', 'igny8' ), 'restore', array( (string) $version['number'] ), $title ); // phpcs:ignore WordPress.Security.EscapeOutput -- escaped there.
		} else {
			echo '<strong>' . esc_html__( 'present', 'igny8' ) . '</strong>';
		}
		echo '</li>';
	}

	/**
	 * Two drop-downs and what differs between them.
	 *
	 * @param array[] $versions Newest first.
	 */
	private static function pair( string $id, array $versions ): void {
		$choices = array(
			'older' => array( __( 'Compare version', 'igny8' ), 1 ),
			'newer' => array( __( 'with version', 'igny8' ), 0 ),
		);
		echo '<p class="igny8-pair">';
		foreach ( $choices as $name => list( $label, $chosen ) ) {
			printf( '<label for="igny8-%1$s">%2$s</label> <select id="igny8-%1$s" data-pair="%1$s">', esc_attr( $name ), esc_html( $label ) );
			foreach ( $versions as $i => $version ) {
				printf( '<option%s>%d</option>', selected( $i, $chosen, false ), (int) $version['number'] );
			}
			echo '</select> ';
		}
		echo '</p>';
		Diff::fold( __( 'Show what differs', 'igny8' ), '/igny8/v1/contents/' . $id . '/versions/diff?', __( 'only in the first', 'igny8' ), __( 'only in the second', 'igny8' ) );
	}
}
