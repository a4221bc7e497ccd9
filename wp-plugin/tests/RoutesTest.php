<?php
/**
 * Every route of the plugin, by every role; and what the browser's routes pass on.
 *
 * @package Igny8
 */

use Igny8\Capabilities;
use Igny8\Options;

class RoutesTest extends Igny8_TestCase {

	const ID   = '11111111-2222-4333-8444-555555555555';
	const ONCE = 'abcdefghijklmnop';

	const MANAGE   = array( 'administrator' );
	const PEOPLE   = array( 'administrator', 'editor' );
	const DELIVER  = array( 'administrator', 'editor', Capabilities::ROLE );
	const UPLOAD   = array( 'administrator', 'editor', 'author', Capabilities::ROLE );
	const EVERYONE = array( 'administrator', 'editor', 'author', 'contributor', 'subscriber', Capabilities::ROLE, 'nobody' );

	/** Route pattern and method → sample path, sample parameters, who may. */
	public static function table(): array {
		$id   = self::ID;
		$ids  = array( 'ids' => array( $id ), 'once' => self::ONCE );
		$run  = '/runs/' . $id;
		$prompt = array( 'prompt_type' => 'auto_cluster', 'template' => 'T' );
		return array(
			'GET /whoami'                => array( '/whoami', array(), self::EVERYONE ),
			'PUT /content/{uuid}'        => array( "/content/$id", array( 'title' => 'T', 'content' => 'C' ), self::DELIVER ),
			'GET /content/{uuid}'        => array( "/content/$id", array(), self::DELIVER ),
			'DELETE /content/{uuid}'     => array( "/content/$id", array(), self::DELIVER ),
			'POST /content/status'       => array( '/content/status', array( 'uuids' => array( $id ) ), self::DELIVER ),
			'PUT /media/{sha256}'        => array( '/media/' . str_repeat( 'a', 64 ), array(), self::UPLOAD ),
			'POST /connect'              => array( '/connect', array( 'code' => 'x' ), self::MANAGE ),
			'GET /connection'            => array( '/connection', array(), self::MANAGE ),
			'POST /disconnect'           => array( '/disconnect', array(), self::MANAGE ),
			'POST /tasks'                => array( '/tasks', array( 'title' => 'T' ), self::PEOPLE ),
			'POST /runs'                 => array( '/runs', $ids + array( 'function' => 'auto_generate_content' ), self::PEOPLE ),
			'GET /runs'                  => array( '/runs', array(), self::PEOPLE ),
			'GET /runs/{id}'             => array( $run, array(), self::PEOPLE ),
			'POST /runs/{id}/cancel'     => array( "$run/cancel", array(), self::PEOPLE ),
			'POST /runs/{id}/resume'     => array( "$run/resume", array(), self::PEOPLE ),
			'POST /runs/{id}/give_up'    => array( "$run/give_up", array(), self::PEOPLE ),
			'POST /deliveries/{id}/give_up' => array( "/deliveries/$id/give_up", array(), self::PEOPLE ),
			'POST /runs/{id}/retry'      => array( "$run/retry", array(), self::PEOPLE ),
			'GET /deliveries/{id}'       => array( "/deliveries/$id", array(), self::PEOPLE ),
			'POST /deliveries/{id}/retry' => array( "/deliveries/$id/retry", array(), self::PEOPLE ),
			'POST /publish'              => array( '/publish', $ids, self::PEOPLE ),
			'POST /contents/{id}/wish'   => array( "/contents/$id/wish", array( 'instruction' => 'Shorter.', 'once' => self::ONCE ), self::PEOPLE ),
			'POST /contents/{id}/wish/quote' => array( "/contents/$id/wish/quote", array( 'section' => 'soil' ), self::PEOPLE ),
			'GET /contents/{id}/proposal' => array( "/contents/$id/proposal", array(), self::PEOPLE ),
			'POST /contents/{id}/proposal/{answer}' => array( "/contents/$id/proposal/accept", array( 'once' => self::ONCE ), self::PEOPLE ),
			'GET /contents/{id}/versions' => array( "/contents/$id/versions", array(), self::PEOPLE ),
			'GET /contents/{id}/versions/diff' => array( "/contents/$id/versions/diff", array( 'older' => 1, 'newer' => 2 ), self::PEOPLE ),
			'POST /contents/{id}/versions/{number}/restore' => array( "/contents/$id/versions/1/restore", array( 'once' => self::ONCE ), self::PEOPLE ),
			'GET /deliveries/{id}/diff'  => array( "/deliveries/$id/diff", array(), self::PEOPLE ),
			'POST /deliveries/{id}/choose' => array( "/deliveries/$id/choose", array( 'choice' => 'keep', 'once' => self::ONCE ), self::PEOPLE ),
			'GET /calendar'              => array( '/calendar', array(), self::PEOPLE ),
			'POST /schedule'             => array( '/schedule', array( 'content_id' => $id, 'next_free' => true, 'once' => self::ONCE ), self::PEOPLE ),
			'POST /publishing/{wish}'    => array( '/publishing/pause', array( 'once' => self::ONCE ), self::PEOPLE ),
			'GET /contents/{id}/links'   => array( "/contents/$id/links", array(), self::PEOPLE ),
			'PATCH /contents/{id}/links' => array( "/contents/$id/links", array( 'enabled' => false ), self::PEOPLE ),
			'POST /links/remove'         => array( '/links/remove', $ids, self::PEOPLE ),
			'POST /collect'              => array( '/collect', array(), self::PEOPLE ),
			'POST /estimate'             => array( '/estimate', $ids + array( 'function' => 'auto_cluster' ), self::PEOPLE ),
			'POST /keywords/import'      => array( '/keywords/import', array( 'text' => 'soil', 'once' => self::ONCE ), self::PEOPLE ),
			'POST /ideas/create_tasks'   => array( '/ideas/create_tasks', $ids, self::PEOPLE ),
			'GET /images/{id}/file'      => array( "/images/$id/file", array(), self::PEOPLE ),
			'PATCH /settings'            => array( '/settings', array( 'brand' => array( 'tone' => 'calm' ) ), self::MANAGE ),
			'POST /roles'                => array( '/roles', array( 'roles' => array( 'author' => array( 'igny8_plan' ) ) ), self::MANAGE ),
			'POST /prompts'              => array( '/prompts', $prompt, self::MANAGE ),
			'POST /prompts/dry_run'      => array( '/prompts/dry_run', $prompt, self::MANAGE ),
			'POST /prompts/rollback'     => array( '/prompts/rollback', array( 'prompt_type' => 'auto_cluster', 'version' => 0 ), self::MANAGE ),
			'GET /posts/{post}'          => array( '/posts/1', array(), self::PEOPLE ),
			'POST /posts/{post}/estimate' => array( '/posts/1/estimate', array( 'act' => 'write' ), self::PEOPLE ),
			'POST /posts/{post}/runs'    => array( '/posts/1/runs', array( 'act' => 'write', 'once' => self::ONCE ), self::PEOPLE ),
			'POST /posts/{post}/take'    => array( '/posts/1/take', array( 'words' => str_repeat( 'a', 64 ), 'once' => self::ONCE ), self::PEOPLE ),
			'POST /posts/{post}/discard' => array( '/posts/1/discard', array(), self::PEOPLE ),
			'POST /posts/{post}/images/{image}' => array( "/posts/1/images/$id", array(), self::PEOPLE ),
			'PUT /posts/{post}/seo'      => array( '/posts/1/seo', array( 'title' => 'T' ), self::PEOPLE ),
			'GET /health'                => array( '/health', array(), self::MANAGE ),
			'POST /rotate_key'           => array( '/rotate_key', array(), self::MANAGE ),
		) + self::rows( $id );
	}

	/** The routes that every kind of row has. */
	private static function rows( string $id ): array {
		$table = array();
		foreach ( array( 'keywords', 'clusters', 'ideas', 'tasks', 'contents', 'images' ) as $kind ) {
			$table[ "GET /$kind" ]        = array( "/$kind", array(), self::PEOPLE );
			$table[ "GET /$kind/{id}" ]   = array( "/$kind/$id", array(), self::PEOPLE );
			$table[ "PATCH /$kind/{id}" ] = array( "/$kind/$id", array(), self::PEOPLE );
			if ( 'images' !== $kind ) {
				$table[ "DELETE /$kind/{id}" ] = array( "/$kind/$id", array(), self::PEOPLE );
			}
		}
		return $table;
	}

	public function matrix(): array {
		$rows = array();
		foreach ( self::table() as $name => list( $path, $params, $allowed ) ) {
			foreach ( self::EVERYONE as $role ) {
				$rows[ "$name as $role" ] = array( strtok( $name, ' ' ), $path, $params, $role, in_array( $role, $allowed, true ) );
			}
		}
		return $rows;
	}

	/** @dataProvider matrix */
	public function test_only_the_right_roles_pass( string $method, string $path, array $params, string $role, bool $may ): void {
		$this->as_role( 'nobody' === $role ? null : $role );
		$answer  = $this->rest( $method, '/igny8/v1' . $path, $params );
		$refused = $answer->is_error() && 'rest_forbidden' === $answer->get_data()['code'];
		$this->assertSame( $may, ! $refused );
		if ( $refused ) {
			$this->assertSame( 'nobody' === $role ? 401 : 403, $answer->get_status() );
		}
	}

	public function test_the_matrix_knows_every_route(): void {
		$found = array();
		foreach ( rest_get_server()->get_routes( 'igny8/v1' ) as $pattern => $handlers ) {
			$path = preg_replace( '/\(\?P<(\w+)>(?:[^()]|\([^()]*\))*\)/', '{$1}', substr( $pattern, strlen( '/igny8/v1' ) ) );
			foreach ( $handlers as $handler ) {
				foreach ( array_keys( $handler['methods'] ) as $method ) {
					$found[] = $method . ' ' . $path;
				}
			}
		}
		$this->assertEqualsCanonicalizing( array_keys( self::table() ), array_diff( $found, array( 'GET ' ) ) );
	}

	/** Writes, the names they carry, and whether they are meant for this site. */
	public function addressees(): array {
		$rows = array();
		foreach ( array( 'PUT /content/{uuid}', 'DELETE /content/{uuid}', 'PUT /media/{sha256}' ) as $name ) {
			$rows[ "$name for another id" ]   = array( $name, array( 'X-Igny8-Site' => self::ID ), false );
			$rows[ "$name for another home" ] = array( $name, array( 'X-Igny8-Home' => 'https://staging.example' ), false );
			$rows[ "$name for a path below" ] = array( $name, array( 'X-Igny8-Home' => '{home}/staging' ), false );
			$rows[ "$name for this site" ]    = array( $name, array( 'X-Igny8-Site' => '{uuid}', 'X-Igny8-Home' => '{home}/' ), true );
			$rows[ "$name for nobody" ]       = array( $name, array(), true );
		}
		return $rows;
	}

	/** @dataProvider addressees */
	public function test_a_write_for_another_site_is_refused( string $name, array $headers, bool $here ): void {
		$this->as_service();
		list( $path, $params ) = self::table()[ $name ];
		$request = new WP_REST_Request( strtok( $name, ' ' ), '/igny8/v1' . $path );
		$request->set_query_params( $params );
		foreach ( $headers as $header => $value ) {
			$request->set_header( $header, strtr( $value, array( '{uuid}' => strtoupper( Options::site_uuid() ), '{home}' => str_replace( 'http://', 'https://', home_url() ) ) ) );
		}
		$told = rest_do_request( $request )->get_data();
		$this->assertSame( $here, 'igny8_other_site' !== ( $told['code'] ?? '' ) );
		if ( ! $here ) {
			$this->assertSame( array( 409, home_url(), Options::site_uuid() ), array( $told['data']['status'], $told['data']['home_url'], $told['data']['site_uuid'] ) );
		}
	}

	public function test_one_place_has_many_spellings(): void {
		add_filter( 'home_url', static fn() => 'http://müller.example/Blog/' );
		$this->as_service();
		$request = new WP_REST_Request( 'DELETE', '/igny8/v1/content/' . self::ID );
		$request->set_header( 'X-Igny8-Home', 'https://xn--mller-kva.example:443/Blog' );
		$this->assertSame( 'igny8_not_found', rest_do_request( $request )->get_data()['code'] );
	}

	public function test_strangers_learn_nothing_telling_from_whoami(): void {
		$this->assertSame( array( 'plugin', 'user', 'auth_header', 'site_uuid', 'home_url' ), array_keys( $this->rest( 'GET', '/igny8/v1/whoami' )->get_data() ) );
		$service = $this->as_service();
		$self = $this->rest( 'GET', '/igny8/v1/whoami' )->get_data();
		$this->assertSame( $service, $self['user'] );
		$this->assertFalse( $self['unfiltered_html'] );
		$this->assertSame( array( 'publish' => true, 'upload' => true, 'terms' => true ), $self['can'] );
	}

	public function test_a_start_carries_the_key_of_the_click_and_answers_a_local_route(): void {
		$this->connect();
		$this->as_role( 'editor' );
		$this->backend( 'POST /v1/writer/tasks/auto_generate_content/', 202, array( 'success' => true, 'task_id' => self::ID, 'message' => 'Accepted.', 'status_url' => '/v1/system/tasks/' . self::ID . '/status/' ) );
		$answer = $this->rest( 'POST', '/igny8/v1/runs', array( 'function' => 'auto_generate_content', 'ids' => array( self::ID ), 'options' => array( 'images' => true ), 'once' => self::ONCE ) )->get_data();
		$this->assertSame( '/igny8/v1/runs/' . self::ID, $answer['route'] );
		$this->assertArrayNotHasKey( 'status_url', $answer );
		$this->assertSame( self::ONCE, $this->calls[0]['headers']['Idempotency-Key'] );
		$this->assertSame( array( 'ids' => array( self::ID ), 'options' => array( 'images' => true ) ), $this->calls[0]['body'] );
	}

	public function test_the_next_stage_is_answered_as_a_local_route(): void {
		$this->connect();
		$this->as_role( 'editor' );
		$next = array( 'kind' => 'delivery', 'id' => self::ID, 'status_url' => 'https://backend.example/v1/publisher/deliveries/' . self::ID . '/status/' );
		$this->backend( 'GET /v1/system/tasks/' . self::ID . '/status/', 200, array( 'success' => true, 'state' => 'SUCCESS', 'next' => $next ) );
		$answer = $this->rest( 'GET', '/igny8/v1/runs/' . self::ID )->get_data();
		$this->assertSame( '/igny8/v1/deliveries/' . self::ID, $answer['next']['route'] );
	}

	public function test_the_words_of_the_backend_reach_the_browser_and_its_statuses_do_not_mislead(): void {
		$this->connect();
		$this->as_role( 'editor' );
		$this->backend( 'POST /v1/writer/tasks/', 422, array( 'success' => false, 'error' => 'Too long.', 'code' => 'invalid', 'fields' => array( 'title' => array( 'Too long.' ) ) ) );
		$answer = $this->rest( 'POST', '/igny8/v1/tasks', array( 'title' => 'x' ) );
		$this->assertSame( array( 422, 'Too long.' ), array( $answer->get_status(), $answer->get_data()['message'] ) );
		$this->assertSame( array( 'title' => array( 'Too long.' ) ), $answer->get_data()['data']['fields'] );
	}

	public function test_the_removal_of_links_is_passed_on_once_and_followed_here(): void {
		$this->connect();
		$this->as_role( 'editor' );
		$this->backend( 'POST /v1/publisher/links/remove/', 202, array( 'success' => true, 'task_id' => self::ID, 'changed' => array(), 'status_url' => '/v1/publisher/deliveries/' . self::ID . '/status/' ) );
		$answer = $this->rest( 'POST', '/igny8/v1/links/remove', array( 'select' => 'all', 'once' => self::ONCE ) )->get_data();
		$this->assertSame( '/igny8/v1/deliveries/' . self::ID, $answer['route'] );
		$this->assertSame( array( array( 'select' => 'all' ), self::ONCE ), array( $this->calls[0]['body'], $this->calls[0]['headers']['Idempotency-Key'] ) );
		$this->assertSame( 400, $this->rest( 'POST', '/igny8/v1/links/remove', array( 'select' => 'some', 'once' => self::ONCE ) )->get_status() );
	}

	public function test_only_known_changes_of_links_reach_the_backend(): void {
		$this->connect();
		$this->as_role( 'editor' );
		$path = '/contents/' . self::ID . '/links';
		$this->backend( 'PATCH /v1/writer/content/' . self::ID . '/links/', 200, array( 'success' => true, 'links' => array() ) );
		$this->rest( 'PATCH', '/igny8/v1' . $path, array( 'skip' => array( 7 ), 'evil' => 1 ) );
		$this->assertSame( array( 'skip' => array( 7 ) ), $this->calls[0]['body'] );
		$this->assertSame( 400, $this->rest( 'PATCH', '/igny8/v1' . $path, array( 'skip' => array( 'x' ) ) )->get_status() );
	}

	private static function ids( int $count ): array {
		return array_map( static fn( $n ) => sprintf( '11111111-2222-4333-8444-%012d', $n ), range( 1, $count ) );
	}

	public function test_a_batch_of_a_thousand_tasks_is_quoted_and_started_in_one_request(): void {
		$this->connect();
		$this->as_role( 'editor' );
		$work = array( 'function' => 'auto_generate_images', 'ids' => self::ids( 1000 ) );
		$this->backend( 'POST /v1/system/estimate/', 200, array( 'count' => 1000, 'credits' => 5000 ) );
		$this->backend( 'POST /v1/writer/tasks/auto_generate_images/', 202, array( 'success' => true, 'task_id' => self::ID ) );
		$this->assertSame( 1000, $this->rest( 'POST', '/igny8/v1/estimate', $work )->get_data()['count'] );
		$this->assertSame( 200, $this->rest( 'POST', '/igny8/v1/runs', $work + array( 'once' => self::ONCE ) )->get_status() );
		$this->assertSame( array( 1000, 1000 ), array_map( static fn( $call ) => count( $call['body']['ids'] ), $this->calls ) );
	}

	public function test_more_keywords_than_one_run_takes_are_refused_in_the_words_of_the_backend(): void {
		$this->connect();
		$this->as_role( 'editor' );
		$words = 'At most 100 ids in one request; these are 101.';
		$this->backend( 'POST /v1/planner/keywords/auto_cluster/', 422, array( 'success' => false, 'error' => $words, 'code' => 'invalid' ) );
		$answer = $this->rest( 'POST', '/igny8/v1/runs', array( 'function' => 'auto_cluster', 'ids' => self::ids( 101 ), 'once' => self::ONCE ) );
		$this->assertSame( array( 422, $words ), array( $answer->get_status(), $answer->get_data()['message'] ) );
	}

	/** @dataProvider bad_starts */
	public function test_bad_starts_never_reach_the_backend( array $changes ): void {
		$this->connect();
		$this->as_role( 'editor' );
		$params = array_merge( array( 'function' => 'auto_generate_content', 'ids' => array( self::ID ), 'once' => self::ONCE ), $changes );
		$this->assertSame( 400, $this->rest( 'POST', '/igny8/v1/runs', $params )->get_status() );
		$this->assertSame( array(), $this->calls );
	}

	public function bad_starts(): array {
		return array(
			'function' => array( array( 'function' => 'drop_tables' ) ),
			'no ids'   => array( array( 'ids' => array() ) ),
			'bad id'   => array( array( 'ids' => array( '1' ) ) ),
			'1001 ids' => array( array( 'ids' => self::ids( 1001 ) ) ),
			'no key'   => array( array( 'once' => '' ) ),
			'options'  => array( array( 'options' => array( 'free' => true ) ) ),
		);
	}
}
