<?php
/**
 * A wish to the model: write the article, or one section of it, again.
 *
 * @package Igny8
 */

namespace Igny8\Admin\Review;

use Igny8\Admin\Cells;
use Igny8\Capabilities;

defined( 'ABSPATH' ) || exit;

/**
 * What shall change, in which part, and what that costs. Its fields have no names: the form around them is another.
 */
final class Wish_Panel {

	/**
	 * Draws the card.
	 *
	 * @param array $content Of the backend.
	 */
	public static function render( array $content ): void {
		if ( empty( $content['task_id'] ) || ! current_user_can( Capabilities::GENERATE ) ) {
			return;
		}
		$id = (string) $content['id'];
		printf( '<section class="igny8-card igny8-wish" data-id="%1$s" data-content="%1$s" data-task="%2$s" data-title="%3$s">', esc_attr( $id ), esc_attr( (string) $content['task_id'] ), esc_attr( (string) $content['title'] ) );
		printf( '<h2>%s</h2>', esc_html__( 'Request changes', 'igny8' ) );
		printf( '<p><label for="igny8-wish-section">%s</label><select id="igny8-wish-section" class="large-text">', esc_html__( 'Part', 'igny8' ) );
		printf( '<option value="">%s</option>', esc_html__( 'The whole article', 'igny8' ) );
		foreach ( (array) ( $content['sections'] ?? array() ) as $section ) {
			printf( '<option value="%s">%s%s</option>', esc_attr( (string) $section['id'] ), esc_html( str_repeat( '– ', max( 0, (int) $section['level'] - 2 ) ) ), esc_html( (string) $section['heading'] ) );
		}
		echo '</select></p>';
		printf( '<p><label for="igny8-wish-words">%s</label><textarea id="igny8-wish-words" rows="3" maxlength="2000" class="large-text" dir="auto" aria-describedby="igny8-wish-help"></textarea></p>', esc_html__( 'What shall change?', 'igny8' ) );
		printf( '<p class="description" id="igny8-wish-help">%s</p>', esc_html__( 'For instance “shorter, with an example from a small garden”. Left empty, the part is written anew. The outcome waits as a proposal; nothing is replaced by itself.', 'igny8' ) );
		printf( '<p>%s <span class="igny8-wish-quote igny8-quote" role="status"></span></p></section>', Cells::act( __( 'Write a proposal', 'igny8' ), 'wish', array( $id ), (string) $content['title'], 'button' ) ); // phpcs:ignore WordPress.Security.EscapeOutput -- escaped there.
	}
}
