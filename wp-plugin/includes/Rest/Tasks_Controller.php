<?php
/**
 * New writer tasks, passed on to the backend.
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
 * POST tasks.
 */
final class Tasks_Controller {

	/**
	 * Registers the route.
	 */
	public static function register(): void {
		Routes::add( 'POST', '/tasks', array( __CLASS__, 'create' ), Routes::needs( Capabilities::PLAN ), self::task_args() );
	}

	/**
	 * Makes one task.
	 *
	 * @return array|WP_Error
	 */
	public static function create( WP_REST_Request $request ) {
		$item = array_intersect_key( $request->get_params(), self::task_args() );
		$item = array_filter( $item, static fn( $value ) => ! in_array( $value, array( '', array(), null ), true ) );
		return Client::of_site()->write( 'POST', '/v1/writer/tasks/', array( 'items' => array( $item ) ) );
	}

	/**
	 * Arguments of a new task.
	 */
	private static function task_args(): array {
		return array(
			'title'       => array(
				'type'      => 'string',
				'required'  => true,
				'minLength' => 1,
				'maxLength' => 300,
			),
			'description' => array(
				'type'      => 'string',
				'maxLength' => 5000,
			),
			'keywords'    => array(
				'type'     => 'array',
				'maxItems' => 50,
				'items'    => array(
					'type'      => 'string',
					'maxLength' => 200,
				),
			),
			'word_count'  => array(
				'type'    => 'integer',
				'minimum' => 100,
				'maximum' => 10000,
			),
		);
	}
}
