<?php
/**
 * The handshake: asked for by a person, resumable, and without a trace after the end.
 *
 * @package Igny8
 */

use Igny8\Capabilities;
use Igny8\Client;
use Igny8\Connect_Code;
use Igny8\Options;
use Igny8\Service_User;

class ConnectionTest extends Igny8_TestCase {

	const KEY = 'igk_live_0123456789abcdef0123456789abcdef';

	protected function setUp(): void {
		parent::setUp();
		Options::forget( Options::ALL );
		$this->as_role( 'administrator' );
	}

	private function willing_backend(): void {
		$this->backend( 'POST /v1/sites/connect/', 201, array( 'success' => true, 'site_id' => wp_generate_uuid4(), 'site_key' => self::KEY, 'webhook_secret' => str_repeat( 's', 43 ), 'account' => 'My Agency' ) );
		$this->backend( 'PUT /v1/sites/me/credentials/', 200, array( 'success' => true, 'connection' => array() ) );
		$this->backend( 'GET /v1/sites/me/', 200, array( 'success' => true, 'connection' => array( 'mode' => 'push', 'checks' => array() ) ) );
		$this->backend( 'DELETE /v1/sites/me/', 200, array( 'success' => true ) );
	}

	private function post( string $route, array $data = array() ): WP_REST_Response {
		return $this->rest( 'POST', '/igny8/v1/' . $route, $data );
	}

	private function made( string $call ): array {
		return array_values( array_filter( $this->calls, static fn( $made ) => $call === $made['call'] ) );
	}

	public function test_without_confirmation_nothing_is_sent_or_stored(): void {
		$answer = $this->post( 'connect', array( 'code' => self::code() ) );
		$this->assertSame( array( 'host' => 'backend.example', 'account' => 'My Agency' ), $answer->get_data() );
		$this->assertSame( array(), $this->calls );
		$this->assertSame( Options::NEVER, Options::state() );
	}

	public function test_a_confirmed_code_connects_and_hands_a_working_password_over(): void {
		$this->willing_backend();
		$answer = $this->post( 'connect', array( 'code' => self::code(), 'confirm' => true ) );
		$this->assertSame( array( 200, 'connected', 'push' ), array( $answer->get_status(), $answer->get_data()['state'], $answer->get_data()['mode'] ) );
		$sent = $this->made( 'PUT /v1/sites/me/credentials/' )[0];
		$this->assertSame( 'Bearer ' . self::KEY, $sent['headers']['Authorization'] );
		$this->assertSame( Options::site_uuid(), $sent['headers']['X-Igny8-Site'] );
		$this->assertSame( home_url(), $sent['headers']['X-Igny8-Home'] );
		add_filter( 'application_password_is_api_request', '__return_true' );
		$user = wp_authenticate_application_password( null, $sent['body']['username'], $sent['body']['password'] );
		$this->assertInstanceOf( WP_User::class, $user );
		$this->assertSame( array( Capabilities::ROLE ), $user->roles );
		$this->assertFalse( $user->has_cap( 'unfiltered_html' ) );
		$this->assertFalse( $user->has_cap( 'manage_options' ) );
	}

	public function test_no_answer_to_the_browser_holds_a_secret(): void {
		$this->willing_backend();
		$seen  = wp_json_encode( $this->post( 'connect', array( 'code' => self::code(), 'confirm' => true ) )->get_data() );
		$seen .= wp_json_encode( $this->rest( 'GET', '/igny8/v1/connection', array( 'test' => true ) )->get_data() );
		$sent  = $this->made( 'PUT /v1/sites/me/credentials/' )[0]['body']['password'];
		foreach ( array( self::KEY, str_repeat( 's', 43 ), $sent ) as $secret ) {
			$this->assertStringNotContainsString( $secret, $seen );
		}
	}

	public function test_secrets_are_not_autoloaded_and_the_state_is_apart(): void {
		$this->willing_backend();
		$this->post( 'connect', array( 'code' => self::code(), 'confirm' => true ) );
		wp_cache_flush();
		$this->assertSame( array(), array_intersect( Options::ALL, array_keys( wp_load_alloptions() ) ) );
		$this->assertSame( self::KEY, get_option( Options::SITE_KEY ) );
		$this->assertFalse( get_option( Options::PENDING_CODE ) );
	}

	public function test_a_handshake_that_stopped_goes_on_without_a_second_registration(): void {
		$this->willing_backend();
		$this->backend( 'PUT /v1/sites/me/credentials/', 200, array( 'success' => true ) );
		add_filter( 'pre_http_request', array( $this, 'lose_credentials' ), 20, 3 );
		$stopped = $this->post( 'connect', array( 'code' => self::code(), 'confirm' => true ) );
		$this->assertSame( array( 502, 'igny8_backend_unreachable', Options::PENDING ), array( $stopped->get_status(), $stopped->get_data()['code'], Options::state() ) );
		remove_filter( 'pre_http_request', array( $this, 'lose_credentials' ), 20 );
		$this->assertSame( 'connected', $this->post( 'connect', array( 'confirm' => true ) )->get_data()['state'] );
		$this->assertCount( 1, $this->made( 'POST /v1/sites/connect/' ) );
		$this->assertCount( 1, WP_Application_Passwords::get_user_application_passwords( Service_User::find()->ID ) );
	}

	public function lose_credentials( $answer, $args, $url ) {
		return false !== strpos( $url, 'credentials' ) ? new WP_Error( 'http_request_failed', 'lost' ) : $answer;
	}

	public function test_connecting_again_gives_a_fresh_password_and_withdraws_the_old_one(): void {
		$this->willing_backend();
		$this->post( 'connect', array( 'code' => self::code(), 'confirm' => true ) );
		$this->assertSame( 200, $this->post( 'connect', array( 'confirm' => true ) )->get_status() );
		$sent = $this->made( 'PUT /v1/sites/me/credentials/' );
		$kept = WP_Application_Passwords::get_user_application_passwords( Service_User::find()->ID );
		$this->assertNotSame( $sent[0]['body']['password'], $sent[1]['body']['password'] );
		$this->assertSame( array( $sent[1]['body']['password_uuid'] ), wp_list_pluck( $kept, 'uuid' ) );
		$this->assertCount( 1, $this->made( 'POST /v1/sites/connect/' ) );
	}

	public function test_a_refused_code_leaves_the_site_unconnected_with_the_reason(): void {
		$this->backend( 'POST /v1/sites/connect/', 422, array( 'success' => false, 'error' => 'This code has expired.', 'code' => 'connect_code_expired' ) );
		$answer = $this->post( 'connect', array( 'code' => self::code(), 'confirm' => true ) );
		$this->assertSame( array( 422, 'connect_code_expired', 'This code has expired.' ), array( $answer->get_status(), $answer->get_data()['code'], $answer->get_data()['message'] ) );
		$this->assertSame( Options::DENIED, Options::state() );
		$this->assertFalse( Options::has_key() );
	}

	public function test_disconnecting_removes_password_and_secrets_even_if_the_backend_is_away(): void {
		$this->willing_backend();
		$this->post( 'connect', array( 'code' => self::code(), 'confirm' => true ) );
		$user = Service_User::find()->ID;
		add_filter( 'pre_http_request', static fn() => new WP_Error( 'http_request_failed', 'lost' ), 30 );
		$answer = $this->post( 'disconnect' )->get_data();
		$this->assertSame( array( false, 'disconnected' ), array( $answer['told'], $answer['state'] ) );
		$this->assertSame( array(), WP_Application_Passwords::get_user_application_passwords( $user ) );
		foreach ( Options::SECRETS as $name ) {
			$this->assertSame( '', Options::get( $name ) );
		}
	}

	public function test_a_person_with_the_service_login_is_not_taken_over(): void {
		$person = username_exists( Service_User::LOGIN );
		$person = $person ? $person : wp_insert_user( array( 'user_login' => Service_User::LOGIN, 'user_pass' => 'x' ) );
		get_userdata( $person )->set_role( 'administrator' );
		$made   = Service_User::ensure();
		$this->assertNotSame( $person, $made->ID );
		$this->assertSame( array( 'administrator' ), get_userdata( $person )->roles );
	}

	public function test_a_stored_id_that_now_belongs_to_a_person_is_not_trusted(): void {
		$person = $this->as_role( 'administrator' );
		Options::set( Options::SERVICE_USER, (string) $person );
		$this->assertNull( Service_User::find() );
		$this->assertNotSame( $person, Service_User::ensure()->ID );
		$this->assertSame( array( 'administrator' ), get_userdata( $person )->roles );
	}

	/** @dataProvider bad_codes */
	public function test_bad_codes_are_told_apart( string $code, string $error ): void {
		$decoded = Connect_Code::decode( $code );
		$this->assertInstanceOf( WP_Error::class, $decoded );
		$this->assertSame( $error, $decoded->get_error_code() );
	}

	public function bad_codes(): array {
		return array(
			'empty'     => array( '', 'igny8_code_malformed' ),
			'prefix'    => array( 'igny9-abc', 'igny8_code_malformed' ),
			'not json'  => array( 'igny8-AAAA', 'igny8_code_malformed' ),
			'version'   => array( self::code( array( 'v' => 2 ) ), 'igny8_code_malformed' ),
			'scheme'    => array( self::code( array( 'url' => 'ftp://backend.example' ) ), 'igny8_code_malformed' ),
			'user info' => array( self::code( array( 'url' => 'https://u:p@backend.example' ) ), 'igny8_code_malformed' ),
			'short'     => array( self::code( array( 'code' => 'abc' ) ), 'igny8_code_malformed' ),
		);
	}

	public function test_a_revoked_key_is_remembered_until_it_is_accepted_again(): void {
		$this->connect();
		$this->backend( 'GET /v1/writer/tasks/', 401, array( 'success' => false, 'error' => 'Revoked.', 'code' => 'key_revoked' ) );
		$this->backend( 'GET /v1/writer/tasks/', 200, array( 'success' => true, 'results' => array() ) );
		$refused = $this->rest( 'GET', '/igny8/v1/tasks' );
		$this->assertSame( array( 502, 'key_revoked', Options::DENIED ), array( $refused->get_status(), $refused->get_data()['code'], Options::state() ) );
		$this->assertSame( 200, $this->rest( 'GET', '/igny8/v1/tasks' )->get_status() );
		$this->assertSame( Options::CONNECTED, Options::state() );
	}

	public function test_a_page_does_not_knock_twice_at_a_backend_that_is_away(): void {
		$this->connect();
		$first  = Client::of_site()->get( '/v1/writer/tasks/', array(), false );
		$second = Client::of_site()->get( '/v1/writer/tasks/', array(), false );
		$this->assertSame( array( 'igny8_backend_unreachable', 'igny8_backend_unreachable' ), array( $first->get_error_code(), $second->get_error_code() ) );
		$this->assertCount( 1, $this->calls );
		$this->assertLessThanOrEqual( Client::PAGE_TIMEOUT_S, $this->calls[0]['args']['timeout'] );
		$this->assertSame( 0, $this->calls[0]['args']['redirection'] );
	}

	public function test_a_page_whose_time_is_used_up_by_slow_answers_spares_the_next_pages(): void {
		$this->connect();
		$this->backend( 'GET /v1/writer/tasks/', 200, array( 'success' => true, 'results' => array() ) );
		$waited = ( new ReflectionClass( Client::class ) )->getProperty( 'waited_s' );
		$before = $waited->getValue();
		$ask    = static fn() => Client::of_site()->get( '/v1/writer/tasks/', array(), false );
		$waited->setValue( null, Client::PAGE_TIMEOUT_S - Client::TOO_SLOW_S );
		$this->assertIsArray( $ask() );
		$waited->setValue( null, 0.0 );
		$this->assertInstanceOf( WP_Error::class, $ask(), 'the next page' );
		$this->assertIsArray( Client::of_site()->get( '/v1/writer/tasks/' ), 'the background and the buttons' );
		$this->assertIsArray( $ask(), 'an answer ends it' );
		$waited->setValue( null, $before );
		$this->assertCount( 3, $this->calls );
	}

	public function test_what_is_not_the_backend_is_named(): void {
		$this->connect();
		$this->backend( 'GET /v1/writer/tasks/', 403, '<html>Access denied</html>' );
		$this->assertSame( 'igny8_backend_garbled', $this->rest( 'GET', '/igny8/v1/tasks' )->get_data()['code'] );
	}
}
