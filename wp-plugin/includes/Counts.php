<?php
/**
 * How much waits for review and how much runs, as far as this site knows.
 *
 * @package Igny8
 */

namespace Igny8;

defined( 'ABSPATH' ) || exit;

/**
 * Every answer that tells a number is noted; who draws a page reads the notes and asks nobody.
 */
final class Counts {

	const TRANSIENT = 'igny8_counts';
	const FRESH_S   = 60;

	/** How long a number is worth showing: a run ends soon, a review waits for a person. */
	const WORTH_S = array(
		'review' => DAY_IN_SECONDS,
		'live'   => 600,
	);

	/** What is asked for a number. */
	const QUESTIONS = array(
		'review' => array( '/v1/writer/content/', array( 'status' => 'review', 'page_size' => 1 ) ), // phpcs:ignore WordPress.Arrays
		'live'   => array( '/v1/system/tasks/', array( 'live' => 'true', 'page_size' => 1 ) ), // phpcs:ignore WordPress.Arrays
	);

	/**
	 * Notes a number.
	 *
	 * @param string $name  `review` or `live`.
	 * @param int    $count How many.
	 */
	public static function learn( string $name, int $count ): void {
		$notes          = self::notes();
		$notes[ $name ] = array( $count, time() );
		set_transient( self::TRANSIENT, $notes, DAY_IN_SECONDS );
	}

	/**
	 * The numbers as last heard; 0 for one that is too old to be shown.
	 *
	 * @return int[] {review, live}
	 */
	public static function known(): array {
		$known = array();
		foreach ( self::WORTH_S as $name => $worth_s ) {
			$known[ $name ] = self::is_younger( $name, $worth_s ) ? (int) self::notes()[ $name ][0] : 0;
		}
		return $known;
	}

	/**
	 * The numbers of the last minute; asks for what is older.
	 *
	 * @param bool $patient False: a page waits for the answer.
	 * @return int[]|null {review, live}; null when the service does not answer.
	 */
	public static function fresh( bool $patient = false ): ?array {
		foreach ( self::QUESTIONS as $name => list( $path, $query ) ) {
			if ( self::is_younger( $name, self::FRESH_S ) ) {
				continue;
			}
			$answer = Client::of_site()->get( $path, $query, $patient );
			if ( is_wp_error( $answer ) ) {
				return null;
			}
			self::learn( $name, (int) ( $answer['count'] ?? 0 ) );
		}
		return self::known();
	}

	/**
	 * Forgets everything.
	 */
	public static function forget(): void {
		delete_transient( self::TRANSIENT );
	}

	/**
	 * Whether a number was heard within the last seconds.
	 */
	private static function is_younger( string $name, int $seconds ): bool {
		$notes = self::notes();
		return isset( $notes[ $name ][1] ) && time() - $notes[ $name ][1] < $seconds;
	}

	/**
	 * All notes: number and time by name.
	 *
	 * @return array[]
	 */
	private static function notes(): array {
		$notes = get_transient( self::TRANSIENT );
		return is_array( $notes ) ? array_filter( $notes, 'is_array' ) : array();
	}
}
