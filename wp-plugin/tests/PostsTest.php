<?php
/**
 * One post and its panel: what it shows, what it starts, and how a text gets into a post of somebody's own.
 *
 * @package Igny8
 */

use Igny8\Content\Difference;
use Igny8\Content\Document;
use Igny8\Content\Invitation;
use Igny8\Content\Meta;
use Igny8\Content\Post_Writer;
use Igny8\Options;
use Igny8\Site\Editor_Panel;

class PostsTest extends Igny8_TestCase {

	const TASK    = '11111111-2222-4333-8444-555555555555';
	const CONTENT = '66666666-2222-4333-8444-555555555555';
	const RUN     = '77777777-2222-4333-8444-555555555555';
	const ONCE    = 'abcdefghijklmnop';

	protected function setUp(): void {
		parent::setUp();
		$this->connect();
		$this->as_role( 'editor' );
	}

	private function own_post( array $changes = array() ): WP_Post {
		$row = array( 'post_title' => 'Mulch & more', 'post_content' => '<p>Mine.</p>', 'post_status' => 'publish', 'post_name' => 'my-address' );
		return get_post( wp_insert_post( wp_slash( $changes + $row ) ) );
	}

	private function promised_post( array $changes = array() ): WP_Post {
		$post = $this->own_post( $changes );
		update_post_meta( $post->ID, Meta::TASK, self::TASK );
		return $post;
	}

	private function call( WP_Post $post, string $method, string $rest, array $params = array() ) {
		return $this->rest( $method, '/igny8/v1/posts/' . $post->ID . $rest, $params );
	}

	private function deliver( array $changes = array() ) {
		$mine = wp_get_current_user()->ID;
		$this->as_service();
		$answer = Post_Writer::write( self::CONTENT, Document::from_array( $changes + array( 'title' => 'Mulch & more', 'content' => '<p>New.</p>', 'slug' => 'other', 'task_id' => self::TASK ) ) );
		wp_set_current_user( $mine );
		return $answer;
	}

	private function backend_knows_the_article( string $html ): void {
		$this->backend( 'GET /v1/writer/tasks/' . self::TASK . '/', 200, array( 'task' => array( 'live_run' => null, 'content' => array( 'id' => self::CONTENT ) ) ) );
		$this->backend( 'GET /v1/writer/content/' . self::CONTENT . '/', 200, array( 'content' => array( 'title' => 'T', 'html' => $html, 'word_count' => 1, 'task_id' => self::TASK ) ) );
		$this->backend( 'GET /v1/writer/content/' . self::CONTENT . '/proposal/', 404, array( 'success' => false, 'error' => 'None.', 'code' => 'not_found' ) );
		$this->backend( 'GET /v1/writer/images/', 200, array( 'results' => array() ) );
		$this->backend( 'PATCH /v1/writer/content/' . self::CONTENT . '/', 200, array( 'success' => true ) );
	}

	private function sent( string $call ): array {
		return array_values( array_filter( $this->calls, static fn( $one ) => $call === $one['call'] ) );
	}

	public function test_a_quote_for_a_title_makes_no_task(): void {
		$this->backend( 'POST /v1/system/estimate/', 200, array( 'count' => 1, 'credits' => 3 ) );
		$post = $this->own_post();
		$this->assertSame( 3, $this->call( $post, 'POST', '/estimate', array( 'act' => 'write', 'title' => 'Mulch &amp; more' ) )->get_data()['credits'] );
		$this->assertSame( array( 'function' => 'generate_content', 'title' => 'Mulch & more', 'options' => array( 'publish' => false ) ), $this->calls[0]['body'] );
		$this->assertSame( '', get_post_meta( $post->ID, Meta::TASK, true ) );
	}

	public function test_writing_ties_one_task_to_the_post_and_never_publishes(): void {
		$this->backend( 'POST /v1/writer/tasks/', 201, array( 'results' => array( array( 'id' => self::TASK ) ) ) );
		$this->backend( 'PATCH /v1/writer/tasks/' . self::TASK . '/', 200, array( 'success' => true ) );
		$this->backend( 'POST /v1/writer/tasks/auto_generate_content/', 202, array( 'task_id' => self::RUN, 'status_url' => '/v1/system/tasks/' . self::RUN . '/status/' ) );
		$post = $this->own_post();
		for ( $press = 0; $press < 2; $press++ ) {
			$answer = $this->call( $post, 'POST', '/runs', array( 'act' => 'write', 'title' => 'Mulch', 'once' => self::ONCE ) )->get_data();
			$this->assertSame( '/igny8/v1/runs/' . self::RUN, $answer['route'] );
		}
		$this->assertCount( 1, $this->sent( 'POST /v1/writer/tasks/' ) );
		$this->assertSame( self::TASK, get_post_meta( $post->ID, Meta::TASK, true ) );
		foreach ( $this->sent( 'POST /v1/writer/tasks/auto_generate_content/' ) as $start ) {
			$this->assertSame( array( 'ids' => array( self::TASK ), 'options' => array( 'publish' => false ) ), $start['body'] );
			$this->assertSame( self::ONCE, $start['headers']['Idempotency-Key'] );
		}
	}

	public function test_a_post_without_a_title_or_an_article_says_what_is_missing(): void {
		$post = $this->own_post();
		$this->assertSame( 'igny8_no_title', $this->call( $post, 'POST', '/estimate', array( 'act' => 'write', 'title' => ' <b></b> ' ) )->get_data()['code'] );
		foreach ( array( 'refresh', 'images' ) as $act ) {
			$this->assertSame( 'igny8_nothing_to_do', $this->call( $post, 'POST', '/estimate', array( 'act' => $act ) )->get_data()['code'] );
			$this->assertSame( 'igny8_nothing_to_do', $this->call( $post, 'POST', '/runs', array( 'act' => $act, 'once' => self::ONCE ) )->get_data()['code'] );
		}
		$this->assertSame( array(), $this->calls );
	}

	public function test_a_text_that_nobody_invited_stays_outside(): void {
		$post = $this->promised_post();
		$this->assertSame( 'igny8_changed', $this->deliver()->get_error_code() );
		$this->assertSame( '<p>Mine.</p>', get_post( $post->ID )->post_content );
	}

	public function test_an_empty_post_takes_its_text_without_being_asked(): void {
		$post = $this->promised_post( array( 'post_content' => '', 'post_status' => 'draft' ) );
		$this->assertSame( $post->ID, $this->deliver()['id'] );
	}

	public function test_an_invited_text_replaces_the_words_and_leaves_state_and_address(): void {
		$post = $this->promised_post();
		Invitation::send( $post );
		$receipt = $this->deliver( array( 'status' => 'publish' ) );
		$this->assertSame( array( $post->ID, false, 'publish', 'my-address' ), array( $receipt['id'], $receipt['created'], $receipt['status'], $receipt['slug'] ) );
		$this->assertSame( '<p>New.</p>', get_post( $post->ID )->post_content );
		$this->assertContains( '<p>Mine.</p>', wp_list_pluck( wp_get_post_revisions( $post->ID ), 'post_content' ) );
		$this->assertSame( '', get_post_meta( $post->ID, Meta::INVITED, true ) );
	}

	public function test_an_invitation_brings_back_a_text_that_was_delivered_before(): void {
		$post = $this->promised_post();
		Invitation::send( $post );
		$this->deliver( array( 'status' => 'publish' ) );
		wp_update_post( array( 'ID' => $post->ID, 'post_content' => '<p>Spoilt.</p>' ) );
		$this->assertSame( 'igny8_changed', $this->deliver( array( 'status' => 'publish' ) )->get_error_code() );
		Invitation::send( get_post( $post->ID ) );
		$this->deliver( array( 'status' => 'publish' ) );
		$this->assertSame( '<p>New.</p>', get_post( $post->ID )->post_content );
	}

	/** @dataProvider ends_of_an_invitation */
	public function test_an_invitation_ends( callable $event ): void {
		$post = $this->promised_post();
		Invitation::send( $post );
		$event( $post );
		$this->assertWPError( $this->deliver() );
	}

	public function ends_of_an_invitation(): array {
		return array(
			'when the text changes'      => array( static fn( $post ) => wp_update_post( array( 'ID' => $post->ID, 'post_content' => 'Later words.' ) ) ),
			'when the title changes'     => array( static fn( $post ) => wp_update_post( array( 'ID' => $post->ID, 'post_title' => 'Later' ) ) ),
			'when somebody else is there' => array( static fn( $post ) => update_post_meta( $post->ID, '_edit_lock', time() . ':1' ) ),
			'after a quarter of an hour' => array( static fn( $post ) => update_post_meta( $post->ID, Meta::INVITED, array( 'until' => time() - 1 ) + get_post_meta( $post->ID, Meta::INVITED, true ) ) ),
			'in the trash'               => array( static fn( $post ) => wp_trash_post( $post->ID ) ),
		);
	}

	private function assertWPError( $answer ): void {
		if ( is_wp_error( $answer ) ) {
			$this->assertNotEmpty( $answer->get_error_code() );
			return;
		}
		$this->assertNotSame( 'publish', $answer['status'] ); // A post of its own; the person's was left alone.
	}

	public function test_taking_needs_the_very_text_that_was_seen(): void {
		$post = $this->promised_post();
		$this->assertSame( 409, $this->call( $post, 'POST', '/take', array( 'words' => str_repeat( 'a', 64 ), 'once' => self::ONCE ) )->get_status() );
		$this->assertSame( array(), $this->calls );
		$this->assertSame( '', get_post_meta( $post->ID, Meta::INVITED, true ) );
	}

	public function test_taking_an_article_asks_for_it_under_the_title_and_in_the_state_of_the_post(): void {
		$this->backend_knows_the_article( '<p>New.</p>' );
		$this->backend( 'POST /v1/publisher/publish/', 202, array( 'task_id' => self::RUN, 'status_url' => '/v1/publisher/deliveries/' . self::RUN . '/status/' ) );
		$post   = $this->promised_post( array( 'post_status' => 'pending' ) );
		$answer = $this->call( $post, 'POST', '/take', array( 'words' => Invitation::words( $post ), 'once' => self::ONCE ) )->get_data();
		$this->assertSame( '/igny8/v1/deliveries/' . self::RUN, $answer['route'] );
		$this->assertSame( array( 'title' => 'Mulch & more' ), $this->sent( 'PATCH /v1/writer/content/' . self::CONTENT . '/' )[0]['body'] );
		$this->assertSame( array( 'ids' => array( self::CONTENT ), 'status' => 'pending' ), $this->sent( 'POST /v1/publisher/publish/' )[0]['body'] );
		$this->assertTrue( Invitation::covers( get_post( $post->ID ) ) );
	}

	public function test_the_panel_shows_the_difference_and_survives_without_the_service(): void {
		$post = $this->promised_post();
		$this->backend_knows_the_article( '<h2>New</h2><p>Mine.</p>' );
		$facts = $this->call( $post, 'GET', '' )->get_data();
		$this->assertSame( array( array( 'kind' => 'added', 'text' => 'New' ), array( 'kind' => 'same', 'text' => 'Mine.' ) ), $facts['offer']['lines'] );
		$this->assertSame( '', $facts['problem'] );
		$alone = $this->own_post();
		Options::set( Options::API_URL, 'https://away.example' );
		update_post_meta( $alone->ID, Meta::TASK, self::RUN );
		$this->assertStringContainsString( 'does not answer', $this->call( $alone, 'GET', '' )->get_data()['problem'] );
	}

	public function test_markup_is_compared_as_words(): void {
		$this->assertSame( array(), Difference::between( '<!-- wp:paragraph --><p>A <b>word</b> &amp; more</p><!-- /wp:paragraph -->', "<p>A word\n& more</p>" ) );
		$this->assertSame( array( '<script>alert(1)</script>' ), Difference::lines( '<p>&lt;script&gt;alert(1)&lt;/script&gt;</p><script>alert(2)</script>' ) );
	}

	public function test_search_fields_are_kept_here_and_with_the_article(): void {
		$post = $this->promised_post();
		update_post_meta( $post->ID, Meta::CONTENT_ID, self::CONTENT );
		$this->backend_knows_the_article( '' );
		$seo = array( 'title' => 'Short \\ title', 'description' => 'Words', 'focus' => 'mulch' );
		$this->assertSame( array( 'seo' => $seo, 'warning' => '' ), $this->call( $post, 'PUT', '/seo', $seo )->get_data() );
		$this->assertSame( array( 'seo' => $seo ), $this->calls[0]['body'] );
		Options::set( Options::API_URL, 'https://away.example' );
		$this->call( $post, 'PUT', '/seo', array( 'focus' => 'hay' ) );
		$this->assertSame( 'hay', $this->call( $post, 'GET', '' )->get_data()['seo']['focus'] );
	}

	public function test_a_picture_comes_into_the_library_once(): void {
		$bytes = (string) base64_decode( 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==' );
		$image = array( 'content_title' => 'Mulch', 'kind' => 'featured', 'alt' => 'A bed', 'caption' => '', 'sha256' => hash( 'sha256', $bytes ) );
		$this->backend( 'GET /v1/writer/images/' . self::RUN . '/', 200, array( 'image' => $image ) );
		$this->backend( 'GET /v1/writer/images/' . self::RUN . '/file/', 200, $bytes );
		$post  = $this->own_post();
		$first = $this->call( $post, 'POST', '/images/' . self::RUN )->get_data();
		$this->assertSame( array( true, 'A bed' ), array( $first['created'], $first['alt'] ) );
		$this->assertSame( $first['id'], $this->call( $post, 'POST', '/images/' . self::RUN )->get_data()['id'] );
	}

	public function test_the_panel_loads_for_those_who_may_and_on_posts_alone(): void {
		$post = $this->own_post();
		$this->assertTrue( Editor_Panel::serves( $post ) );
		$this->assertFalse( Editor_Panel::serves( null ) );
		$this->assertFalse( Editor_Panel::serves( get_post( wp_insert_attachment( array( 'post_title' => 'a' ) ) ) ) );
		$author = $this->as_role( 'author' );
		$this->assertFalse( Editor_Panel::serves( $this->own_post( array( 'post_author' => $author ) ) ) );
		$this->as_role( 'editor' );
		Options::forget( array( Options::SITE_KEY ) );
		$this->assertFalse( Editor_Panel::serves( $post ) );
	}
}
