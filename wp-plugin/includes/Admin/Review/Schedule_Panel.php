<?php
/**
 * When the article under review goes public.
 *
 * @package Igny8
 */

namespace Igny8\Admin\Review;

use Igny8\Admin\Cells;
use Igny8\Admin\Contents_Table;
use Igny8\Admin\Menu;
use Igny8\Capabilities;

defined( 'ABSPATH' ) || exit;

/**
 * The plan in words, and the button that opens the schedule dialog.
 */
final class Schedule_Panel {

	/**
	 * Draws the card.
	 *
	 * @param array $content Of the backend.
	 */
	public static function render( array $content ): void {
		if ( ! current_user_can( Capabilities::PUBLISH ) ) {
			return;
		}
		$planned = Contents_Table::local( (string) ( $content['publish_at'] ?? '' ) );
		printf( '<section class="igny8-card" data-panel="schedule" data-id="%1$s" data-content="%1$s" data-title="%2$s" data-planned="%3$s">', esc_attr( (string) $content['id'] ), esc_attr( (string) $content['title'] ), esc_attr( $planned ) );
		printf( '<h2>%s</h2><p>%s</p>', esc_html__( 'Schedule', 'igny8' ), esc_html( self::words( $content ) ) );
		if ( 'publish' !== ( $content['wp_status'] ?? '' ) ) {
			$label = empty( $content['publish_at'] ) ? __( 'Schedule…', 'igny8' ) : __( 'Move…', 'igny8' );
			echo '<p class="igny8-buttons">' . Cells::act( $label, 'schedule', array( (string) $content['id'] ), (string) $content['title'], 'button' ); // phpcs:ignore WordPress.Security.EscapeOutput -- escaped there.
			if ( ! empty( $content['publish_at'] ) ) {
				echo Cells::act( __( 'Unschedule', 'igny8' ), 'unschedule', array( (string) $content['id'] ), (string) $content['title'], 'button' ); // phpcs:ignore WordPress.Security.EscapeOutput -- escaped there.
			}
			echo '</p>';
		}
		printf( '<p>%s</p></section>', wp_kses_post( Cells::link( Menu::url( Menu::CALENDAR ), __( 'Show the calendar', 'igny8' ) ) ) );
	}

	/**
	 * The plan of an article in words.
	 *
	 * @param array $content Of the backend.
	 */
	public static function words( array $content ): string {
		$time = strtotime( (string) ( $content['publish_at'] ?? '' ) );
		$when = $time ? wp_date( get_option( 'date_format' ) . ' ' . get_option( 'time_format' ), $time ) : '';
		switch ( $content['publication'] ?? '' ) {
			case 'scheduled':
				/* translators: %s: date and time. */
				return sprintf( __( 'Goes public on %s.', 'igny8' ), $when );
			case 'waiting':
				return __( 'Waits for a time.', 'igny8' );
			case 'missed':
				/* translators: %s: date and time. */
				return sprintf( __( 'Should have become public on %s, and did not.', 'igny8' ), $when );
			case 'stopped':
				return self::stopped( (string) ( $content['wp_status'] ?? '' ) );
			case 'public':
				/* translators: %s: date and time. */
				return sprintf( __( 'Public since %s.', 'igny8' ), $when );
		}
		return 'publish' === ( $content['wp_status'] ?? '' ) ? __( 'The post is public.', 'igny8' ) : __( 'Not scheduled.', 'igny8' );
	}

	/**
	 * Why nothing more happens by itself.
	 *
	 * @param string $status State of the post.
	 */
	private static function stopped( string $status ): string {
		$words = array(
			'publish' => __( 'The post is public.', 'igny8' ),
			'trash'   => __( 'Stopped: somebody put the post into the trash.', 'igny8' ),
			'gone'    => __( 'Stopped: somebody deleted the post.', 'igny8' ),
			'private' => __( 'Stopped: somebody made the post private.', 'igny8' ),
		);
		return $words[ $status ] ?? __( 'Stopped: somebody took the post back. Give it a new time to go on.', 'igny8' );
	}
}
