<?php
/**
 * Writer tasks, passed through to the backend.
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
 * GET and POST tasks.
 */
final class Tasks_Controller {

	/**
	 * Registers the routes.
	 */
	public static function register(): void {
		$may = Routes::needs( Capabilities::GENERATE );
		Routes::add( 'GET', '/tasks', array( __CLASS__, 'index' ), $may, self::list_args() );
		Routes::add( 'POST', '/tasks', array( __CLASS__, 'create' ), $may, self::task_args() );
	}

	/**
	 * Arguments of any list.
	 */
	public static function list_args(): array {
		return array(
			'page'      => array(
				'type'    => 'integer',
				'minimum' => 1,
				'default' => 1,
			),
			'page_size' => array(
				'type'    => 'integer',
				'minimum' => 1,
				'maximum' => 100,
				'default' => 20,
			),
			'search'    => array(
				'type'      => 'string',
				'maxLength' => 200,
			),
			'status'    => array(
				'type'    => 'string',
				'pattern' => '^[a-z_]*$',
			),
			'ordering'  => array(
				'type'    => 'string',
				'pattern' => '^-?[a-z_]+$',
				'default' => '-created_at',
			),
		);
	}

	/**
	 * A page of tasks.
	 *
	 * @return array|WP_Error
	 */
	public static function index( WP_REST_Request $request ) {
		return Client::of_site()->get( '/v1/writer/tasks/', array_intersect_key( $request->get_params(), self::list_args() ) );
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
