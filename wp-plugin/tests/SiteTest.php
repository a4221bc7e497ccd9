<?php
/**
 * What the plugin adds to WordPress's own screens.
 *
 * @package Igny8
 */

use Igny8\Capabilities;
use Igny8\Content\Document;
use Igny8\Content\Meta;
use Igny8\Content\Post_Writer;
use Igny8\Counts;
use Igny8\Options;
use Igny8\Plugin;
use Igny8\Self_Test;
use Igny8\Site\Dashboard;
use Igny8\Site\Health;
use Igny8\Site\Post_List;
use Igny8\Site\Post_Sender;
use Igny8\Site\Privacy;
use Igny8\Sync;

class SiteTest extends Igny8_TestCase {

	const UUID = '11111111-2222-4333-8444-555555555555';

	protected function setUp(): void {
		parent::setUp();
		$this->connect();
		$this->as_role( 'administrator' );
	}

	private function delivered(): WP_Post {
		$document = Document::from_array( array( 'title' => 'T', 'content' => 'C', 'provenance' => array( 'model' => 'gpt-6-luna', 'sandbox' => true ) ) );
		return get_post( Post_Writer::write( self::UUID, $document )['id'] );
	}

	public function test_only_posts_of_ours_offer_an_update(): void {
		$ours  = $this->delivered();
		$other = get_post( wp_insert_post( array( 'post_title' => 'x', 'post_content' => 'y' ) ) );
		$this->assertSame( array( 'edit', 'igny8_write', 'igny8', 'igny8_send' ), array_keys( Post_List::row( array( 'edit' => '' ), $ours ) ) );
		$this->assertSame( array( 'edit', 'igny8_write' ), array_keys( Post_List::row( array( 'edit' => '' ), $other ) ) );
		$this->as_role( 'subscriber' );
		$this->assertSame( array(), Post_List::row( array(), $ours ) );
		$this->assertSame( array(), Post_List::bulk( array() ) );
	}

	public function test_the_bulk_action_sends_each_content_once_and_leaves_other_posts_alone(): void {
		$ours  = $this->delivered();
		$other = wp_insert_post( array( 'post_title' => 'x', 'post_content' => 'y' ) );
		$this->backend( 'POST /v1/publisher/publish/', 202, array( 'success' => true, 'task_id' => self::UUID ) );
		$back = Post_List::carry_out( 'edit.php', Post_List::BULK, array( (string) $ours->ID, (string) $other ) );
		$this->assertSame( 'edit.php?igny8_told=1', $back );
		$this->assertSame( array( 'ids' => array( self::UUID ), 'force' => false ), $this->calls[0]['body'] );
	}

	public function test_every_post_that_a_person_may_have_written_leads_to_its_panel(): void {
		Post_List::boot();
		$row   = array( 'post_title' => 'By hand', 'post_content' => 'y' );
		$ours  = Post_List::row( array(), $this->delivered() )['igny8_write'];
		$other = Post_List::row( array(), get_post( wp_insert_post( $row ) ) )['igny8_write'];
		$page  = get_post( wp_insert_post( array( 'post_type' => 'page' ) + $row ) );
		$this->assertStringContainsString( '>Refresh with IGNY8<', $ours );
		$this->assertStringContainsString( '>Write with IGNY8<', $other );
		$this->assertStringContainsString( 'aria-label="Write with IGNY8: By hand"', $other );
		$this->assertStringContainsString( 'post.php?post=' . $page->ID . '&#038;action=edit&#038;igny8=panel"', apply_filters( 'page_row_actions', array(), $page )['igny8_write'] );
		wp_trash_post( $page->ID );
		$this->assertSame( array(), Post_List::row( array(), get_post( $page->ID ) ) );
	}

	/** @dataProvider people_who_may_not_write */
	public function test_the_way_to_writing_is_for_those_who_may_write_that_post( string $role, array $rights ): void {
		$post = get_post( wp_insert_post( array( 'post_title' => 'x', 'post_content' => 'y', 'post_author' => 1 ) ) );
		$this->as_role( $role );
		$user = wp_get_current_user();
		foreach ( array( Capabilities::SEE, Capabilities::PUBLISH, Capabilities::GENERATE ) as $right ) {
			$user->add_cap( $right, in_array( $right, $rights, true ) );
		}
		$this->assertSame( array(), Post_List::row( array(), $post ) );
	}

	public function people_who_may_not_write(): array {
		return array(
			'who only publishes'          => array( 'editor', array( Capabilities::SEE, Capabilities::PUBLISH ) ),
			'who may not edit this post'  => array( 'author', array( Capabilities::SEE, Capabilities::GENERATE ) ),
			'who does not see the plugin' => array( 'editor', array( Capabilities::GENERATE ) ),
		);
	}

	public function test_more_posts_than_one_request_takes_go_in_several(): void {
		$this->backend( 'POST /v1/publisher/publish/', 202, array( 'success' => true, 'task_id' => self::UUID ) );
		$this->assertSame( '201', Post_Sender::send( $this->many( 201 ) ) );
		$this->assertSame( array( 100, 100, 1 ), array_map( static fn( $call ) => count( $call['body']['ids'] ), $this->calls ) );
		$this->assertCount( 3, array_unique( array_map( static fn( $call ) => $call['headers']['Idempotency-Key'], $this->calls ) ) );
	}

	public function test_what_went_before_a_refusal_is_told(): void {
		$this->backend( 'POST /v1/publisher/publish/', 202, array( 'success' => true, 'task_id' => self::UUID ) );
		$this->backend( 'POST /v1/publisher/publish/', 429, array( 'success' => false, 'error' => 'Too many requests.', 'code' => 'rate_limited' ) );
		$this->assertSame( 'error', Post_Sender::send( $this->many( 101 ) ) );
		$_GET[ Post_Sender::TOLD ] = 'error';
		ob_start();
		Post_Sender::tell();
		unset( $_GET[ Post_Sender::TOLD ] );
		$this->assertStringContainsString( 'Too many requests. 100 posts are on their way from IGNY8.', ob_get_clean() );
	}

	private function many( int $count ): array {
		$insert = static fn( $n ) => wp_insert_post( array( 'post_title' => "Post $n", 'meta_input' => array( Meta::CONTENT_ID => sprintf( '11111111-2222-4333-8444-%012d', $n ) ) ) );
		return array_map( $insert, range( 1, $count ) );
	}

	public function test_a_refused_update_says_why_on_the_next_page(): void {
		$ours = $this->delivered();
		$this->backend( 'POST /v1/publisher/publish/', 409, array( 'success' => false, 'error' => 'Already on its way.', 'code' => 'busy' ) );
		$this->assertSame( 'error', Post_Sender::send( array( $ours->ID ) ) );
		$_GET[ Post_Sender::TOLD ] = 'error';
		ob_start();
		Post_Sender::tell();
		unset( $_GET[ Post_Sender::TOLD ] );
		$this->assertStringContainsString( 'Already on its way.', ob_get_clean() );
	}

	public function test_site_health_names_the_blocker_and_no_secret(): void {
		$test = Health::test();
		$this->assertSame( 'recommended', $test['status'] );
		$this->assertStringContainsString( 'backend.example', $test['description'] );
		$this->assertStringNotContainsString( Options::site_key(), wp_json_encode( array( $test, Health::facts( array() ) ) ) );
	}

	public function test_what_is_only_worth_knowing_does_not_stand_as_a_blocker(): void {
		$clock = array(
			'name'    => 'clock',
			'ok'      => false,
			'blocks'  => false,
			'message' => 'Ten minutes behind.',
			'fix'     => 'Use NTP.',
		);
		$this->backend( 'GET /v1/sites/me/', 200, array( 'connection' => array( 'mode' => 'push', 'checks' => array( $clock ) ) ) );
		$lines = array_column( Self_Test::run( true )['checks'], null, 'name' );
		$this->assertFalse( Self_Test::is_blocker( $lines['clock'] ) );
		$this->assertSame( 'Clock of this site', $lines['clock']['label'] );
		$this->assertStringContainsString( 'Ten minutes behind. Use NTP.', Health::test()['description'] );
	}

	/**
	 * @dataProvider versions_of_the_service
	 */
	public function test_a_service_of_another_series_is_named_with_the_fix( string $service, string $fix ): void {
		$this->backend( 'GET /v1/sites/me/', 200, array( 'service_version' => $service ) );
		$told = array_column( Self_Test::run( true )['checks'], 'fix', 'name' );
		$this->assertSame( $fix, $told['versions'] ?? '' );
	}

	/** {version of the service, the way out} */
	public function versions_of_the_service(): array {
		return array(
			'newer'       => array( '9.0.1', 'Update the plugin.' ),
			'older'       => array( '0.0.9', 'Ask who runs the service to update it.' ),
			'same series' => array( implode( '.', array_slice( explode( '.', Plugin::version() ), 0, 2 ) ) . '.99', '' ),
			'no word'     => array( '', '' ),
		);
	}

	/** Makes somebody with this address and a name. */
	private function person( string $email ): int {
		return wp_insert_user( array( 'user_login' => uniqid( 'u' ), 'user_pass' => 'x', 'user_email' => $email, 'display_name' => 'Anna Ö.' ) );
	}

	public function test_who_connected_the_site_is_exported_and_erased(): void {
		Options::set( Options::CONNECTED_BY, (string) $this->person( 'a@example.org' ) );
		$this->backend( 'POST /v1/sites/me/people/', 200, array( 'count' => 0, 'results' => array() ) );
		$this->backend( 'POST /v1/sites/me/people/forget/', 200, array( 'removed' => 0 ) );
		$this->assertCount( 1, Privacy::export( 'a@example.org' )['data'] );
		$this->assertTrue( Privacy::erase( 'a@example.org' )['items_removed'] );
		$this->assertSame( array(), Privacy::export( 'a@example.org' )['data'] );
	}

	public function test_names_kept_by_the_service_are_exported_by_the_hundred(): void {
		$this->person( 'a@example.org' );
		$row = array( 'what' => 'version', 'title' => 'On soil', 'at' => '2026-01-02T03:04:05+00:00' );
		$this->backend( 'POST /v1/sites/me/people/', 200, array( 'count' => 150, 'page_size' => 100, 'results' => array_fill( 0, 100, $row ) ) );
		$this->backend( 'POST /v1/sites/me/people/', 200, array( 'count' => 150, 'page_size' => 100, 'results' => array_fill( 0, 50, $row ) ) );
		$first  = Privacy::export( 'a@example.org', 1 );
		$second = Privacy::export( 'a@example.org', 2 );
		$this->assertSame( array( false, true ), array( $first['done'], $second['done'] ) );
		$this->assertSame( array( 'name' => 'Anna Ö.', 'page' => 2 ), $this->calls[1]['body'] );
		$this->assertSame( array( 'Made a version of an article', 'On soil', '2026-01-02T03:04:05+00:00' ), array_column( $first['data'][0]['data'], 'value' ) );
		$ids = array_column( array_merge( $first['data'], $second['data'] ), 'item_id' );
		$this->assertCount( 150, array_unique( $ids ) );
	}

	public function test_a_name_that_could_not_be_forgotten_is_told(): void {
		$this->person( 'a@example.org' );
		$this->assertTrue( is_wp_error( Privacy::export( 'a@example.org' ) ) );
		$told = Privacy::erase( 'a@example.org' );
		$this->assertSame( array( false, true ), array( $told['items_removed'], $told['items_retained'] ) );
		$this->assertStringContainsString( 'does not answer', $told['messages'][0] );
		$this->backend( 'POST /v1/sites/me/people/forget/', 200, array( 'removed' => 3 ) );
		$told = Privacy::erase( 'a@example.org' );
		$this->assertSame( array( true, false, array() ), array( $told['items_removed'], $told['items_retained'], $told['messages'] ) );
	}

	public function test_nobody_is_asked_about_strangers(): void {
		$this->assertSame( array( 'data' => array(), 'done' => true ), Privacy::export( 'stranger@example.org' ) );
		$this->assertFalse( Privacy::erase( 'stranger@example.org' )['items_retained'] );
		$this->assertSame( array(), $this->calls );
	}

	public function test_an_import_passes_the_text_on_as_it_is(): void {
		$this->backend( 'POST /v1/planner/keywords/import/', 200, array( 'success' => true, 'lines' => array() ) );
		$this->rest( 'POST', '/igny8/v1/keywords/import', array( 'text' => "soil;1\n=x", 'preview' => true, 'once' => 'abcdefghijklmnop' ) );
		$this->assertSame( array( "soil;1\n=x", 'text/csv; charset=utf-8' ), array( $this->calls[0]['args']['body'], $this->calls[0]['headers']['Content-Type'] ) );
		$this->assertStringEndsWith( '?preview=1', $this->calls[0]['url'] );
	}

	public function test_a_change_of_a_row_reaches_its_own_kind_with_known_fields_alone(): void {
		$this->backend( 'PATCH /v1/writer/images/' . self::UUID . '/', 200, array( 'success' => true ) );
		$this->rest( 'PATCH', '/igny8/v1/images/' . self::UUID, array( 'alt' => 'A spade', 'state' => 'generated' ) );
		$this->assertSame( array( 'alt' => 'A spade' ), $this->calls[0]['body'] );
	}

	public function test_a_change_says_what_was_seen_of_its_own_fields(): void {
		$this->backend( 'PATCH /v1/writer/tasks/' . self::UUID . '/', 409, array( 'success' => false, 'code' => 'row_stale', 'error' => 'Changed.', 'fields' => array( 'title' => array( 'Has changed.' ) ) ) );
		$seen   = array( 'title' => 'Old', 'keywords' => array( 'soil' ), 'site_id' => 'x' );
		$answer = $this->rest( 'PATCH', '/igny8/v1/tasks/' . self::UUID, array( 'title' => 'New', 'seen' => $seen ) );
		$this->assertSame( array( 'title' => 'New', 'seen' => array( 'title' => 'Old' ) ), $this->calls[0]['body'] );
		$this->assertSame( array( 409, 'row_stale' ), array( $answer->get_status(), $answer->get_data()['code'] ) );
	}

	public function test_a_start_by_somebody_who_may_not_publish_publishes_nothing(): void {
		wp_get_current_user()->add_cap( 'igny8_publish', false );
		$this->rest( 'POST', '/igny8/v1/runs', array( 'function' => 'auto_cluster', 'select' => 'unclustered', 'once' => 'abcdefghijklmnop' ) );
		$this->assertSame( array( 'select' => 'unclustered', 'options' => array( 'publish' => false ) ), $this->calls[0]['body'] );
	}

	public function test_a_rotated_key_replaces_the_old_one_and_stays_here(): void {
		$this->backend( 'POST /v1/sites/rotate_key/', 200, array( 'success' => true, 'site_key' => 'igk_live_' . str_repeat( 'n', 40 ) ) );
		$answer = $this->rest( 'POST', '/igny8/v1/rotate_key' );
		$this->assertSame( 'igk_live_' . str_repeat( 'n', 40 ), Options::site_key() );
		$this->assertStringNotContainsString( 'igk_live', wp_json_encode( $answer->get_data() ) );
	}

	/** The badge as text, or null where there is none. */
	private function badge(): ?string {
		require_once ABSPATH . WPINC . '/class-wp-admin-bar.php';
		$bar = new WP_Admin_Bar();
		set_current_screen( 'dashboard' );
		Dashboard::badge( $bar );
		$node = $bar->get_node( 'igny8' );
		set_current_screen( 'front' );
		return $node ? $node->title : null;
	}

	public function test_the_badge_shows_what_the_screens_have_heard_and_asks_nobody(): void {
		$this->assertNull( $this->badge() );
		$this->backend( 'GET /v1/system/activity/', 200, array( 'count' => 2, 'results' => array() ) );
		$this->rest( 'GET', '/igny8/v1/runs' );
		$this->assertSame( array( 'IGNY8: 2 running', 1 ), array( $this->badge(), count( $this->calls ) ) );
		Counts::learn( 'review', 3 );
		$this->assertSame( 'IGNY8: 3 to review, 2 running', $this->badge() );
		Counts::learn( 'needs', 1 );
		$this->assertSame( 'IGNY8: 1 needs you, 3 to review, 2 running', $this->badge() );
	}

	public function test_a_run_that_was_just_started_is_on_the_badge(): void {
		$this->backend( 'POST /v1/planner/keywords/auto_cluster/', 202, array( 'success' => true, 'task_id' => self::UUID, 'status_url' => '/v1/system/tasks/' . self::UUID . '/status/' ) );
		$this->rest( 'POST', '/igny8/v1/runs', array( 'function' => 'auto_cluster', 'select' => 'unclustered', 'once' => 'abcdefghijklmnop' ) );
		$this->assertSame( 'IGNY8: 1 running', $this->badge() );
	}

	/** Starts besides runs: path, body, call of the backend. */
	public function deliveries(): array {
		$ids  = array( 'ids' => array( self::UUID ), 'once' => 'abcdefghijklmnop' );
		$time = array( 'content_id' => self::UUID, 'publish_at' => '2099-01-01T10:00', 'once' => 'abcdefghijklmnop' );
		return array(
			'publish'   => array( '/publish', $ids, 'POST /v1/publisher/publish/' ),
			'schedule'  => array( '/schedule', $time, 'POST /v1/publisher/schedule/' ),
			'again'     => array( '/deliveries/' . self::UUID . '/retry', array(), 'POST /v1/publisher/deliveries/' . self::UUID . '/retry/' ),
			'no links'  => array( '/links/remove', $ids, 'POST /v1/publisher/links/remove/' ),
			'refresh'   => array( '/contents/' . self::UUID . '/wish', array( 'once' => 'abcdefghijklmnop' ), 'POST /v1/writer/content/' . self::UUID . '/refresh/' ),
			'go on'     => array( '/runs/' . self::UUID . '/resume', array(), 'POST /v1/system/tasks/' . self::UUID . '/resume/' ),
		);
	}

	/** @dataProvider deliveries */
	public function test_whatever_was_just_started_is_on_the_badge( string $path, array $params, string $call ): void {
		$this->backend( $call, 202, array( 'success' => true, 'status_url' => '/v1/publisher/deliveries/' . self::UUID . '/status/' ) );
		$this->rest( 'POST', '/igny8/v1' . $path, $params );
		$this->assertSame( 'IGNY8: 1 running', $this->badge() );
	}

	public function test_posts_sent_from_the_posts_list_are_on_the_badge(): void {
		$this->backend( 'POST /v1/publisher/publish/', 202, array( 'success' => true, 'task_id' => self::UUID ) );
		Post_Sender::send( array( $this->delivered()->ID ) );
		$this->assertSame( 'IGNY8: 1 running', $this->badge() );
	}

	public function test_runs_heard_of_long_ago_leave_the_badge_and_reviews_stay(): void {
		set_transient( Counts::TRANSIENT, array( 'live' => array( 1, time() - 3600 ), 'review' => array( 4, time() - 3600 ) ), 60 );
		$this->assertSame( 'IGNY8: 4 to review', $this->badge() );
	}

	public function test_the_badge_is_for_those_who_see_the_screens_of_a_connected_site(): void {
		Counts::learn( 'live', 1 );
		$this->as_role( 'subscriber' );
		$this->assertNull( $this->badge() );
		$this->as_role( 'administrator' );
		Options::forget( array( Options::SITE_KEY ) );
		$this->assertNull( $this->badge() );
	}

	public function test_the_widget_asks_once_a_minute_and_tells_the_badge(): void {
		$this->backend( 'GET /v1/system/overview/', 200, array( 'waiting' => array( 'review' => 5, 'live' => 1, 'retry' => 2, 'decision' => 1, 'tasks' => 9 ) ) );
		ob_start();
		Dashboard::widget();
		Dashboard::widget();
		$drawn = ob_get_clean();
		$this->assertStringContainsString( 'Did not work or stand still: 3', $drawn );
		$this->assertStringContainsString( 'Articles to review: 5', $drawn );
		$this->assertStringContainsString( 'Running now: 1', $drawn );
		$this->assertCount( 1, $this->calls );
		$this->assertSame( 'IGNY8: 3 need you, 5 to review, 1 running', $this->badge() );
	}

	public function test_the_widget_says_so_when_nobody_answers(): void {
		ob_start();
		Dashboard::widget();
		$this->assertStringContainsString( 'does not answer just now', ob_get_clean() );
	}

	public function test_the_background_event_keeps_the_badge_up_to_date(): void {
		$this->backend( 'POST /v1/sites/me/events/', 200, array( 'success' => true ) );
		$this->backend( 'GET /v1/publisher/deliveries/', 200, array( 'results' => array(), 'leases' => array(), 'next_in_s' => 60 ) );
		$this->backend( 'GET /v1/system/overview/', 200, array( 'waiting' => array( 'review' => 7, 'live' => 0 ) ) );
		Sync::run();
		$this->assertSame( 'IGNY8: 7 to review', $this->badge() );
	}
}
