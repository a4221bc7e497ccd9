<?php
/**
 * A month as a table; on narrow screens as a list of the days that hold something.
 *
 * @package Igny8
 */

namespace Igny8\Admin;

use DateTimeImmutable;
use Igny8\Capabilities;

defined( 'ABSPATH' ) || exit;

/**
 * What is scheduled, what is public, and which times are free.
 */
final class Month {

	/**
	 * First moment of the month.
	 *
	 * @var DateTimeImmutable
	 */
	private $first;

	/**
	 * Ready HTML of entries by day and time: {day: {time: [html]}}.
	 *
	 * @var array[]
	 */
	private $days = array();

	/**
	 * The zone as the backend names it.
	 *
	 * @var string
	 */
	private $zone;

	/**
	 * Sorts what the backend told into days.
	 *
	 * @param DateTimeImmutable $first  First moment of the month.
	 * @param array             $answer Of the calendar's route.
	 */
	public function __construct( DateTimeImmutable $first, array $answer ) {
		$this->first = $first;
		$this->zone  = (string) ( $answer['zone'] ?? '' );
		foreach ( array_merge( (array) $answer['results'], (array) ( $answer['published'] ?? array() ) ) as $plan ) {
			$this->put( (string) ( $plan['local'] ?? '' ), self::entry( $plan ) );
		}
		foreach ( (array) ( $answer['free'] ?? array() ) as $local ) {
			/* translators: %s: time of day. */
			$this->put( $local, '<li class="igny8-free">' . esc_html( sprintf( __( '%s free', 'igny8' ), self::clock( $local ) ) ) . '</li>' );
		}
	}

	/**
	 * Notes an entry at its time.
	 */
	private function put( string $local, string $html ): void {
		if ( '' !== $local ) {
			$this->days[ substr( $local, 0, 10 ) ][ substr( $local, 11, 5 ) ][] = $html;
		}
	}

	/**
	 * Draws the table.
	 */
	public function render(): void {
		global $wp_locale;
		$start = (int) get_option( 'start_of_week' );
		/* translators: month and year above a calendar, as PHP's date() writes formats. */
		$month = wp_date( __( 'F Y', 'igny8' ), $this->first->getTimestamp() );
		/* translators: 1: month and year, 2: name of a time zone. */
		printf( '<table class="igny8-month widefat"><caption>%s</caption><thead><tr>', esc_html( sprintf( __( '%1$s, times in %2$s', 'igny8' ), $month, $this->zone ) ) );
		for ( $i = 0; $i < 7; $i++ ) {
			$name = $wp_locale->get_weekday( ( $start + $i ) % 7 );
			printf( '<th scope="col"><abbr title="%s">%s</abbr></th>', esc_attr( $name ), esc_html( $wp_locale->get_weekday_abbrev( $name ) ) );
		}
		echo '</tr></thead><tbody>';
		$lead = ( (int) $this->first->format( 'w' ) - $start + 7 ) % 7;
		for ( $week = $this->first->modify( "-$lead days" ); $week < $this->first->modify( '+1 month' ); $week = $week->modify( '+7 days' ) ) {
			echo '<tr>';
			for ( $i = 0; $i < 7; $i++ ) {
				$this->day( $week->modify( "+$i days" ) );
			}
			echo '</tr>';
		}
		echo '</tbody></table>';
	}

	/**
	 * One day; days of other months stay empty.
	 */
	private function day( DateTimeImmutable $day ): void {
		if ( $day->format( 'm' ) !== $this->first->format( 'm' ) ) {
			echo '<td class="is-other"></td>';
			return;
		}
		$entries = $this->days[ $day->format( 'Y-m-d' ) ] ?? array();
		$today   = $day->format( 'Y-m-d' ) === wp_date( 'Y-m-d' );
		ksort( $entries );
		printf(
			'<td class="%s"%s><time datetime="%s"><span class="igny8-number">%s</span><span class="igny8-date">%s</span></time>',
			esc_attr( ( $entries ? 'is-full' : 'is-empty' ) . ( $today ? ' is-today' : '' ) ),
			$today ? ' aria-current="date"' : '',
			esc_attr( $day->format( 'Y-m-d' ) ),
			esc_html( number_format_i18n( (int) $day->format( 'j' ) ) ),
			esc_html( wp_date( get_option( 'date_format' ), $day->getTimestamp() ) )
		);
		if ( $entries ) {
			echo '<ul class="igny8-day">' . implode( '', array_merge( ...array_values( $entries ) ) ) . '</ul>'; // phpcs:ignore WordPress.Security.EscapeOutput -- escaped in entry().
		}
		echo '</td>';
	}

	/**
	 * An article in the calendar, with the button that moves it.
	 *
	 * @param array $plan Of the backend.
	 */
	public static function entry( array $plan ): string {
		$words = array(
			'waiting'   => __( 'Waiting', 'igny8' ),
			'scheduled' => __( 'Scheduled', 'igny8' ),
			'public'    => __( 'Public', 'igny8' ),
			'missed'    => __( 'Missed', 'igny8' ),
			'stopped'   => __( 'Stopped', 'igny8' ),
		);
		$id    = (string) $plan['content_id'];
		$title = (string) $plan['title'];
		$state = (string) ( $plan['state'] ?? 'public' );
		$local = (string) ( $plan['local'] ?? '' );
		$html  = sprintf( '<li data-id="%1$s" data-content="%1$s" data-kind="contents" data-title="%2$s" data-planned="%3$s">', esc_attr( $id ), esc_attr( $title ), esc_attr( $local ) );
		$html .= '<span>' . esc_html( self::clock( $local ) ) . ' ' . Cells::pill( 'public' === $state ? 'success' : ( 'missed' === $state ? 'failure' : $state ), $words[ $state ] ?? $state ) . '</span>';
		$html .= sprintf( '<a dir="auto" href="%s">%s</a>', esc_url( Menu::url( Menu::CONTENTS, array( 'content' => $id ) ) ), esc_html( $title ) );
		if ( ! empty( $plan['message'] ) ) {
			$html .= '<span class="igny8-excerpt">' . esc_html( (string) $plan['message'] ) . '</span>';
		}
		if ( 'public' !== $state && current_user_can( Capabilities::PUBLISH ) ) {
			$html .= Cells::act( '' === $local ? __( 'Schedule…', 'igny8' ) : __( 'Move…', 'igny8' ), 'schedule', array( $id ), $title );
		}
		return $html . '</li>';
	}

	/**
	 * The time of day, as this site writes it.
	 *
	 * @param string $local Time with its offset.
	 */
	public static function clock( string $local ): string {
		$time = strtotime( $local );
		return $time ? (string) wp_date( get_option( 'time_format' ), $time ) : '';
	}
}
