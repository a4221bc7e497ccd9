<?php
/**
 * The backend's rows, passed through: listed, read, changed, deleted.
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
 * GET <kind>, GET, PATCH and DELETE <kind>/<id>.
 */
final class Rows_Controller {

	const PATHS = array(
		'keywords' => '/v1/planner/keywords/',
		'clusters' => '/v1/planner/clusters/',
		'ideas'    => '/v1/planner/ideas/',
		'tasks'    => '/v1/writer/tasks/',
		'contents' => '/v1/writer/content/',
		'images'   => '/v1/writer/images/',
	);

	/**
	 * Registers the routes of every kind.
	 */
	public static function register(): void {
		$see = Routes::needs( Capabilities::SEE );
		$id  = array( 'id' => Routes::uuid() );
		foreach ( array_keys( self::PATHS ) as $kind ) {
			$one = '/' . $kind . '/(?P<id>' . Routes::UUID . ')';
			$may = in_array( $kind, array( 'contents', 'images' ), true ) ? array( Contents_Controller::class, 'may_publish' ) : Routes::needs( Capabilities::PLAN );
			Routes::add( 'GET', '/' . $kind, array( __CLASS__, 'index' ), $see, self::list_args() );
			Routes::add( 'GET', $one, array( __CLASS__, 'read' ), $see, $id );
			Routes::add( 'PATCH', $one, array( __CLASS__, 'change' ), $may, $id + self::fields( $kind ) + array( 'seen' => array( 'type' => 'object' ) ) );
			if ( 'images' !== $kind ) {
				Routes::add( 'DELETE', $one, array( __CLASS__, 'delete' ), $may, $id );
			}
		}
	}

	/**
	 * A page of rows.
	 *
	 * @return array|WP_Error
	 */
	public static function index( WP_REST_Request $request ) {
		return Client::of_site()->get( self::PATHS[ self::kind( $request ) ], array_intersect_key( $request->get_params(), self::list_args() ) );
	}

	/**
	 * One row.
	 *
	 * @return array|WP_Error
	 */
	public static function read( WP_REST_Request $request ) {
		return Client::of_site()->get( self::address( $request ) );
	}

	/**
	 * Changes what is given and keeps the rest.
	 *
	 * @return array|WP_Error
	 */
	public static function change( WP_REST_Request $request ) {
		$changes = array_intersect_key( $request->get_params(), self::fields( self::kind( $request ) ) );
		if ( 'contents' === self::kind( $request ) ) {
			$changes += Changes_Controller::author();
		} elseif ( isset( $request['seen'] ) ) {
			$changes['seen'] = (object) array_intersect_key( (array) $request['seen'], $changes );
		}
		return Client::of_site()->write( 'PATCH', self::address( $request ), $changes );
	}

	/**
	 * Deletes a row.
	 *
	 * @return array|WP_Error
	 */
	public static function delete( WP_REST_Request $request ) {
		return Client::of_site()->write( 'DELETE', self::address( $request ) );
	}

	/**
	 * The kind a route is for.
	 */
	private static function kind( WP_REST_Request $request ): string {
		return explode( '/', substr( $request->get_route(), strlen( '/' . Routes::SPACE . '/' ) ) )[0];
	}

	/**
	 * Where the backend keeps the row.
	 */
	private static function address( WP_REST_Request $request ): string {
		return self::PATHS[ self::kind( $request ) ] . $request['id'] . '/';
	}

	/**
	 * Arguments of any list.
	 */
	private static function list_args(): array {
		return array(
			'page'       => array(
				'type'    => 'integer',
				'minimum' => 1,
				'default' => 1,
			),
			'page_size'  => array(
				'type'    => 'integer',
				'minimum' => 1,
				'maximum' => 100,
				'default' => 20,
			),
			'search'     => array(
				'type'      => 'string',
				'maxLength' => 200,
			),
			'status'     => array(
				'type'    => 'string',
				'pattern' => '^[a-z_]*$',
			),
			'cluster_id' => array(
				'type'   => 'string',
				'format' => 'uuid',
			),
			'ordering'   => array(
				'type'    => 'string',
				'pattern' => '^-?[a-z_]+$',
				'default' => '-created_at',
			),
		);
	}

	/**
	 * What of a kind can be changed; the backend judges the values.
	 */
	private static function fields( string $kind ): array {
		$text   = array( 'type' => 'string' );
		$number = array( 'type' => array( 'integer', 'null' ) );
		$words  = array( 'type' => array( 'string', 'null' ) );
		$texts  = array(
			'type'  => 'array',
			'items' => $text,
		);
		$seo    = array(
			'type'                 => 'object',
			'additionalProperties' => false,
			'properties'           => array_fill_keys( array( 'title', 'description', 'focus' ), $text ),
		);
		$terms  = array(
			'type'                 => 'object',
			'additionalProperties' => false,
			'properties'           => array_fill_keys( array( 'categories', 'tags' ), $texts ),
		);
		$status = array(
			'type' => 'string',
			'enum' => array( 'draft', 'review', 'approved' ),
		);
		$fields = array(
			'keywords' => array( 'volume' => $number, 'difficulty' => $number, 'intent' => $words, 'sector' => $words ), // phpcs:ignore WordPress.Arrays
			'clusters' => array( 'name' => $text, 'description' => $text ), // phpcs:ignore WordPress.Arrays
			'ideas'    => array( 'title' => $text, 'description' => $text, 'target_keywords' => $texts, 'word_count' => array( 'type' => 'integer' ) ), // phpcs:ignore WordPress.Arrays
			'tasks'    => array( 'title' => $text, 'description' => $text, 'keywords' => $texts, 'word_count' => array( 'type' => 'integer' ) ), // phpcs:ignore WordPress.Arrays
			'contents' => array( 'title' => $text, 'html' => $text, 'excerpt' => $text, 'status' => $status, 'seo' => $seo, 'terms' => $terms, 'version' => array( 'type' => 'integer' ) ), // phpcs:ignore WordPress.Arrays
			'images'   => array( 'alt' => $text, 'caption' => $text, 'prompt' => $text ), // phpcs:ignore WordPress.Arrays
		);
		return $fields[ $kind ];
	}
}
