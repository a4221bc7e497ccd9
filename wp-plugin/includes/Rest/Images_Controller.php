<?php
/**
 * Pictures that the backend holds, shown in wp-admin.
 *
 * @package Igny8
 */

namespace Igny8\Rest;

use Igny8\Capabilities;
use Igny8\Client;
use WP_Error;
use WP_REST_Request;
use WP_REST_Response;

defined( 'ABSPATH' ) || exit;

/**
 * GET images/<id>/file.
 */
final class Images_Controller {

	const TYPES = array( 'image/jpeg', 'image/png', 'image/webp', 'image/gif', 'image/avif' );

	/**
	 * Registers the route.
	 */
	public static function register(): void {
		Routes::add( 'GET', '/images/(?P<id>' . Routes::UUID . ')/file', array( __CLASS__, 'file' ), Routes::needs( Capabilities::SEE ), array( 'id' => Routes::uuid() ) );
	}

	/**
	 * Address of a picture for an image tag of the current user.
	 */
	public static function url( string $id ): string {
		return add_query_arg( '_wpnonce', wp_create_nonce( 'wp_rest' ), rest_url( Routes::SPACE . '/images/' . $id . '/file' ) );
	}

	/**
	 * The picture itself instead of JSON.
	 *
	 * @return WP_REST_Response|WP_Error
	 */
	public static function file( WP_REST_Request $request ) {
		$picture = Client::of_site()->download( '/v1/writer/images/' . $request['id'] . '/file/' );
		if ( is_wp_error( $picture ) ) {
			return $picture;
		}
		if ( ! in_array( $picture['type'], self::TYPES, true ) ) {
			return new WP_Error( 'igny8_not_an_image', __( 'The service sent something that is not a picture.', 'igny8' ), array( 'status' => 502 ) );
		}
		add_filter(
			'rest_pre_serve_request',
			static function () use ( $picture ) {
				header( 'Content-Type: ' . $picture['type'] );
				header( 'X-Content-Type-Options: nosniff' );
				header( 'Cache-Control: private, max-age=3600' );
				echo $picture['body']; // phpcs:ignore WordPress.Security.EscapeOutput -- bytes of an image.
				return true;
			}
		);
		return new WP_REST_Response( null, 200 );
	}
}
