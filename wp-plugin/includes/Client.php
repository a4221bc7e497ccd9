<?php
/**
 * The only place from which the plugin calls out.
 *
 * @package Igny8
 */

namespace Igny8;

use WP_Error;

defined( 'ABSPATH' ) || exit;

/**
 * Speaks JSON with the backend; answers decoded bodies or a WP_Error with the backend's own code and words.
 */
final class Client {

	const CONNECT_TIMEOUT_S = 5;
	const TIMEOUT_S         = 15;
	const PAGE_TIMEOUT_S    = 4;        // For all calls together while a person waits for an admin page.
	const MAX_BYTES         = 5242880;  // 5 MiB; longer answers are cut and then refused as garbled.
	const AWAY              = 'igny8_backend_away';
	const AWAY_S            = 60;       // Admin pages don't knock again within this time; any answer ends it.
	const TOO_SLOW_S        = 0.5;      // With less than this left a page does not ask any more.

	/**
	 * Base URL without trailing slash.
	 *
	 * @var string
	 */
	private $base_url;

	/**
	 * Site key, or '' before the handshake.
	 *
	 * @var string
	 */
	private $key;

	/**
	 * How long this page has waited for the backend already.
	 *
	 * @var float
	 */
	private static $waited_s = 0.0;

	/**
	 * Points the client at a backend.
	 */
	public function __construct( string $base_url, string $key = '' ) {
		$this->base_url = untrailingslashit( $base_url );
		$this->key      = $key;
	}

	/**
	 * The client of the stored connection.
	 */
	public static function of_site(): self {
		return new self( Options::api_url(), Options::site_key() );
	}

	/**
	 * Reads; with $patient false it gives up early, for admin pages.
	 *
	 * @param string $path    Path from the base URL, e.g. /v1/sites/me/.
	 * @param array  $query   Query values; '' and null are left out.
	 * @param bool   $patient False: a few seconds at most, and not at all while the backend is known to be away.
	 * @return array|WP_Error
	 */
	public function get( string $path, array $query = array(), bool $patient = true ) {
		$left = self::PAGE_TIMEOUT_S - self::$waited_s;
		if ( ! $patient && ( $left < self::TOO_SLOW_S || get_transient( self::AWAY ) ) ) {
			return $this->unreachable();
		}
		$query   = array_filter( $query, static fn( $v ) => null !== $v && '' !== $v );
		$path    = $query ? $path . '?' . http_build_query( $query, '', '&', PHP_QUERY_RFC3986 ) : $path;
		$started = microtime( true );
		$answer  = $this->send( 'GET', $path, null, array(), $patient ? self::TIMEOUT_S : $left );
		if ( ! $patient ) {
			$this->note_wait( microtime( true ) - $started, $answer );
		}
		return $answer;
	}

	/**
	 * Adds to what this page has waited; silence, or a page's time used up, counts as away.
	 *
	 * @param float          $seconds How long the call took.
	 * @param array|WP_Error $answer  What came of it.
	 */
	private function note_wait( float $seconds, $answer ): void {
		self::$waited_s += $seconds;
		$is_silent       = is_wp_error( $answer ) && 'igny8_backend_unreachable' === $answer->get_error_code();
		if ( $is_silent || self::PAGE_TIMEOUT_S - self::$waited_s < self::TOO_SLOW_S ) {
			set_transient( self::AWAY, 1, self::AWAY_S );
		}
	}

	/**
	 * Writes.
	 *
	 * @param string     $method  POST, PUT, PATCH or DELETE.
	 * @param string     $path    Path from the base URL.
	 * @param array|null $body    Sent as JSON.
	 * @param string     $once    Idempotency key, or ''.
	 * @return array|WP_Error
	 */
	public function write( string $method, string $path, ?array $body = null, string $once = '' ) {
		return $this->send( $method, $path, $body, '' === $once ? array() : array( 'Idempotency-Key' => $once ), self::TIMEOUT_S );
	}

	/**
	 * Sends a text as it is.
	 *
	 * @return array|WP_Error
	 */
	public function send_text( string $path, string $type, string $text, string $once ) {
		$answer = $this->call( 'POST', $path, array( 'Content-Type' => $type, 'Idempotency-Key' => $once ), $text, self::TIMEOUT_S ); // phpcs:ignore WordPress.Arrays
		return is_wp_error( $answer ) ? $answer : $this->read( $answer );
	}

	/**
	 * Fetches a file.
	 *
	 * @return array|WP_Error {type, body}
	 */
	public function download( string $path ) {
		$answer = $this->call( 'GET', $path, array( 'Accept' => '*/*' ), null, self::TIMEOUT_S );
		if ( is_wp_error( $answer ) || 200 !== (int) wp_remote_retrieve_response_code( $answer ) ) {
			return is_wp_error( $answer ) ? $answer : $this->read( $answer );
		}
		return array(
			'type' => strtok( (string) wp_remote_retrieve_header( $answer, 'content-type' ), ';' ),
			'body' => wp_remote_retrieve_body( $answer ),
		);
	}

	/**
	 * One exchange of JSON.
	 *
	 * @return array|WP_Error
	 */
	private function send( string $method, string $path, ?array $body, array $headers, float $timeout_s ) {
		if ( null !== $body ) {
			$headers['Content-Type'] = 'application/json';
		}
		$answer = $this->call( $method, $path, $headers, null === $body ? null : (string) wp_json_encode( $body ), $timeout_s );
		return is_wp_error( $answer ) ? $answer : $this->read( $answer );
	}

	/**
	 * One call.
	 *
	 * @return array|WP_Error Of wp_remote_request(), or why there was no answer.
	 */
	private function call( string $method, string $path, array $headers, ?string $body, float $timeout_s ) {
		if ( '' === $this->base_url ) {
			return new WP_Error( 'igny8_not_connected', __( 'This site is not connected to IGNY8 yet.', 'igny8' ), array( 'status' => 409 ) );
		}
		$args = array(
			'method'              => $method,
			'timeout'             => $timeout_s,
			'redirection'         => 0,
			'limit_response_size' => self::MAX_BYTES,
			'user-agent'          => 'IGNY8-WordPress/' . Plugin::version(),
			'headers'             => $this->headers( $headers ),
			'body'                => $body,
		);
		add_action( 'requests-requests.before_request', array( __CLASS__, 'limit_connect_time' ), 10, 5 );
		$answer = wp_remote_request( $this->base_url . $path, $args );
		remove_action( 'requests-requests.before_request', array( __CLASS__, 'limit_connect_time' ), 10 );
		return is_wp_error( $answer ) ? $this->unreachable() : $answer;
	}

	/**
	 * Sets the time limit for the connection alone, which the HTTP API has no argument for.
	 *
	 * @param string $url     Unused.
	 * @param array  $headers Unused.
	 * @param mixed  $data    Unused.
	 * @param string $type    Unused.
	 * @param array  $options Transport options, by reference.
	 */
	public static function limit_connect_time( $url, $headers, $data, $type, &$options ): void {
		$options['connect_timeout'] = self::CONNECT_TIMEOUT_S;
	}

	/**
	 * Headers of every call; the key and the site's names only once there is a key.
	 */
	private function headers( array $extra ): array {
		$headers = $extra + array( 'Accept' => 'application/json' );
		if ( '' !== $this->key ) {
			$headers['Authorization'] = 'Bearer ' . $this->key;
			$headers['X-Igny8-Site']  = Options::site_uuid();
			$headers['X-Igny8-Home']  = home_url();
		}
		return $headers;
	}

	/**
	 * Turns an HTTP answer into a body or an error.
	 *
	 * @param array $answer Of wp_remote_request().
	 * @return array|WP_Error
	 */
	private function read( array $answer ) {
		delete_transient( self::AWAY );
		$status = (int) wp_remote_retrieve_response_code( $answer );
		$body   = json_decode( wp_remote_retrieve_body( $answer ), true );
		if ( ! is_array( $body ) ) {
			return $this->garbled( $status );
		}
		if ( $status >= 200 && $status < 300 ) {
			$this->note_key( true );
			return $body;
		}
		$code = isset( $body['code'] ) && is_string( $body['code'] ) ? $body['code'] : 'igny8_backend_error';
		/* translators: %d: HTTP status code. */
		$words = isset( $body['error'] ) && is_string( $body['error'] ) ? $body['error'] : sprintf( __( 'The IGNY8 service answered with status %d.', 'igny8' ), $status );
		$data  = array(
			'status'         => self::browser_status( $status ),
			'backend_status' => $status,
			'retry_after'    => wp_remote_retrieve_header( $answer, 'retry-after' ),
		);
		$data += array_intersect_key( $body, array_flip( array( 'fields', 'request_id' ) ) );
		if ( 401 === $status ) {
			$this->note_key( false );
		}
		return new WP_Error( $code, $words, array_filter( $data ) );
	}

	/**
	 * Statuses that would speak about WordPress itself must not reach the browser as they are.
	 */
	private static function browser_status( int $status ): int {
		if ( 401 === $status || $status < 400 ) {
			return 502;
		}
		return $status >= 500 && 503 !== $status ? 502 : $status;
	}

	/**
	 * Remembers whether the backend accepts our key.
	 */
	private function note_key( bool $accepted ): void {
		$moves = array(
			Options::CONNECTED => Options::DENIED,
			Options::DENIED    => Options::CONNECTED,
		);
		$from  = $accepted ? Options::DENIED : Options::CONNECTED;
		if ( '' !== $this->key && Options::state() === $from ) {
			Options::set( Options::STATE, $moves[ $from ] );
		}
	}

	/**
	 * The error for a backend that does not answer.
	 */
	private function unreachable(): WP_Error {
		return new WP_Error(
			'igny8_backend_unreachable',
			sprintf(
				/* translators: %s: host name of the IGNY8 service. */
				__( 'The IGNY8 service at %s does not answer. Nothing is lost: running work goes on there and shows up here once the service can be reached again.', 'igny8' ),
				Connect_Code::host_of( $this->base_url )
			),
			array( 'status' => 502 )
		);
	}

	/**
	 * The error for an answer that is not the backend's.
	 */
	private function garbled( int $status ): WP_Error {
		return new WP_Error(
			'igny8_backend_garbled',
			sprintf(
				/* translators: 1: host name, 2: HTTP status code. */
				__( 'Something else than the IGNY8 service answered at %1$s (status %2$d). Check the address, and whether a proxy or firewall stands in between.', 'igny8' ),
				Connect_Code::host_of( $this->base_url ),
				$status
			),
			array( 'status' => 502 )
		);
	}
}
