<?php
/**
 * Who of this site may do what.
 *
 * @package Igny8
 */

namespace Igny8\Rest;

use Igny8\Capabilities;
use WP_REST_Request;

defined( 'ABSPATH' ) || exit;

/**
 * POST roles; for administrators.
 */
final class Roles_Controller {

	/**
	 * Registers the route.
	 */
	public static function register(): void {
		$caps = array(
			'type'  => 'array',
			'items' => array(
				'type' => 'string',
				'enum' => Capabilities::CHOICES,
			),
		);
		$args = array(
			'roles' => array(
				'type'                 => 'object',
				'required'             => true,
				'additionalProperties' => $caps,
			),
		);
		Routes::add( 'POST', '/roles', array( __CLASS__, 'choose' ), Routes::needs( Capabilities::MANAGE ), $args );
	}

	/**
	 * Keeps the choice; answers what holds now.
	 */
	public static function choose( WP_REST_Request $request ): array {
		Capabilities::choose( (array) $request['roles'] );
		return array( 'roles' => (object) Capabilities::chosen() );
	}
}
