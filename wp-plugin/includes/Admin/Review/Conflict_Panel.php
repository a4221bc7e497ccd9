<?php
/**
 * Somebody changed the post on this site, so the last delivery stopped.
 *
 * @package Igny8
 */

namespace Igny8\Admin\Review;

use Igny8\Admin\Cells;
use Igny8\Capabilities;
use Igny8\Client;

defined( 'ABSPATH' ) || exit;

/**
 * Who and when, what differs, and the choice.
 */
final class Conflict_Panel {

	const CODES = array( 'wp_changed', 'wp_locked', 'wp_trashed' );

	/**
	 * Draws the card, or an empty place for it.
	 *
	 * @param array $content Of the backend.
	 */
	public static function render( array $content ): void {
		$delivery = (array) ( $content['delivery'] ?? array() );
		$choice   = in_array( $delivery['code'] ?? '', self::CODES, true ) ? self::choice( (string) $delivery['id'] ) : array();
		if ( ! $choice || ! empty( $choice['decided'] ) ) {
			echo '<section data-panel="conflict" hidden></section>';
			return;
		}
		$id    = (string) $delivery['id'];
		$title = (string) $content['title'];
		printf( '<section class="igny8-card igny8-conflict" data-panel="conflict" data-id="%1$s" data-content="%2$s" data-title="%3$s">', esc_attr( $id ), esc_attr( (string) $content['id'] ), esc_attr( $title ) );
		printf( '<h2>%s</h2><p>%s</p>', esc_html__( 'The post was not overwritten', 'igny8' ), esc_html( self::words( $choice ) ) );
		if ( 'wp_trashed' !== $choice['reason'] ) {
			Diff::fold( __( 'Show what differs', 'igny8' ), '/igny8/v1/deliveries/' . $id . '/diff', __( 'on the site', 'igny8' ), __( 'in IGNY8', 'igny8' ) );
		}
		if ( current_user_can( Capabilities::PUBLISH ) ) {
			self::ways( $choice, $id, $title );
		}
		echo '</section>';
	}

	/**
	 * The buttons.
	 *
	 * @param array $choice Of the delivery.
	 */
	private static function ways( array $choice, string $id, string $title ): void {
		$ways = array( 'keep_theirs' => array( __( 'Leave the post as it is', 'igny8' ), 'button' ) );
		if ( 'wp_changed' === $choice['reason'] ) {
			$ways['take_theirs'] = array( __( 'Take its text into IGNY8', 'igny8' ), 'button' );
		}
		$ways['overwrite'] = array( 'wp_trashed' === $choice['reason'] ? __( 'Bring it back', 'igny8' ) : __( 'Overwrite the post', 'igny8' ), 'button igny8-danger' );
		echo '<p class="igny8-buttons">';
		foreach ( $ways as $act => list( $words, $css ) ) {
			echo Cells::act( $words, $act, array( $id ), $title, $css ); // phpcs:ignore WordPress.Security.EscapeOutput -- escaped there.
		}
		echo '</p>';
		if ( ! empty( $choice['edit_link'] ) ) {
			printf( '<p>%s</p>', wp_kses_post( Cells::link( (string) $choice['edit_link'], __( 'Edit post', 'igny8' ) ) ) );
		}
	}

	/**
	 * What the site said; empty when the backend cannot be asked.
	 */
	private static function choice( string $delivery ): array {
		$answer = Client::of_site()->get( '/v1/publisher/deliveries/' . $delivery . '/status/', array(), false );
		return is_wp_error( $answer ) ? array() : (array) ( $answer['result']['choice'] ?? array() );
	}

	/**
	 * Who and when, in words.
	 *
	 * @param array $choice Of the delivery.
	 */
	private static function words( array $choice ): string {
		$who  = empty( $choice['who'] ) ? __( 'Somebody', 'igny8' ) : (string) $choice['who'];
		$time = strtotime( (string) ( $choice['when'] ?? '' ) );
		$when = $time ? wp_date( get_option( 'date_format' ) . ' ' . get_option( 'time_format' ), $time ) : __( 'an unknown time', 'igny8' );
		$said = array(
			/* translators: 1: name of a person, 2: date and time. */
			'wp_changed' => __( '%1$s changed it on this site on %2$s, after the last delivery.', 'igny8' ),
			/* translators: 1: name of a person, 2: date and time. */
			'wp_locked'  => __( '%1$s had it open in the editor (since %2$s).', 'igny8' ),
			/* translators: 2: date and time. */
			'wp_trashed' => __( 'It lies in the trash of this site (since %2$s).', 'igny8' ),
		);
		return sprintf( $said[ $choice['reason'] ?? '' ] ?? $said['wp_changed'], $who, $when );
	}
}
