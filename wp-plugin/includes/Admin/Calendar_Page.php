<?php
/**
 * The Calendar screen.
 *
 * @package Igny8
 */

namespace Igny8\Admin;

use DateTimeImmutable;
use Igny8\Capabilities;
use Igny8\Client;

defined( 'ABSPATH' ) || exit;

/**
 * A month of what is planned and public; the times are the site's own.
 */
final class Calendar_Page {

	/**
	 * Draws the screen.
	 */
	public static function render(): void {
		Screen::open( __( 'Calendar', 'igny8' ) );
		if ( Screen::is_connected() ) {
			$first  = self::month();
			$answer = Client::of_site()->get(
				'/v1/publisher/calendar/',
				array(
					'from' => $first->format( 'c' ),
					'to'   => $first->modify( '+1 month -1 second' )->format( 'c' ),
				),
				false
			);
			echo '<div id="igny8-list" tabindex="-1">';
			if ( is_wp_error( $answer ) ) {
				Screen::failure( $answer );
			} else {
				self::halt( ! empty( $answer['paused'] ) );
				self::ways( $first );
				( new Month( $first, $answer ) )->render();
				self::waiting( (array) $answer['results'] );
			}
			echo '</div>';
		}
		Screen::close();
	}

	/**
	 * First moment of the month that the address names, else of this one.
	 */
	private static function month(): DateTimeImmutable {
		$asked = isset( $_GET['month'] ) && is_string( $_GET['month'] ) ? sanitize_text_field( wp_unslash( $_GET['month'] ) ) : ''; // phpcs:ignore WordPress.Security.NonceVerification
		$valid = preg_match( '/^20\d\d-(0[1-9]|1[0-2])$/', $asked );
		return new DateTimeImmutable( $valid ? $asked . '-01' : 'first day of this month 00:00', wp_timezone() );
	}

	/**
	 * Whether publishing stands still, and the button that changes it.
	 */
	private static function halt( bool $is_paused ): void {
		$words = $is_paused
			? __( 'Publishing is paused: nothing goes public by itself, and what was scheduled on this site is a draft again.', 'igny8' )
			: '';
		$label = $is_paused ? __( 'Resume publishing', 'igny8' ) : __( 'Pause publishing', 'igny8' );
		$act   = Cells::act( $label, $is_paused ? 'resume_publishing' : 'pause_publishing', array(), '', $is_paused ? 'button button-primary' : 'button' );
		$css   = $is_paused ? 'notice notice-warning inline igny8-paused' : 'igny8-unpaused';
		printf( '<div class="%s"><p>%s %s</p></div>', esc_attr( $css ), esc_html( $words ), current_user_can( Capabilities::PUBLISH ) ? $act : '' ); // phpcs:ignore WordPress.Security.EscapeOutput -- escaped in Cells.
	}

	/**
	 * Links to other months.
	 */
	private static function ways( DateTimeImmutable $first ): void {
		$months = array(
			array( '-1 month', __( '← Earlier', 'igny8' ) ),
			array( '', __( 'This month', 'igny8' ) ),
			array( '+1 month', __( 'Later →', 'igny8' ) ),
		);
		printf( '<nav class="igny8-buttons igny8-months" aria-label="%s">', esc_attr__( 'Months', 'igny8' ) );
		foreach ( $months as list( $step, $words ) ) {
			$args = '' === $step ? array() : array( 'month' => $first->modify( $step )->format( 'Y-m' ) );
			printf( '<a class="button" href="%s">%s</a>', esc_url( Menu::url( Menu::CALENDAR, $args ) ), esc_html( $words ) );
		}
		echo '</nav>';
	}

	/**
	 * Articles that have no time yet.
	 *
	 * @param array $plans Of the backend.
	 */
	private static function waiting( array $plans ): void {
		$plans = array_filter( $plans, static fn( $plan ) => empty( $plan['local'] ) );
		if ( ! $plans ) {
			return;
		}
		echo '<section class="igny8-card"><h2>' . esc_html__( 'Waiting for a time', 'igny8' ) . '</h2><ul class="igny8-day">';
		foreach ( $plans as $plan ) {
			echo Month::entry( $plan ); // phpcs:ignore WordPress.Security.EscapeOutput -- escaped there.
		}
		echo '</ul></section>';
	}
}
