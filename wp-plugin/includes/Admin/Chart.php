<?php
/**
 * A small chart of spend by day.
 *
 * @package Igny8
 */

namespace Igny8\Admin;

defined( 'ABSPATH' ) || exit;

/**
 * Inline SVG with a table beside it for those who can't see it.
 */
final class Chart {

	const BAR    = 10;
	const GAP    = 3;
	const HEIGHT = 80;

	/**
	 * Draws the last days, today last.
	 *
	 * @param array[] $by_day Day (Y-m-d, UTC) → {cost_usd, runs}.
	 * @param int     $days   How many.
	 */
	public static function render( array $by_day, int $days ): void {
		$rows = self::rows( $by_day, $days );
		$most = max( array_column( $rows, 'usd' ) );
		/* translators: %s: amount of money. */
		$name = sprintf( __( 'Spend by day; at most %s a day', 'igny8' ), Money::text( $most ) );
		printf( '<svg class="igny8-chart" role="img" aria-label="%s" viewBox="0 0 %d %d" preserveAspectRatio="none">', esc_attr( $name ), esc_attr( (string) ( $days * ( self::BAR + self::GAP ) ) ), esc_attr( (string) self::HEIGHT ) );
		foreach ( $rows as $i => $row ) {
			$height = $most > 0 ? max( $row['runs'] ? 2 : 0, self::HEIGHT * $row['usd'] / $most ) : ( $row['runs'] ? 2 : 0 );
			printf(
				'<rect x="%s" y="%s" width="%s" height="%s"><title>%s</title></rect>',
				esc_attr( (string) ( $i * ( self::BAR + self::GAP ) ) ),
				esc_attr( (string) round( self::HEIGHT - $height, 1 ) ),
				esc_attr( (string) self::BAR ),
				esc_attr( (string) round( $height, 1 ) ),
				esc_html( self::words( $row ) )
			);
		}
		echo '</svg><details class="igny8-outline"><summary>' . esc_html__( 'Days in figures', 'igny8' ) . '</summary><ul>';
		foreach ( array_reverse( array_filter( $rows, static fn( $row ) => $row['runs'] > 0 ) ) as $row ) {
			echo '<li>' . esc_html( self::words( $row ) ) . '</li>';
		}
		echo '</ul></details>';
	}

	/**
	 * One row a day, with nothing for days without work.
	 *
	 * @return array[]
	 */
	private static function rows( array $by_day, int $days ): array {
		$rows = array();
		for ( $ago = $days - 1; $ago >= 0; $ago-- ) {
			$day    = gmdate( 'Y-m-d', time() - $ago * DAY_IN_SECONDS );
			$rows[] = array(
				'day'  => $day,
				'usd'  => (float) ( $by_day[ $day ]['cost_usd'] ?? 0 ),
				'runs' => (int) ( $by_day[ $day ]['runs'] ?? 0 ),
			);
		}
		return $rows;
	}

	/**
	 * A day in words.
	 */
	private static function words( array $row ): string {
		/* translators: 1: date, 2: amount of money, 3: number of runs. */
		return sprintf( _n( '%1$s: %2$s, %3$d run', '%1$s: %2$s, %3$d runs', $row['runs'], 'igny8' ), wp_date( get_option( 'date_format' ), strtotime( $row['day'] . ' 12:00 UTC' ) ), Money::text( $row['usd'] ), $row['runs'] );
	}
}
