<?php
/**
 * All routes of the plugin, under igny8/v1.
 *
 * @package Igny8
 */

namespace Igny8\Rest;

defined( 'ABSPATH' ) || exit;

/**
 * The list of controllers, and what their routes have in common.
 */
final class Routes {

	const SPACE = 'igny8/v1';
	const UUID  = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';

	const CONTROLLERS = array(
		Whoami_Controller::class,
		Content_Controller::class,
		Media_Controller::class,
		Connection_Controller::class,
		Rows_Controller::class,
		Planner_Controller::class,
		Images_Controller::class,
		Estimates_Controller::class,
		Settings_Controller::class,
		Roles_Controller::class,
		Tasks_Controller::class,
		Runs_Controller::class,
		Contents_Controller::class,
		Schedule_Controller::class,
		Links_Controller::class,
		Posts_Controller::class,
		Changes_Controller::class,
		Collect_Controller::class,
	);

	/**
	 * Registers the routes of every controller.
	 */
	public static function register(): void {
		foreach ( self::CONTROLLERS as $controller ) {
			$controller::register();
		}
	}

	/**
	 * Adds one endpoint.
	 *
	 * @param string   $method     HTTP method.
	 * @param string   $path       Path below the namespace, with patterns.
	 * @param callable $callback   Takes a WP_REST_Request.
	 * @param callable $permission Answers bool or WP_Error.
	 * @param array    $args       JSON schema by argument.
	 */
	public static function add( string $method, string $path, callable $callback, callable $permission, array $args = array() ): void {
		register_rest_route(
			self::SPACE,
			$path,
			array(
				'methods'             => $method,
				'callback'            => $callback,
				'permission_callback' => $permission,
				'args'                => $args,
			)
		);
	}

	/**
	 * A permission callback for one capability.
	 */
	public static function needs( string $capability ): callable {
		return static fn() => current_user_can( $capability );
	}

	/**
	 * Schema of a UUID in the path.
	 */
	public static function uuid(): array {
		return array(
			'type'     => 'string',
			'format'   => 'uuid',
			'required' => true,
		);
	}

	/**
	 * Schema of a list of UUIDs.
	 *
	 * @param int $most How many the backend takes in one request.
	 */
	public static function uuids( int $most = 100 ): array {
		return array(
			'type'        => 'array',
			'required'    => true,
			'minItems'    => 1,
			'maxItems'    => $most,
			'uniqueItems' => true,
			'items'       => array(
				'type'   => 'string',
				'format' => 'uuid',
			),
		);
	}
}
