<?php
/**
 * A login cookie alone opens nothing: every route and every form wants the nonce as well.
 *
 * @package Igny8
 */

use Igny8\Admin\List_Export;
use Igny8\Capabilities;
use Igny8\Site\Post_Sender;

require_once __DIR__ . '/RoutesTest.php'; // Its table is asked before PHPUnit comes to that file.

/** Sends no headers: PHPUnit has printed already. */
class Igny8_Headerless_Server extends WP_REST_Server {
	public function send_header( $key, $value ) {}
}

class NoncesTest extends Igny8_TestCase {

	const REACHED = 'reached the service';

	protected function tearDown(): void {
		unset( $_REQUEST['_wpnonce'], $_GET['post'], $_SERVER['HTTP_X_WP_NONCE'], $GLOBALS['wp_rest_auth_cookie'] );
		parent::tearDown();
	}

	public function routes(): array {
		$guarded = array_filter( RoutesTest::table(), static fn( $row ) => ! in_array( 'nobody', $row[2], true ) );
		return array_map( static fn( $row, $name ) => array( strtok( $name, ' ' ), $row[0], $row[1] ), $guarded, array_keys( $guarded ) );
	}

	/** Asks WordPress what it makes of a request with a login cookie and this nonce. */
	private function cookie_says( ?string $nonce ) {
		add_filter( 'wp_rest_server_class', static fn() => Igny8_Headerless_Server::class );
		$GLOBALS['wp_rest_auth_cookie'] = true;
		if ( null !== $nonce ) {
			$_SERVER['HTTP_X_WP_NONCE'] = $nonce;
		}
		return rest_cookie_check_errors( null );
	}

	/** @dataProvider routes */
	public function test_a_cookie_without_a_nonce_is_nobody( string $method, string $path, array $params ): void {
		$this->as_role( 'administrator' );
		$this->assertTrue( $this->cookie_says( null ), 'a visitor, not an error' );
		$answer = $this->rest( $method, '/igny8/v1' . $path, $params );
		$this->assertSame( array( 401, 'rest_forbidden' ), array( $answer->get_status(), $answer->get_data()['code'] ) );
		$this->assertSame( array(), $this->calls );
	}

	public function test_a_wrong_nonce_is_refused_before_any_route_and_a_right_one_passes(): void {
		$this->as_role( 'administrator' );
		$refused = $this->cookie_says( 'wrong' );
		$this->assertSame( array( 'rest_cookie_invalid_nonce', 403 ), array( $refused->get_error_code(), $refused->get_error_data()['status'] ) );
		$this->assertTrue( $this->cookie_says( wp_create_nonce( 'wp_rest' ) ) );
		$this->assertNotSame( 0, get_current_user_id() );
	}

	public function forms(): array {
		$rows = array();
		foreach ( array( 'administrator', 'editor', 'author', 'contributor', 'subscriber', Capabilities::ROLE, 'nobody' ) as $role ) {
			foreach ( array( 'none', 'wrong', 'right' ) as $nonce ) {
				$may = 'right' === $nonce && in_array( $role, RoutesTest::PEOPLE, true );
				foreach ( array_keys( List_Export::LISTS ) as $kind ) {
					$rows[ "export of $kind as $role, nonce $nonce" ] = array( List_Export::ACTION . $kind, $role, $nonce, $may );
				}
				$rows[ "send as $role, nonce $nonce" ]   = array( Post_Sender::ACTION, $role, $nonce, $may );
			}
		}
		return $rows;
	}

	/** @dataProvider forms */
	public function test_forms_want_the_role_and_the_nonce( string $action, string $role, string $nonce, bool $may ): void {
		$this->connect();
		$post_id = wp_insert_post( array( 'post_title' => 'T', 'post_content' => 'C', 'post_status' => 'publish' ) );
		update_post_meta( $post_id, Igny8\Content\Meta::CONTENT_ID, RoutesTest::ID );
		$this->as_role( 'nobody' === $role ? null : $role );
		$_GET['post'] = (string) $post_id;
		$subject      = Post_Sender::ACTION === $action ? $action . $post_id : $action;
		$sent         = array( 'none' => '', 'wrong' => wp_create_nonce( 'igny8' ), 'right' => wp_create_nonce( $subject ) );
		$_REQUEST['_wpnonce'] = $sent[ $nonce ];
		$this->assertSame( $may, self::REACHED === $this->outcome( $action ) );
	}

	/** What a form's handler ends with, before it would send anything or exit. */
	private function outcome( string $action ): string {
		$die = static function ( $message ) {
			throw new RuntimeException( is_string( $message ) ? $message : 'refused' );
		};
		add_filter( 'wp_die_handler', static fn() => $die );
		add_filter(
			'pre_http_request',
			static function () {
				throw new RuntimeException( self::REACHED );
			},
			5
		);
		try {
			do_action( 'admin_post_' . $action );
		} catch ( RuntimeException $end ) {
			return $end->getMessage();
		}
		return 'ended';
	}
}
