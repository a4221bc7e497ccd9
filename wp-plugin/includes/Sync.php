<?php
/**
 * What the plugin does by itself, in the background: reports changes, fetches deliveries, tells which posts are public.
 *
 * @package Igny8
 */

namespace Igny8;

use Igny8\Content\Lock;

defined( 'ABSPATH' ) || exit;

/**
 * One cron event that names its own next time; where WP-Cron is dead, the admin's heartbeat stands in.
 */
final class Sync {

	const EVENT     = 'igny8_sync';
	const LATE_S    = 90;    // The event is this late: WP-Cron does not run.
	const FAILED_S  = 300;   // The backend did not answer: next try.
	const BEAT_S    = 30;    // The heartbeat helps out this often at most.
	const TRANSIENT = 'igny8_beat';

	/**
	 * Registers the hooks.
	 */
	public static function boot(): void {
		add_action( self::EVENT, array( __CLASS__, 'run' ) );
		add_action( 'admin_init', array( __CLASS__, 'ensure' ) );
		add_filter( 'heartbeat_received', array( __CLASS__, 'beat' ) );
		State_Reporter::boot();
		Site_Index::boot();
	}

	/**
	 * Reports and fetches, notes what waits and runs; plans the next time.
	 *
	 * @return array {collected, failed, next_in_s}; all 0 when another process is at it.
	 */
	public static function run(): array {
		$nothing = array_fill_keys( array( 'collected', 'failed', 'next_in_s' ), 0 );
		$lock    = Options::has_key() ? Lock::acquire( 'sync', 0.0 ) : null;
		if ( ! $lock ) {
			return $nothing;
		}
		try {
			$told = State_Reporter::send();
			$done = $told ? Pull::collect() : null;
			$more = $done && Site_Index::send();
			if ( $done ) {
				Counts::fresh( true );
			}
		} finally {
			$lock->release();
		}
		$done = $done ?? array( 'next_in_s' => self::FAILED_S ) + $nothing;
		self::within( $more ? min( Site_Index::SOON_S, $done['next_in_s'] ) : $done['next_in_s'] );
		return $done;
	}

	/**
	 * Asks for a run as soon as this request is over.
	 */
	public static function soon(): void {
		self::within( 0 );
		if ( ! has_action( 'shutdown', 'spawn_cron' ) && ! ( defined( 'DISABLE_WP_CRON' ) && DISABLE_WP_CRON ) ) {
			add_action( 'shutdown', 'spawn_cron' );
		}
	}

	/**
	 * A connected site always has a next time.
	 */
	public static function ensure(): void {
		if ( Options::has_key() && ! wp_next_scheduled( self::EVENT ) ) {
			self::within( 0 );
		}
	}

	/**
	 * Stands in for a dead WP-Cron while somebody has wp-admin open.
	 *
	 * @param array $response Heartbeat answer, passed on.
	 */
	public static function beat( $response ) {
		$next = (int) wp_next_scheduled( self::EVENT );
		if ( $next && $next < time() - self::LATE_S && ! get_transient( self::TRANSIENT ) ) {
			set_transient( self::TRANSIENT, 1, self::BEAT_S );
			self::run();
		}
		return $response;
	}

	/**
	 * Ends the background work.
	 */
	public static function stop(): void {
		wp_clear_scheduled_hook( self::EVENT );
		delete_transient( self::TRANSIENT );
	}

	/**
	 * Sets the next time; an earlier one that stands already is kept.
	 */
	public static function within( int $in_s ): void {
		$next = (int) wp_next_scheduled( self::EVENT );
		$at   = time() + $in_s;
		if ( $next && $next <= $at && $next > time() - self::LATE_S ) {
			return;
		}
		wp_clear_scheduled_hook( self::EVENT );
		wp_schedule_single_event( $at, self::EVENT );
	}
}
