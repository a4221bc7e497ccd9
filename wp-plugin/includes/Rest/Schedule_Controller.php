<?php
/**
 * When articles go public.
 *
 * @package Igny8
 */

namespace Igny8\Rest;

use Igny8\Client;
use WP_Error;
use WP_REST_Request;

defined( 'ABSPATH' ) || exit;

/**
 * GET calendar, POST schedule, POST publishing/pause, POST publishing/resume.
 */
final class Schedule_Controller {

	/**
	 * Registers the routes.
	 */
	public static function register(): void {
		$may  = array( Contents_Controller::class, 'may_publish' );
		$time = array(
			'type'   => 'string',
			'format' => 'date-time',
		);
		$once = array( 'once' => Runs_Controller::once() );
		Routes::add( 'GET', '/calendar', array( __CLASS__, 'calendar' ), $may, array_fill_keys( array( 'from', 'to' ), $time ) );
		Routes::add(
			'POST',
			'/schedule',
			array( __CLASS__, 'schedule' ),
			$may,
			$once + array(
				'content_id' => Routes::uuid(),
				'publish_at' => array(
					'type'    => array( 'string', 'null' ),
					'pattern' => '^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?$',
				),
				'next_free'  => array( 'type' => 'boolean' ),
			)
		);
		Routes::add( 'POST', '/publishing/(?P<wish>pause|resume)', array( __CLASS__, 'halt' ), $may, $once );
	}

	/**
	 * What goes public when, and the next free time.
	 *
	 * @return array|WP_Error
	 */
	public static function calendar( WP_REST_Request $request ) {
		return Client::of_site()->get( '/v1/publisher/calendar/', array_intersect_key( $request->get_params(), array_flip( array( 'from', 'to' ) ) ) );
	}

	/**
	 * Sets, moves or takes back the time of an article; a time is the site's own.
	 *
	 * @return array|WP_Error
	 */
	public static function schedule( WP_REST_Request $request ) {
		$body = array_intersect_key( $request->get_params(), array_flip( array( 'content_id', 'publish_at', 'next_free' ) ) );
		return Runs_Controller::started( Client::of_site()->write( 'POST', '/v1/publisher/schedule/', $body, $request['once'] ) );
	}

	/**
	 * Stops publishing by itself, or goes on.
	 *
	 * @return array|WP_Error
	 */
	public static function halt( WP_REST_Request $request ) {
		return Client::of_site()->write( 'POST', '/v1/publisher/' . $request['wish'] . '/', null, $request['once'] );
	}
}
