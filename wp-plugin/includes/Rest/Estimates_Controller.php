<?php
/**
 * What work would cost, asked before the click.
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
 * POST estimate.
 */
final class Estimates_Controller {

	/** Name of a start → name of the AI function. */
	const FUNCTIONS = array(
		'auto_generate_content' => 'generate_content',
		'auto_generate_images'  => 'generate_images',
		'auto_cluster'          => 'auto_cluster',
		'auto_generate_ideas'   => 'generate_ideas',
	);

	/**
	 * Registers the route.
	 */
	public static function register(): void {
		Routes::add( 'POST', '/estimate', array( __CLASS__, 'ask' ), Routes::needs( Capabilities::SEE ), Runs_Controller::work_args() );
	}

	/**
	 * Asks; that there is nothing to do is an answer, not an error.
	 *
	 * @return array|WP_Error {count, cost_usd, credits, over_budget, reason}
	 */
	public static function ask( WP_REST_Request $request ) {
		$body = array( 'function' => self::FUNCTIONS[ $request['function'] ] ) + Runs_Controller::work( $request );
		$answer = Client::of_site()->write( 'POST', '/v1/system/estimate/', $body );
		return is_wp_error( $answer ) && 'nothing_selected' === $answer->get_error_code() ? array( 'count' => 0 ) : $answer;
	}
}
