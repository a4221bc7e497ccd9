<?php
/**
 * What other programs use: abilities (6.9 and later), the connectors screen (7.0 and later), WP-CLI.
 *
 * @package Igny8
 */

use Igny8\Options;
use Igny8\Site\Commands;
use Igny8\Site\Connector;

/** Collects what a command says. */
final class Igny8_Cli_Stub {

	/** @var string[] Lines with their kind. */
	public static $said = array();

	public static function __callStatic( string $kind, array $words ): void {
		self::$said[] = $kind . ': ' . ( is_string( $words[0] ) ? $words[0] : '' );
	}
}

class ProgramsTest extends Igny8_TestCase {

	const TASK = '11111111-2222-4333-8444-555555555555';
	const RUN  = '77777777-2222-4333-8444-555555555555';

	protected function setUp(): void {
		parent::setUp();
		$this->connect();
		if ( ! class_exists( 'WP_CLI' ) ) {
			class_alias( Igny8_Cli_Stub::class, 'WP_CLI' );
		}
		Igny8_Cli_Stub::$said = array();
	}

	private function ability( string $name ) {
		if ( ! function_exists( 'wp_get_ability' ) ) {
			$this->markTestSkipped( 'This WordPress has no abilities.' );
		}
		return wp_get_ability( 'igny8/' . $name );
	}

	private function run_ability( string $name, array $input ): WP_REST_Response {
		$method = 'get-run' === $name ? 'GET' : 'POST';
		return $this->rest( $method, '/wp-abilities/v1/abilities/igny8/' . $name . '/run', array( 'input' => $input ) );
	}

	public function test_an_ability_starts_a_run_for_those_who_may(): void {
		$this->assertNotNull( $this->ability( 'generate-content' ) );
		$this->backend( 'POST /v1/writer/tasks/auto_generate_content/', 202, array( 'success' => true, 'task_id' => self::RUN ) );
		$this->as_role( 'editor' );
		$answer = $this->run_ability( 'generate-content', array( 'task_id' => self::TASK ) );
		$this->assertSame( array( 200, self::RUN ), array( $answer->get_status(), $answer->get_data()['task_id'] ) );
		$this->assertSame( array( 'ids' => array( self::TASK ) ), $this->calls[0]['body'] );
		$this->assertSame( self::RUN, $this->ability( 'generate-content' )->execute( array( 'task_id' => self::TASK ) )['task_id'] );
	}

	/** @dataProvider strangers */
	public function test_an_ability_refuses_strangers_and_nonsense( ?string $role, array $input, int $status ): void {
		$this->ability( 'generate-content' );
		$this->as_role( $role );
		$this->assertSame( $status, $this->run_ability( 'generate-content', $input )->get_status() );
		$this->assertSame( array(), $this->calls );
	}

	public function strangers(): array {
		return array(
			'nobody'      => array( null, array( 'task_id' => self::TASK ), 401 ),
			'an author'   => array( 'author', array( 'task_id' => self::TASK ), 403 ),
			'no task'     => array( 'editor', array(), 400 ),
			'something'   => array( 'editor', array( 'task_id' => 'x/../y' ), 400 ),
			'something more' => array( 'editor', array( 'task_id' => self::TASK, 'force' => true ), 400 ),
		);
	}

	public function test_an_ability_tells_how_a_run_goes(): void {
		$this->ability( 'get-run' );
		$this->as_role( 'editor' );
		$this->backend( 'GET /v1/system/tasks/' . self::RUN . '/status/', 200, array( 'success' => true, 'state' => 'SUCCESS' ) );
		$this->assertSame( 'SUCCESS', $this->run_ability( 'get-run', array( 'run_id' => self::RUN ) )->get_data()['state'] );
	}

	public function test_the_connectors_screen_has_our_entry_and_an_absent_key_stays_absent(): void {
		$entries = new class() {
			/** @var array */
			public $known = array();

			public function register( string $name, array $entry ): void {
				$this->known[ $name ] = $entry;
			}
		};
		Connector::register( $entries );
		$this->assertSame( Options::SITE_KEY, $entries->known['igny8']['authentication']['setting_name'] );
		$this->assertStringContainsString( 'page=igny8-settings', $entries->known['igny8']['authentication']['credentials_url'] );
		if ( function_exists( 'wp_get_connectors' ) ) {
			$this->assertArrayHasKey( 'igny8', wp_get_connectors() );
		}
		Options::forget( array( Options::SITE_KEY ) );
		$this->assertSame( '', Options::site_key() );
		$this->assertFalse( Options::has_key() );
	}

	public function test_the_settings_route_never_shows_the_key(): void {
		$this->as_role( 'administrator' );
		$request = new WP_REST_Request( 'GET', '/wp/v2/settings' );
		$answer  = apply_filters( 'rest_post_dispatch', rest_do_request( $request ), rest_get_server(), $request );
		$this->assertSame( 200, $answer->get_status() );
		$this->assertStringNotContainsString( 'igk_live_secret-of-this-site', (string) wp_json_encode( $answer->get_data() ) );
	}

	public function test_the_commands_start_and_watch_a_run(): void {
		$this->backend( 'POST /v1/writer/tasks/auto_generate_content/', 202, array( 'success' => true, 'task_id' => self::RUN, 'message' => 'Accepted.' ) );
		$this->backend( 'GET /v1/system/tasks/' . self::RUN . '/status/', 200, array( 'success' => true, 'state' => 'PROGRESS', 'percentage' => 40, 'steps' => array() ) );
		( new Commands() )->run( array( self::TASK ) );
		( new Commands() )->status( array( self::RUN ) );
		$this->assertSame( array( 'log: task_id: ' . self::RUN, 'log: message: Accepted.', 'log: state: PROGRESS', 'log: percentage: 40' ), Igny8_Cli_Stub::$said );
		$this->assertMatchesRegularExpression( '/^[0-9a-f]{32}$/', $this->calls[0]['headers']['Idempotency-Key'] );
	}

	public function test_the_commands_say_what_went_wrong(): void {
		$this->backend( 'POST /v1/writer/tasks/auto_generate_content/', 404, array( 'success' => false, 'error' => 'No such task.', 'code' => 'not_found' ) );
		( new Commands() )->run( array( self::TASK ) );
		( new Commands() )->connect( array( 'nonsense' ) );
		( new Commands() )->test();
		$this->assertSame( 'error: No such task.', Igny8_Cli_Stub::$said[0] );
		$this->assertStringStartsWith( 'error: ', Igny8_Cli_Stub::$said[1] );
		$this->assertSame( 'error: The connection does not work.', end( Igny8_Cli_Stub::$said ) );
	}

	public function test_the_command_disconnects(): void {
		$this->backend( 'DELETE /v1/sites/me/', 200, array( 'success' => true ) );
		( new Commands() )->disconnect();
		$this->assertSame( array( 'success: Disconnected.' ), Igny8_Cli_Stub::$said );
		$this->assertFalse( Options::has_key() );
	}
}
