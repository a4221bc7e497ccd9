<?php
/**
 * The Connect screen's routes.
 *
 * @package Igny8
 */

namespace Igny8\Rest;

use Igny8\Capabilities;
use Igny8\Connect_Code;
use Igny8\Connection;
use WP_Error;
use WP_REST_Request;

defined( 'ABSPATH' ) || exit;

/**
 * POST connect, GET connection, POST disconnect; for administrators.
 */
final class Connection_Controller {

	/**
	 * Registers the routes.
	 */
	public static function register(): void {
		$may = Routes::needs( Capabilities::MANAGE );
		Routes::add(
			'POST',
			'/connect',
			array( __CLASS__, 'connect' ),
			$may,
			array(
				'code'    => array(
					'type'      => 'string',
					'maxLength' => 2000,
					'default'   => '',
				),
				'confirm' => array(
					'type'    => 'boolean',
					'default' => false,
				),
			)
		);
		Routes::add( 'GET', '/connection', array( __CLASS__, 'show' ), $may, array( 'test' => array( 'type' => 'boolean' ) ) );
		Routes::add( 'POST', '/disconnect', array( __CLASS__, 'disconnect' ), $may );
	}

	/**
	 * Unconfirmed: tells whose code it is. Confirmed: connects; without a code it resumes.
	 *
	 * @return array|WP_Error
	 */
	public static function connect( WP_REST_Request $request ) {
		if ( ! $request['confirm'] ) {
			$code = Connect_Code::decode( $request['code'] );
			return is_wp_error( $code ) ? $code : array(
				'host'    => Connect_Code::host_of( $code->url ),
				'account' => $code->account,
			);
		}
		$done = '' === trim( $request['code'] ) ? Connection::resume() : Connection::begin( $request['code'] );
		return is_wp_error( $done ) ? $done : Connection::describe();
	}

	/**
	 * The state of the connection.
	 */
	public static function show( WP_REST_Request $request ): array {
		return Connection::describe( (bool) $request['test'] );
	}

	/**
	 * Disconnects.
	 */
	public static function disconnect(): array {
		return array( 'told' => Connection::end() ) + Connection::describe();
	}
}
