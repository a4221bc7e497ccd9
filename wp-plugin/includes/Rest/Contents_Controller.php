<?php
/**
 * Written content, passed through to the backend, and the wish to publish it.
 *
 * @package Igny8
 */

namespace Igny8\Rest;

use Igny8\Capabilities;
use Igny8\Client;
use WP_Error;
use WP_REST_Request;

defined( 'ABSPATH' ) || exit;

/**
 * GET contents and POST publish.
 */
final class Contents_Controller {

	/**
	 * Registers the routes.
	 */
	public static function register(): void {
		Routes::add( 'GET', '/contents', array( __CLASS__, 'index' ), Routes::needs( Capabilities::GENERATE ), Tasks_Controller::list_args() );
		Routes::add(
			'POST',
			'/publish',
			array( __CLASS__, 'publish' ),
			array( __CLASS__, 'may_publish' ),
			array(
				'ids'   => Routes::uuids(),
				'force' => array(
					'type'    => 'boolean',
					'default' => false,
				),
				'once'  => Runs_Controller::once(),
			)
		);
	}

	/**
	 * For people: the service user may write posts, but not ask the backend to.
	 */
	public static function may_publish(): bool {
		return current_user_can( Capabilities::GENERATE ) && current_user_can( Capabilities::PUBLISH );
	}

	/**
	 * A page of content.
	 *
	 * @return array|WP_Error
	 */
	public static function index( WP_REST_Request $request ) {
		return Client::of_site()->get( '/v1/writer/content/', array_intersect_key( $request->get_params(), Tasks_Controller::list_args() ) );
	}

	/**
	 * Hands content to this site.
	 *
	 * @return array|WP_Error
	 */
	public static function publish( WP_REST_Request $request ) {
		$body = array(
			'ids'   => $request['ids'],
			'force' => $request['force'],
		);
		return Runs_Controller::localize( Client::of_site()->write( 'POST', '/v1/publisher/publish/', $body, $request['once'] ) );
	}
}
