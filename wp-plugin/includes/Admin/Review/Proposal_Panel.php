<?php
/**
 * A rewritten article that waits beside the present one.
 *
 * @package Igny8
 */

namespace Igny8\Admin\Review;

use Igny8\Admin\Cells;
use Igny8\Capabilities;
use Igny8\Client;

defined( 'ABSPATH' ) || exit;

/**
 * What it would change, and the decision.
 */
final class Proposal_Panel {

	/**
	 * Draws the card, or an empty place for it.
	 *
	 * @param array $content Of the backend.
	 */
	public static function render( array $content ): void {
		$id     = (string) $content['id'];
		$answer = Client::of_site()->get( '/v1/writer/content/' . $id . '/proposal/', array(), false );
		if ( is_wp_error( $answer ) ) {
			echo '<section data-panel="proposal" hidden></section>';
			return;
		}
		$proposal = (array) $answer['proposal'];
		printf( '<section class="igny8-card igny8-proposal" data-panel="proposal" data-id="%1$s" data-content="%1$s" data-title="%2$s">', esc_attr( $id ), esc_attr( (string) $content['title'] ) );
		/* translators: %s: number of words. */
		$words = sprintf( __( 'A new text of %s words waits for your decision. The present one stays until you take it.', 'igny8' ), number_format_i18n( (int) $proposal['word_count'] ) );
		printf( '<h2>%s</h2><p>%s</p>', esc_html__( 'Proposal', 'igny8' ), esc_html( $words ) );
		foreach ( array_filter( (array) ( $proposal['warnings'] ?? array() ), 'is_string' ) as $warning ) {
			printf( '<p class="igny8-flag">%s</p>', esc_html( $warning ) );
		}
		Diff::fold( __( 'What it would change', 'igny8' ), '/igny8/v1/contents/' . $id . '/proposal', __( 'now', 'igny8' ), __( 'proposed', 'igny8' ), true );
		if ( current_user_can( Capabilities::PUBLISH ) ) {
			$title  = (string) $content['title'];
			$accept = empty( $content['wp_post_id'] ) ? __( 'Take it', 'igny8' ) : __( 'Take it and update the post', 'igny8' );
			printf( '<p class="igny8-buttons">%s %s</p>', Cells::act( $accept, 'accept', array( $id ), $title, 'button button-primary' ), Cells::act( __( 'Drop it', 'igny8' ), 'discard', array( $id ), $title, 'button' ) ); // phpcs:ignore WordPress.Security.EscapeOutput -- escaped there.
		}
		echo '</section>';
	}
}
