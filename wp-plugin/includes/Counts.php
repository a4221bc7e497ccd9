<?php
/**
 * How much waits for review and how much runs, as far as this site knows.
 *
 * @package Igny8
 */

namespace Igny8;

use Igny8\Admin\Waiting_List;

defined( 'ABSPATH' ) || exit;

/**
 * Every answer that tells a number is noted; who draws a page reads the notes and asks nobody.
 */
final class Counts {

	const TRANSIENT = 'igny8_counts';
	const FRESH_S   = 60;

	/** What is asked for the numbers. */
	const OVERVIEW = '/v1/system/overview/';

	/** How long a number is worth showing: a run ends soon, a person takes their time. */
	const WORTH_S = array(
		'needs'  => DAY_IN_SECONDS,
		'review' => DAY_IN_SECONDS,
		'live'   => 600,
	);

	/**
	 * Notes a number.
	 *
	 * @param string $name  `needs`, `review` or `live`.
	 * @param int    $count How many.
	 */
	public static function learn( string $name, int $count ): void {
		$notes          = self::notes();
		$notes[ $name ] = array( $count, time() );
		set_transient( self::TRANSIENT, $notes, DAY_IN_SECONDS );
	}

	/**
	 * Notes the numbers of an overview.
	 *
	 * @param array $told By the backend.
	 */
	public static function learn_all( array $told ): void {
		$waiting = array_map( 'intval', (array) ( $told['waiting'] ?? array() ) );
		self::learn( 'needs', Waiting_List::sum( $waiting ) );
		self::learn( 'review', $waiting['review'] ?? 0 );
		self::learn( 'live', $waiting['live'] ?? 0 );
	}

	/**
	 * Notes that something was started: at least this is running now.
	 */
	public static function learn_start(): void {
		self::learn( 'live', max( 1, self::known()['live'] ) );
	}

	/**
	 * The numbers as last heard; 0 for one that is too old to be shown.
	 *
	 * @return int[] {needs, review, live}
	 */
	public static function known(): array {
		$known = array();
		foreach ( self::WORTH_S as $name => $worth_s ) {
			$known[ $name ] = self::is_younger( $name, $worth_s ) ? (int) self::notes()[ $name ][0] : 0;
		}
		return $known;
	}

	/**
	 * The numbers of the last minute; asks where they are older.
	 *
	 * @param bool $patient False: a page waits for the answer.
	 * @return int[]|null {needs, review, live}; null when the service does not answer.
	 */
	public static function fresh( bool $patient = false ): ?array {
		if ( ! self::is_younger( 'review', self::FRESH_S ) || ! self::is_younger( 'needs', self::FRESH_S ) ) {
			$told = Client::of_site()->get( self::OVERVIEW, array( 'days' => 1 ), $patient );
			if ( is_wp_error( $told ) ) {
				return null;
			}
			self::learn_all( $told );
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
