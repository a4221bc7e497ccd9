<?php
/**
 * A lock that parallel requests on any number of web servers respect.
 *
 * @package Igny8
 */

namespace Igny8\Content;

defined( 'ABSPATH' ) || exit;

/**
 * One row in the options table, made by INSERT IGNORE: add_option() looks into a cache first and is no lock.
 */
final class Lock {

	const PREFIX  = 'igny8_lock_';
	const WAIT_S  = 10;   // How long a request stands in line.
	const AGE_S   = 120;  // After this time the holder is taken for dead.
	const PAUSE_US = 50000;

	/**
	 * Option name of the row.
	 *
	 * @var string
	 */
	private $name;

	/**
	 * Our value in the row: "<time taken>:<random>".
	 *
	 * @var string
	 */
	private $value;

	/**
	 * Whether the row was taken over from a holder that died.
	 *
	 * @var bool
	 */
	private $inherited = false;

	/**
	 * Built by acquire() only.
	 */
	private function __construct( string $subject ) {
		$this->name  = self::PREFIX . md5( $subject );
		$this->value = time() . ':' . wp_generate_password( 12, false );
	}

	/**
	 * Takes the lock, waiting in line for it; null when the wait was in vain.
	 */
	public static function acquire( string $subject, float $wait_s = self::WAIT_S ): ?self {
		$lock = new self( $subject );
		$end  = microtime( true ) + $wait_s;
		while ( ! $lock->insert() && ! $lock->inherit() ) {
			if ( microtime( true ) >= $end ) {
				return null;
			}
			usleep( self::PAUSE_US );
		}
		return $lock;
	}

	/**
	 * Tells whether the holder before us died with its work half done.
	 */
	public function is_inherited(): bool {
		return $this->inherited;
	}

	/**
	 * Gives the lock back, if it is still ours.
	 */
	public function release(): void {
		global $wpdb;
		$wpdb->delete( // phpcs:ignore WordPress.DB.DirectDatabaseQuery
			$wpdb->options,
			array(
				'option_name'  => $this->name,
				'option_value' => $this->value,
			)
		);
	}

	/**
	 * Makes the row; false when somebody else's is there.
	 */
	private function insert(): bool {
		global $wpdb;
		return 1 === (int) $wpdb->query( $wpdb->prepare( "INSERT IGNORE INTO $wpdb->options (option_name, option_value, autoload) VALUES (%s, %s, 'no')", $this->name, $this->value ) ); // phpcs:ignore WordPress.DB.DirectDatabaseQuery
	}

	/**
	 * Takes over a row whose holder is dead; only one of many takers succeeds.
	 */
	private function inherit(): bool {
		global $wpdb;
		$old = (string) $wpdb->get_var( $wpdb->prepare( "SELECT option_value FROM $wpdb->options WHERE option_name = %s", $this->name ) ); // phpcs:ignore WordPress.DB.DirectDatabaseQuery
		if ( '' === $old || (int) $old > time() - self::AGE_S ) {
			return false;
		}
		$this->inherited = 1 === (int) $wpdb->query( $wpdb->prepare( "UPDATE $wpdb->options SET option_value = %s WHERE option_name = %s AND option_value = %s", $this->value, $this->name, $old ) ); // phpcs:ignore WordPress.DB.DirectDatabaseQuery
		return $this->inherited;
	}
}
