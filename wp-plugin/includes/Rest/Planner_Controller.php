<?php
/**
 * Keywords come in, ideas become tasks.
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
 * POST keywords/import and POST ideas/create_tasks.
 */
final class Planner_Controller {

	const MAX_BYTES = 5242880; // Of an import, as the backend has it.

	/**
	 * Registers the routes.
	 */
	public static function register(): void {
		$may    = Routes::needs( Capabilities::PLAN );
		$import = array(
			'text'    => array(
				'type'      => 'string',
				'required'  => true,
				'maxLength' => self::MAX_BYTES,
			),
			'preview' => array(
				'type'    => 'boolean',
				'default' => false,
			),
		);
		Routes::add( 'POST', '/keywords/import', array( __CLASS__, 'import' ), $may, $import + array( 'once' => Runs_Controller::once() ) );
		Routes::add(
			'POST',
			'/ideas/create_tasks',
			array( __CLASS__, 'create_tasks' ),
			$may,
			array(
				'ids'  => Routes::uuids(),
				'once' => Runs_Controller::once(),
			)
		);
	}

	/**
	 * Reads a list or CSV file; with `preview` it only reports.
	 *
	 * @return array|WP_Error
	 */
	public static function import( WP_REST_Request $request ) {
		$path = '/v1/planner/keywords/import/' . ( $request['preview'] ? '?preview=1' : '' );
		return Client::of_site()->send_text( $path, 'text/csv; charset=utf-8', $request['text'], $request['once'] );
	}

	/**
	 * One task an idea, however often it is asked for.
	 *
	 * @return array|WP_Error
	 */
	public static function create_tasks( WP_REST_Request $request ) {
		return Client::of_site()->write( 'POST', '/v1/planner/ideas/create_tasks/', array( 'ids' => $request['ids'] ), $request['once'] );
	}
}
