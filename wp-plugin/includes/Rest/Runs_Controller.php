<?php
/**
 * Runs of AI functions and deliveries: start, watch, stop, try again.
 *
 * @package Igny8
 */

namespace Igny8\Rest;

use Igny8\Admin\Work_Words;
use Igny8\Capabilities;
use Igny8\Client;
use Igny8\Counts;
use WP_Error;
use WP_REST_Request;

defined( 'ABSPATH' ) || exit;

/**
 * POST runs, GET runs, GET runs/<id>, POST runs/<id>/cancel|retry|resume|give_up, GET deliveries/<id>, POST deliveries/<id>/retry|give_up.
 */
final class Runs_Controller {

	/** Tasks of one batch; the backend says it where an AI function takes fewer. */
	const MOST = 1000;

	const STARTS = array(
		'auto_generate_content' => '/v1/writer/tasks/auto_generate_content/',
		'auto_generate_images'  => '/v1/writer/tasks/auto_generate_images/',
		'auto_cluster'          => '/v1/planner/keywords/auto_cluster/',
		'auto_generate_ideas'   => '/v1/planner/clusters/auto_generate_ideas/',
	);

	/**
	 * Registers the routes.
	 */
	public static function register(): void {
		$may = Routes::needs( Capabilities::GENERATE );
		$see = Routes::needs( Capabilities::SEE );
		$id  = array( 'id' => Routes::uuid() );
		$run = '/runs/(?P<id>' . Routes::UUID . ')';
		Routes::add( 'POST', '/runs', array( __CLASS__, 'start' ), array( __CLASS__, 'may_start' ), self::work_args() + array( 'once' => self::once() ) );
		Routes::add( 'GET', '/runs', array( __CLASS__, 'live' ), $see );
		Routes::add( 'GET', $run, array( __CLASS__, 'run' ), $see, $id );
		Routes::add( 'GET', '/deliveries/(?P<id>' . Routes::UUID . ')', array( __CLASS__, 'delivery' ), $see, $id );
		Routes::add( 'POST', $run . '/cancel', array( __CLASS__, 'cancel' ), $may, $id );
		Routes::add( 'POST', $run . '/retry', array( __CLASS__, 'retry' ), $may, $id );
		Routes::add( 'POST', $run . '/resume', array( __CLASS__, 'resume' ), $may, $id );
		Routes::add( 'POST', $run . '/give_up', array( __CLASS__, 'give_up' ), $may, $id );
		Routes::add( 'POST', '/deliveries/(?P<id>' . Routes::UUID . ')/retry', array( __CLASS__, 'deliver_again' ), array( Contents_Controller::class, 'may_publish' ), $id );
		Routes::add( 'POST', '/deliveries/(?P<id>' . Routes::UUID . ')/give_up', array( __CLASS__, 'keep_back' ), array( Contents_Controller::class, 'may_publish' ), $id );
	}

	/**
	 * Who asks for publishing with the run must also be allowed to publish.
	 */
	public static function may_start( WP_REST_Request $request ): bool {
		$options = (array) $request['options'];
		return current_user_can( Capabilities::GENERATE )
			&& ( empty( $options['publish'] ) || current_user_can( Capabilities::PUBLISH ) );
	}

	/**
	 * Starts a run.
	 *
	 * @return array|WP_Error
	 */
	public static function start( WP_REST_Request $request ) {
		return self::started( Client::of_site()->write( 'POST', self::STARTS[ $request['function'] ], self::work( $request ), $request['once'] ) );
	}

	/**
	 * The answer to a request that starts something; the badges of other people learn of it at once.
	 *
	 * @param array|WP_Error $answer Of the backend.
	 * @return array|WP_Error
	 */
	public static function started( $answer ) {
		$answer = self::localize( $answer );
		if ( ! is_wp_error( $answer ) && ! empty( $answer['route'] ) ) {
			Counts::learn_start();
		}
		return $answer;
	}

	/**
	 * What a start or an estimate is about; the site's settings decide what the request leaves open,
	 * but nothing is published for somebody who may not.
	 *
	 * @return array {ids|select, options}
	 */
	public static function work( WP_REST_Request $request ): array {
		$options = (array) $request['options'];
		if ( ! current_user_can( Capabilities::PUBLISH ) ) {
			$options['publish'] = false;
		}
		$body = $request['ids'] ? array( 'ids' => $request['ids'] ) : array( 'select' => $request['select'] );
		return $options ? $body + array( 'options' => $options ) : $body;
	}

	/**
	 * The runs and deliveries that are not over yet, whoever started them.
	 *
	 * @return array|WP_Error
	 */
	public static function live() {
		$answer = Client::of_site()->get( '/v1/system/activity/', array( 'live' => 'true' ) );
		if ( is_wp_error( $answer ) ) {
			return $answer;
		}
		Counts::learn( 'live', (int) ( $answer['count'] ?? 0 ) );
		$named = static fn( array $work ): array => array( 'title' => Work_Words::name( $work ) ) + self::localize( $work );
		return array( 'results' => array_map( $named, (array) ( $answer['results'] ?? array() ) ) );
	}

	/**
	 * Progress of a run.
	 *
	 * @return array|WP_Error
	 */
	public static function run( WP_REST_Request $request ) {
		return self::localize( Client::of_site()->get( '/v1/system/tasks/' . $request['id'] . '/status/' ) );
	}

	/**
	 * Progress of a delivery.
	 *
	 * @return array|WP_Error
	 */
	public static function delivery( WP_REST_Request $request ) {
		return self::localize( Client::of_site()->get( '/v1/publisher/deliveries/' . $request['id'] . '/status/' ) );
	}

	/**
	 * Asks a run to stop.
	 *
	 * @return array|WP_Error
	 */
	public static function cancel( WP_REST_Request $request ) {
		return self::localize( Client::of_site()->write( 'POST', '/v1/system/tasks/' . $request['id'] . '/cancel/' ) );
	}

	/**
	 * Asks for another try from the last paid step.
	 *
	 * @return array|WP_Error
	 */
	public static function retry( WP_REST_Request $request ) {
		return self::started( Client::of_site()->write( 'POST', '/v1/system/tasks/' . $request['id'] . '/retry/' ) );
	}

	/**
	 * Goes on with paused work.
	 *
	 * @return array|WP_Error
	 */
	public static function resume( WP_REST_Request $request ) {
		return self::started( Client::of_site()->write( 'POST', '/v1/system/tasks/' . $request['id'] . '/resume/' ) );
	}

	/**
	 * Leaves a failed run as it is.
	 *
	 * @return array|WP_Error
	 */
	public static function give_up( WP_REST_Request $request ) {
		return Client::of_site()->write( 'POST', '/v1/system/tasks/' . $request['id'] . '/give_up/' );
	}

	/**
	 * Leaves a failed delivery as it is.
	 *
	 * @return array|WP_Error
	 */
	public static function keep_back( WP_REST_Request $request ) {
		return Client::of_site()->write( 'POST', '/v1/publisher/deliveries/' . $request['id'] . '/give_up/' );
	}

	/**
	 * Asks for another try of a delivery.
	 *
	 * @return array|WP_Error
	 */
	public static function deliver_again( WP_REST_Request $request ) {
		return self::started( Client::of_site()->write( 'POST', '/v1/publisher/deliveries/' . $request['id'] . '/retry/' ) );
	}

	/**
	 * Adds, beside each status_url of the backend, the `route` the browser can ask.
	 *
	 * @param array|WP_Error $answer Of the backend.
	 * @return array|WP_Error
	 */
	public static function localize( $answer ) {
		if ( is_wp_error( $answer ) ) {
			return $answer;
		}
		foreach ( $answer as $name => $value ) {
			if ( is_array( $value ) && isset( $value['status_url'] ) ) {
				$answer[ $name ] = self::localize( $value );
			}
		}
		if ( isset( $answer['status_url'] ) ) {
			$answer['route'] = self::route( (string) $answer['status_url'] );
			unset( $answer['status_url'] );
		}
		return $answer;
	}

	/**
	 * Our route for a status URL of the backend, or '' for one we don't know.
	 */
	private static function route( string $status_url ): string {
		$routes = array(
			'#/v1/system/tasks/(' . Routes::UUID . ')/status/?$#'         => 'runs',
			'#/v1/publisher/deliveries/(' . Routes::UUID . ')/status/?$#' => 'deliveries',
		);
		foreach ( $routes as $pattern => $route ) {
			if ( preg_match( $pattern, $status_url, $found ) ) {
				return '/' . Routes::SPACE . '/' . $route . '/' . $found[1];
			}
		}
		return '';
	}

	/**
	 * Arguments that say what work is about: ids, or a selection of all rows of a kind.
	 */
	public static function work_args(): array {
		$switch = array( 'type' => 'boolean' );
		return array(
			'function' => array(
				'type'     => 'string',
				'required' => true,
				'enum'     => array_keys( self::STARTS ),
			),
			'ids'      => array( 'required' => false ) + Routes::uuids( self::MOST ),
			'select'   => array(
				'type' => 'string',
				'enum' => array( 'unclustered', 'without_ideas' ),
			),
			'options'  => array(
				'type'                 => 'object',
				'additionalProperties' => false,
				'properties'           => array(
					'images'  => $switch,
					'publish' => $switch,
				),
			),
		);
	}

	/**
	 * Schema of the idempotency key, made in the browser with each click.
	 */
	public static function once(): array {
		return array(
			'type'     => 'string',
			'required' => true,
			'pattern'  => '^[A-Za-z0-9_-]{16,64}$',
		);
	}
}
