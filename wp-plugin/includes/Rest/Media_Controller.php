<?php
/**
 * The backend's door to the media library.
 *
 * @package Igny8
 */

namespace Igny8\Rest;

use Igny8\Content\Media_Writer;
use WP_REST_Request;
use WP_REST_Response;

defined( 'ABSPATH' ) || exit;

/**
 * PUT media/<sha256> with the raw bytes as body.
 */
final class Media_Controller {

	/**
	 * Registers the route.
	 */
	public static function register(): void {
		$text = array( 'type' => 'string' );
		$args = array(
			'sha256'   => array(
				'type'     => 'string',
				'pattern'  => '^[0-9a-f]{64}$',
				'required' => true,
			),
			'filename' => $text,
			'alt'      => $text,
			'title'    => $text,
			'caption'  => $text,
		);
		Routes::add( 'PUT', '/media/(?P<sha256>[0-9a-f]{64})', array( __CLASS__, 'put' ), Addressee::needs( 'upload_files' ), $args );
	}

	/**
	 * Stores the image.
	 */
	public static function put( WP_REST_Request $request ): WP_REST_Response {
		ignore_user_abort( true );
		$about = array_intersect_key( $request->get_query_params(), array_flip( array( 'filename', 'alt', 'title', 'caption' ) ) );
		return Content_Controller::respond( Media_Writer::write( $request['sha256'], (string) $request->get_body(), $about ) );
	}
}
