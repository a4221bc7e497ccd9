<?php
/**
 * The wish to publish written content.
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
 * POST publish.
 */
final class Contents_Controller {

	/**
	 * Registers the route.
	 */
	public static function register(): void {
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
		return current_user_can( Capabilities::SEE ) && current_user_can( Capabilities::PUBLISH );
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
		return Runs_Controller::started( Client::of_site()->write( 'POST', '/v1/publisher/publish/', $body, $request['once'] ) );
	}
}
