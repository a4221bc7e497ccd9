<?php
/**
 * Internal links of articles: preview, choice, removal.
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
 * GET and PATCH contents/<id>/links, POST links/remove.
 */
final class Links_Controller {

	const REMOVE = '/v1/publisher/links/remove/';

	/**
	 * Registers the routes.
	 */
	public static function register(): void {
		$see    = Routes::needs( Capabilities::SEE );
		$may    = array( Contents_Controller::class, 'may_publish' );
		$id     = array( 'id' => Routes::uuid() );
		$one    = '/contents/(?P<id>' . Routes::UUID . ')/links';
		$change = array(
			'enabled' => array( 'type' => 'boolean' ),
			'skip'    => array(
				'type'     => 'array',
				'maxItems' => 50,
				'items'    => array(
					'type'    => 'integer',
					'minimum' => 1,
				),
			),
		);
		$which  = array(
			'ids'    => array( 'required' => false ) + Routes::uuids(),
			'select' => array(
				'type' => 'string',
				'enum' => array( 'all' ),
			),
			'once'   => Runs_Controller::once(),
		);
		Routes::add( 'GET', $one, array( __CLASS__, 'read' ), $see, $id );
		Routes::add( 'PATCH', $one, array( __CLASS__, 'change' ), $may, $id + $change );
		Routes::add( 'POST', '/links/remove', array( __CLASS__, 'remove' ), $may, $which );
	}

	/**
	 * Which words would lead to which posts.
	 *
	 * @return array|WP_Error
	 */
	public static function read( WP_REST_Request $request ) {
		return Client::of_site()->get( self::address( $request ) );
	}

	/**
	 * Switches links on or off, or leaves some out.
	 *
	 * @return array|WP_Error
	 */
	public static function change( WP_REST_Request $request ) {
		$changes = array_intersect_key( $request->get_json_params() ?? array(), array_flip( array( 'enabled', 'skip' ) ) );
		return Client::of_site()->write( 'PATCH', self::address( $request ), $changes );
	}

	/**
	 * Takes links out of posts again.
	 *
	 * @return array|WP_Error
	 */
	public static function remove( WP_REST_Request $request ) {
		$body = $request['ids'] ? array( 'ids' => $request['ids'] ) : array( 'select' => $request['select'] );
		return Runs_Controller::started( Client::of_site()->write( 'POST', self::REMOVE, $body, $request['once'] ) );
	}

	/**
	 * Path of the article's links in the backend.
	 */
	private static function address( WP_REST_Request $request ): string {
		return '/v1/writer/content/' . $request['id'] . '/links/';
	}
}
