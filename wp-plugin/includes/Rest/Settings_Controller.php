<?php
/**
 * What the service does for this site: settings, prompts, and the key of the site.
 *
 * @package Igny8
 */

namespace Igny8\Rest;

use Igny8\Capabilities;
use Igny8\Client;
use Igny8\Connection;
use WP_Error;
use WP_REST_Request;

defined( 'ABSPATH' ) || exit;

/**
 * PATCH settings, POST prompts, POST prompts/dry_run, POST prompts/rollback, POST rotate_key; for administrators.
 */
final class Settings_Controller {

	const AREAS = array( 'openai', 'image_generation', 'brand', 'publishing', 'budget' );

	/**
	 * Registers the routes.
	 */
	public static function register(): void {
		$may      = Routes::needs( Capabilities::MANAGE );
		$type     = array(
			'prompt_type' => array(
				'type'     => 'string',
				'required' => true,
				'pattern'  => '^[a-z_]{1,60}$',
			),
		);
		$template = array(
			'template' => array(
				'type'      => 'string',
				'required'  => true,
				'minLength' => 1,
			),
		);
		$version  = array(
			'version' => array(
				'type'     => 'integer',
				'required' => true,
				'minimum'  => 0,
			),
		);
		Routes::add( 'PATCH', '/settings', array( __CLASS__, 'change' ), $may, array_fill_keys( self::AREAS, array( 'type' => 'object' ) ) );
		Routes::add( 'POST', '/prompts', array( __CLASS__, 'save' ), $may, $type + $template );
		Routes::add( 'POST', '/prompts/dry_run', array( __CLASS__, 'dry_run' ), $may, $type + $template );
		Routes::add( 'POST', '/prompts/rollback', array( __CLASS__, 'roll_back' ), $may, $type + $version );
		Routes::add( 'POST', '/rotate_key', array( Connection::class, 'rotate' ), $may );
	}

	/**
	 * Changes what is given and keeps the rest.
	 *
	 * @return array|WP_Error
	 */
	public static function change( WP_REST_Request $request ) {
		$changes = array_intersect_key( $request->get_json_params() ?? array(), array_flip( self::AREAS ) );
		return Client::of_site()->write( 'PATCH', '/v1/system/settings/', $changes );
	}

	/**
	 * Saves a new version of a prompt.
	 *
	 * @return array|WP_Error
	 */
	public static function save( WP_REST_Request $request ) {
		return Client::of_site()->write( 'POST', '/v1/system/prompts/', self::prompt( $request ) );
	}

	/**
	 * Shows what would be sent, and what that would cost at most.
	 *
	 * @return array|WP_Error
	 */
	public static function dry_run( WP_REST_Request $request ) {
		return Client::of_site()->write( 'POST', '/v1/system/prompts/dry_run/', self::prompt( $request ) );
	}

	/**
	 * Takes an older version into use, or none (0).
	 *
	 * @return array|WP_Error
	 */
	public static function roll_back( WP_REST_Request $request ) {
		return Client::of_site()->write( 'POST', '/v1/system/prompts/' . $request['prompt_type'] . '/rollback/', array( 'version' => $request['version'] ) );
	}

	/**
	 * Type and template of a request.
	 */
	private static function prompt( WP_REST_Request $request ): array {
		return array(
			'prompt_type' => $request['prompt_type'],
			'template'    => $request['template'],
		);
	}
}
