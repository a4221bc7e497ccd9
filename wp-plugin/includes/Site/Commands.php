<?php
/**
 * WP-CLI: wp igny8 connect | test | run | status | disconnect.
 *
 * @package Igny8
 */

namespace Igny8\Site;

use Igny8\Client;
use Igny8\Connection;
use Igny8\Self_Test;
use WP_CLI;

defined( 'ABSPATH' ) || exit;

/**
 * Connects this site to an IGNY8 service and works with it.
 */
final class Commands {

	/**
	 * Makes the commands known where WP-CLI runs.
	 */
	public static function boot(): void {
		if ( defined( 'WP_CLI' ) && constant( 'WP_CLI' ) ) {
			WP_CLI::add_command( 'igny8', self::class );
		}
	}

	/**
	 * Connects this site.
	 *
	 * ## OPTIONS
	 *
	 * <code>
	 * : The connect code that the service made for this site.
	 *
	 * @param string[] $args The code.
	 */
	public function connect( array $args ): void {
		$done = Connection::begin( $args[0] );
		if ( is_wp_error( $done ) ) {
			WP_CLI::error( $done->get_error_message() );
			return;
		}
		WP_CLI::success( __( 'Connected.', 'igny8' ) );
	}

	/**
	 * Tests the connection and names what blocks it.
	 */
	public function test(): void {
		$bad = 0;
		foreach ( Connection::describe( true )['checks'] as $check ) {
			$stops = Self_Test::is_blocker( $check );
			WP_CLI::log( sprintf( '%s  %s: %s %s', $stops ? 'FAIL' : ( $check['ok'] ? 'ok  ' : 'note' ), $check['label'], $check['message'], $check['fix'] ) );
			$bad += $stops ? 1 : 0;
		}
		if ( $bad ) {
			WP_CLI::error( __( 'The connection does not work.', 'igny8' ) );
			return;
		}
		WP_CLI::success( __( 'The connection works.', 'igny8' ) );
	}

	/**
	 * Writes the article of a task.
	 *
	 * ## OPTIONS
	 *
	 * <task>
	 * : Id of the task.
	 *
	 * @param string[] $args The id.
	 */
	public function run( array $args ): void {
		$this->say( Client::of_site()->write( 'POST', '/v1/writer/tasks/auto_generate_content/', array( 'ids' => array( $args[0] ) ), str_replace( '-', '', wp_generate_uuid4() ) ) );
	}

	/**
	 * Shows how a run goes.
	 *
	 * ## OPTIONS
	 *
	 * <run>
	 * : Id of the run.
	 *
	 * @param string[] $args The id.
	 */
	public function status( array $args ): void {
		$this->say( Client::of_site()->get( '/v1/system/tasks/' . rawurlencode( $args[0] ) . '/status/' ) );
	}

	/**
	 * Ends the connection; posts stay.
	 */
	public function disconnect(): void {
		if ( ! Connection::end() ) {
			WP_CLI::warning( __( 'The service could not be told.', 'igny8' ) );
		}
		WP_CLI::success( __( 'Disconnected.', 'igny8' ) );
	}

	/**
	 * Prints an answer of the service.
	 *
	 * @param array|\WP_Error $answer Of the client.
	 */
	private function say( $answer ): void {
		if ( is_wp_error( $answer ) ) {
			WP_CLI::error( $answer->get_error_message() );
			return;
		}
		foreach ( array( 'task_id', 'state', 'percentage', 'message', 'error', 'cost_usd' ) as $name ) {
			if ( isset( $answer[ $name ] ) && is_scalar( $answer[ $name ] ) ) {
				WP_CLI::log( $name . ': ' . $answer[ $name ] );
			}
		}
	}
}
