<?php
/**
 * The backend's door to posts.
 *
 * @package Igny8
 */

namespace Igny8\Rest;

use Igny8\Capabilities;
use Igny8\Content\Document;
use Igny8\Content\Post_Remover;
use Igny8\Content\Post_Writer;
use Igny8\Content\Receipt;
use WP_Error;
use WP_REST_Request;
use WP_REST_Response;

defined( 'ABSPATH' ) || exit;

/**
 * PUT, GET, DELETE content/<uuid> and POST content/status.
 */
final class Content_Controller {

	/**
	 * Registers the routes.
	 */
	public static function register(): void {
		$may  = Routes::needs( Capabilities::PUBLISH );
		$here = Addressee::needs( Capabilities::PUBLISH );
		$one  = '/content/(?P<uuid>' . Routes::UUID . ')';
		$uuid = array( 'uuid' => Routes::uuid() );
		Routes::add( 'PUT', $one, array( __CLASS__, 'put' ), $here, $uuid + Document::schema() );
		Routes::add( 'GET', $one, array( __CLASS__, 'get' ), $may, $uuid );
		Routes::add( 'DELETE', $one, array( __CLASS__, 'delete' ), $here, $uuid + array( 'force' => array( 'type' => 'boolean' ) ) );
		Routes::add( 'POST', '/content/status', array( __CLASS__, 'status' ), $may, array( 'uuids' => Routes::uuids() ) );
	}

	/**
	 * Writes the post; a lost connection does not stop the work half way.
	 *
	 * @return WP_REST_Response|WP_Error
	 */
	public static function put( WP_REST_Request $request ) {
		ignore_user_abort( true );
		$document = array_intersect_key( $request->get_params(), Document::schema() );
		return self::respond( Post_Writer::write( $request['uuid'], $document ) );
	}

	/**
	 * Tells what stands.
	 *
	 * @return array|WP_Error
	 */
	public static function get( WP_REST_Request $request ) {
		$post = Post_Writer::find( $request['uuid'] );
		return $post ? Receipt::full( $post ) : Post_Writer::not_found();
	}

	/**
	 * Moves to the trash; with `force` it removes the draft of the connection test.
	 *
	 * @return array|WP_Error
	 */
	public static function delete( WP_REST_Request $request ) {
		return $request['force'] ? Post_Remover::remove_test_draft( $request['uuid'] ) : Post_Remover::trash( $request['uuid'] );
	}

	/**
	 * Tells what stands, for many: {items: {uuid: receipt}, missing: [uuid]}.
	 */
	public static function status( WP_REST_Request $request ): array {
		$items   = array();
		$missing = array();
		foreach ( $request['uuids'] as $uuid ) {
			$post = Post_Writer::find( $uuid );
			if ( $post ) {
				$items[ $uuid ] = Receipt::of( $post, false );
			} else {
				$missing[] = $uuid;
			}
		}
		return array(
			'items'   => (object) $items,
			'missing' => $missing,
		);
	}

	/**
	 * 201 for a new thing, 200 for a known one; a wait is also told as a header.
	 *
	 * @param array|WP_Error $result With `created`, or an error.
	 * @return WP_REST_Response
	 */
	public static function respond( $result ): WP_REST_Response {
		if ( ! is_wp_error( $result ) ) {
			return new WP_REST_Response( $result, $result['created'] ? 201 : 200 );
		}
		$response = rest_convert_error_to_response( $result );
		$data     = (array) $result->get_error_data();
		if ( isset( $data['retry_after'] ) ) {
			$response->header( 'Retry-After', (string) $data['retry_after'] );
		}
		return $response;
	}
}
