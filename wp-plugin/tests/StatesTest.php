<?php
/**
 * Whatever a stranger sends, and however the connection stands, no route takes it for the backend's word.
 *
 * @package Igny8
 */

use Igny8\Options;

require_once __DIR__ . '/RoutesTest.php';

class StatesTest extends Igny8_TestCase {

	const STATES = array( Options::NEVER, Options::PENDING, Options::CONNECTED, Options::DENIED, Options::DISCONNECTED );

	/** What other connectors have mistaken for a proof of who calls: values of headers and of a parameter. */
	private static function claims( string $state ): array {
		$key    = Options::get( Options::SITE_KEY );
		$words  = array( '', '0', 'null', 'true', '[]', '*', $state, 'connection-' . $state, 'igk_live_', str_repeat( "\0", 32 ), Options::site_uuid(), home_url(), hash( 'sha256', '' ), hash_hmac( 'sha256', '', '' ) );
		$claims = array();
		foreach ( array_unique( array_merge( $words, array( $key ) ) ) as $word ) {
			$claims[] = array( 'Authorization' => 'Bearer ' . $word );
			$claims[] = array( 'X-Igny8-Signature' => $word, 'Webhook-Signature' => 'v1,' . $word, 'Webhook-Id' => '1', 'Webhook-Timestamp' => (string) time() );
			$claims[] = array( 'X-WP-Nonce' => $word );
		}
		$claims[] = array( 'X-Forwarded-For' => '127.0.0.1', 'X-Real-IP' => '127.0.0.1', 'Host' => 'backend.example' );
		$claims[] = array( 'User-Agent' => 'IGNY8', 'Origin' => 'https://backend.example', 'Referer' => admin_url() );
		$claims[] = array( 'X-HTTP-Method-Override' => 'GET', 'X-Igny8-Site' => Options::site_uuid() );
		return $claims;
	}

	private function stand( string $state ): void {
		$this->connect();
		if ( ! in_array( $state, array( Options::CONNECTED, Options::DENIED ), true ) ) {
			Options::forget( Options::SECRETS );
		}
		Options::set( Options::STATE, $state );
	}

	public function states(): array {
		return array_combine( self::STATES, array_map( static fn( $state ) => array( $state ), self::STATES ) );
	}

	/** @dataProvider states */
	public function test_no_claim_of_a_stranger_opens_a_route( string $state ): void {
		$this->stand( $state );
		$kept = wp_load_alloptions();
		foreach ( RoutesTest::table() as $name => list( $path, $params ) ) {
			if ( 'GET /whoami' === $name ) {
				continue; // Open to everybody and tells nothing: RoutesTest.
			}
			foreach ( self::claims( $state ) as $claim ) {
				$request = new WP_REST_Request( strtok( $name, ' ' ), '/igny8/v1' . $path );
				$request->set_query_params( $params );
				foreach ( $claim as $header => $value ) {
					$request->set_header( $header, $value );
				}
				$this->assertSame( 401, rest_do_request( $request )->get_status(), $name . ' ' . wp_json_encode( $claim ) );
			}
		}
		$this->assertSame( array(), $this->calls );
		$this->assertSame( $kept, wp_load_alloptions() );
		$this->assertSame( $state, Options::state() );
		$this->assertSame( 0, (int) wp_count_posts()->draft );
	}

	public function test_the_service_user_of_a_connected_site_is_let_in(): void {
		$this->stand( Options::CONNECTED );
		$this->as_service();
		foreach ( array( 'PUT /content/{uuid}', 'GET /content/{uuid}', 'POST /content/status' ) as $name ) {
			list( $path, $params ) = RoutesTest::table()[ $name ];
			$this->assertNotContains( $this->rest( strtok( $name, ' ' ), '/igny8/v1' . $path, $params )->get_status(), array( 401, 403 ), $name );
		}
	}
}
