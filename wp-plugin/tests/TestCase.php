<?php
/**
 * What every test stands on.
 *
 * @package Igny8
 */

use Igny8\Capabilities;
use Igny8\Options;

/**
 * Each test runs in a transaction that is rolled back; hooks are put back as they were; no call leaves the process.
 */
abstract class Igny8_TestCase extends PHPUnit\Framework\TestCase {

	/** @var array[] Calls to the backend: {method, url, headers, body}. */
	protected $calls = array();

	/** @var array Hooks before the test. */
	private $hooks;

	/** @var array[] Queued answers by "METHOD /path". */
	private $answers = array();

	protected function setUp(): void {
		global $wpdb, $wp_filter;
		$this->hooks = array_map( static fn( $hook ) => clone $hook, $wp_filter );
		wp_cache_flush();
		wp_set_current_user( 0 );
		$wpdb->query( 'START TRANSACTION' );
		add_filter( 'pre_http_request', array( $this, 'answer' ), 10, 3 );
	}

	protected function tearDown(): void {
		global $wpdb, $wp_filter, $wp_rest_server;
		$wpdb->query( 'ROLLBACK' );
		wp_cache_flush();
		$wp_filter      = $this->hooks;
		$wp_rest_server = null;
		wp_roles()->for_site();
	}

	/** Logs a new user of the role in; null logs out. */
	protected function as_role( ?string $role ): int {
		if ( null === $role ) {
			wp_set_current_user( 0 );
			return 0;
		}
		$login = uniqid( $role );
		$id    = wp_insert_user( array( 'user_login' => $login, 'user_pass' => 'x', 'role' => $role, 'display_name' => ucfirst( $role ) ) );
		wp_set_current_user( $id );
		return $id;
	}

	/** Logs the service role in. */
	protected function as_service(): int {
		return $this->as_role( Capabilities::ROLE );
	}

	/** Makes the site look connected. */
	protected function connect(): void {
		Options::set( Options::API_URL, 'https://backend.example' );
		Options::set( Options::SITE_KEY, 'igk_live_secret-of-this-site' );
		Options::set( Options::STATE, Options::CONNECTED );
	}

	/** Queues an answer of the backend; the last one of a path repeats. */
	protected function backend( string $call, int $status, $body ): void {
		$this->answers[ $call ][] = array( $status, is_string( $body ) ? $body : wp_json_encode( $body ) );
	}

	/** Stands in for the network. */
	public function answer( $pre, array $args, string $url ) {
		$path          = wp_parse_url( $url, PHP_URL_PATH );
		$call          = $args['method'] . ' ' . $path;
		$this->calls[] = array( 'call' => $call, 'url' => $url, 'headers' => $args['headers'], 'args' => $args, 'body' => json_decode( (string) $args['body'], true ) );
		if ( empty( $this->answers[ $call ] ) ) {
			return new WP_Error( 'http_request_failed', 'cURL error 7' );
		}
		$answer = count( $this->answers[ $call ] ) > 1 ? array_shift( $this->answers[ $call ] ) : $this->answers[ $call ][0];
		return array( 'response' => array( 'code' => $answer[0], 'message' => '' ), 'headers' => array(), 'cookies' => array(), 'body' => $answer[1] );
	}

	/** One request through the REST server. */
	protected function rest( string $method, string $path, array $params = array(), string $body = '' ): WP_REST_Response {
		$request = new WP_REST_Request( $method, $path );
		if ( '' === $body && 'GET' !== $method && $params ) {
			$request->set_header( 'Content-Type', 'application/json' );
			$request->set_body( wp_json_encode( $params ) );
		} else {
			$request->set_query_params( $params );
			$request->set_body( $body );
		}
		return rest_do_request( $request );
	}

	/** A connect code as the backend prints it. */
	protected static function code( array $changes = array() ): string {
		$data = array_merge( array( 'v' => 1, 'url' => 'https://backend.example', 'account' => 'My Agency', 'code' => str_repeat( 'c', 24 ) ), $changes );
		return 'igny8-' . rtrim( strtr( base64_encode( wp_json_encode( $data ) ), '+/', '-_' ), '=' );
	}
}
