<?php
/**
 * Whatever state the connection is in, nobody gets in by what a caller can make up.
 *
 * @package Igny8
 */

use Igny8\Options;

class StatesTest extends Igny8_TestCase {

	const SECRET = 'a-webhook-secret-of-forty-three-characters-';
	const KEY    = 'igk_live_0123456789abcdef0123456789abcdef';

	public function states(): array {
		return array(
			'never'        => array( Options::NEVER, false ),
			'pending'      => array( Options::PENDING, false ),
			'connected'    => array( Options::CONNECTED, true ),
			'denied'       => array( Options::DENIED, false ),
			'disconnected' => array( Options::DISCONNECTED, false ),
		);
	}

	private function enter( string $state, bool $with_secrets ): void {
		Options::forget( Options::ALL );
		Options::set( Options::STATE, $state );
		Options::set( Options::API_URL, 'https://backend.example' );
		if ( $with_secrets ) {
			Options::set( Options::SITE_KEY, self::KEY );
			Options::set( Options::WEBHOOK_SECRET, self::SECRET );
		}
	}

	/** Headers by which callers were let in elsewhere: empty, guessed, forged, and truly signed. */
	private static function forged( string $state ): array {
		$body   = '{}';
		$signed = 'v1,' . base64_encode( hash_hmac( 'sha256', 'msg_1.' . time() . '.' . $body, self::SECRET, true ) );
		$empty  = 'v1,' . base64_encode( hash_hmac( 'sha256', 'msg_1.' . time() . '.' . $body, '', true ) );
		$rows   = array( array() );
		foreach ( array( '', 'null', '0', 'false', 'Array', $state, 'connection-denied', self::KEY, self::SECRET ) as $word ) {
			$rows[] = array( 'Authorization' => "Bearer $word" );
			$rows[] = array( 'X-Igny8-Key' => $word );
			$rows[] = array( 'X-Igny8-Secret' => $word );
		}
		foreach ( array( $signed, $empty, 'v1,', '', 'v1,' . str_repeat( 'A', 44 ) ) as $signature ) {
			$rows[] = array(
				'webhook-id'        => 'msg_1',
				'webhook-timestamp' => (string) time(),
				'webhook-signature' => $signature,
			);
		}
		$rows[] = array( 'X-WP-Nonce' => 'forged' );
		$rows[] = array( 'X-WP-Nonce' => '' );
		$rows[] = array( 'X-Igny8-Site' => Options::site_uuid(), 'X-Igny8-Home' => home_url() );
		$rows[] = array( 'X-Forwarded-For' => '127.0.0.1', 'X-Real-IP' => '127.0.0.1', 'Referer' => admin_url() );
		return $rows;
	}

	/** @dataProvider states */
	public function test_nobody_gets_in_by_what_a_caller_can_make_up( string $state, bool $with_secrets ): void {
		$this->enter( $state, $with_secrets );
		$this->as_role( null );
		$before = array( count_users()['total_users'], wp_count_posts()->publish, get_option( 'default_role' ) );
		$tried  = 0;
		foreach ( rest_get_server()->get_routes( 'igny8/v1' ) as $pattern => $handlers ) {
			if ( in_array( $pattern, array( '/igny8/v1', '/igny8/v1/whoami' ), true ) ) {
				continue;
			}
			$path = self::concrete( $pattern );
			foreach ( $handlers as $handler ) {
				foreach ( array_keys( $handler['methods'] ) as $method ) {
					foreach ( self::forged( $state ) as $headers ) {
						$request = new WP_REST_Request( $method, $path );
						$request->set_headers( $headers + array( 'Content-Type' => 'application/json' ) );
						$request->set_body( '{}' );
						$answer = rest_do_request( $request );
						$this->assertContains( $answer->get_status(), array( 400, 401 ), "$method $path in $state" );
						++$tried;
					}
				}
			}
		}
		$this->assertGreaterThan( 44 * 10, $tried );
		$this->assertSame( array(), $this->calls, 'nothing went out' );
		$this->assertSame( $before, array( count_users()['total_users'], wp_count_posts()->publish, get_option( 'default_role' ) ) );
		$this->assertSame( $state, Options::state() );
	}

	/** @dataProvider states */
	public function test_an_administrator_is_let_in_in_every_state( string $state, bool $with_secrets ): void {
		$this->enter( $state, $with_secrets );
		$this->as_role( 'administrator' );
		$answer = $this->rest( 'GET', '/igny8/v1/connection' );
		$this->assertSame( 200, $answer->get_status() );
		$this->assertSame( $state, $answer->get_data()['state'] );
	}

	public function test_no_index_and_no_public_answer_holds_a_secret(): void {
		$this->enter( Options::CONNECTED, true );
		foreach ( array( null, 'subscriber', 'administrator' ) as $role ) {
			$this->as_role( $role );
			foreach ( array( '/', '/igny8/v1', '/igny8/v1/whoami', '/wp/v2/settings', '/wp/v2/users/me' ) as $path ) {
				$text = wp_json_encode( $this->rest( 'GET', $path )->get_data() );
				$this->assertStringNotContainsString( self::KEY, $text, $path );
				$this->assertStringNotContainsString( self::SECRET, $text, $path );
			}
		}
		$loaded = wp_json_encode( wp_load_alloptions( true ) );
		$this->assertStringNotContainsString( self::KEY, $loaded );
		$this->assertStringNotContainsString( self::SECRET, $loaded );
	}

	/** A path that the pattern of a route matches. */
	private static function concrete( string $pattern ): string {
		$samples = array(
			'uuid'   => '11111111-2222-4333-8444-555555555555',
			'sha256' => str_repeat( 'a', 64 ),
			'post'   => '1',
		);
		return (string) preg_replace_callback(
			'/\(\?P<(\w+)>(?:[^()]|\([^()]*\))*\)/',
			static fn( $found ) => $samples[ $found[1] ] ?? $samples['uuid'],
			$pattern
		);
	}
}
