<?php
/**
 * Deliveries become posts exactly once and never over a person.
 *
 * @package Igny8
 */

use Igny8\Content\Lock;
use Igny8\Content\Meta;
use Igny8\Content\Post_Guard;
use Igny8\Content\Post_Remover;
use Igny8\Content\Post_Writer;

class PostWriterTest extends Igny8_TestCase {

	const UUID = '11111111-2222-4333-8444-555555555555';

	protected function setUp(): void {
		parent::setUp();
		$this->as_service();
	}

	private function put( array $changes = array() ): WP_REST_Response {
		$document = array_merge( array( 'title' => 'A title', 'content' => '<p>First text</p>' ), $changes );
		return $this->rest( 'PUT', '/igny8/v1/content/' . self::UUID, $document );
	}

	private function posts(): array {
		return get_posts( array( 'meta_key' => Meta::CONTENT_ID, 'meta_value' => self::UUID, 'post_status' => array( 'any', 'trash' ), 'fields' => 'ids' ) );
	}

	private function edit( int $id, array $row ): void {
		$service = get_current_user_id();
		$this->as_role( 'editor' );
		update_post_meta( $id, '_edit_last', get_current_user_id() );
		wp_update_post( array( 'ID' => $id ) + $row );
		wp_set_current_user( $service );
	}

	public function test_a_new_document_makes_a_draft_and_a_repeat_changes_nothing(): void {
		$first  = $this->put();
		$before = get_post( $first->get_data()['id'] );
		$second = $this->put();
		$this->assertSame( array( 201, 200 ), array( $first->get_status(), $second->get_status() ) );
		$this->assertSame( array( true, false ), array( $first->get_data()['created'], $second->get_data()['created'] ) );
		$this->assertSame( 'draft', $first->get_data()['status'] );
		$this->assertCount( 1, $this->posts() );
		$this->assertEquals( $before, get_post( $before->ID ) );
	}

	public function test_a_post_whose_writer_died_before_its_meta_is_found_again(): void {
		global $wpdb;
		$id = $this->put()->get_data()['id'];
		$wpdb->delete( $wpdb->postmeta, array( 'post_id' => $id ) );
		$wpdb->insert( $wpdb->options, array( 'option_name' => Lock::PREFIX . md5( 'content ' . self::UUID ), 'option_value' => ( time() - Lock::AGE_S - 1 ) . ':dead', 'autoload' => 'no' ) );
		wp_cache_flush();
		$this->assertSame( $id, $this->put()->get_data()['id'] );
	}

	public function test_a_lock_held_by_another_delivery_is_respected(): void {
		$held = Lock::acquire( 'content ' . self::UUID );
		$this->assertNull( Lock::acquire( 'content ' . self::UUID, 0.0 ) );
		$held->release();
		$this->assertNotNull( Lock::acquire( 'content ' . self::UUID, 0.0 ) );
	}

	public function test_an_update_keeps_a_revision_of_what_stood_before(): void {
		$id = $this->put()->get_data()['id'];
		$this->put( array( 'content' => '<p>Second text</p>' ) );
		$texts = wp_list_pluck( wp_get_post_revisions( $id ), 'post_content' );
		$this->assertSame( '<p>Second text</p>', get_post( $id )->post_content );
		$this->assertContains( '<p>First text</p>', $texts );
	}

	public function test_a_text_changed_by_a_person_is_not_overwritten(): void {
		$id = $this->put()->get_data()['id'];
		$this->edit( $id, array( 'post_content' => '<p>Mine</p>' ) );
		$answer = $this->put( array( 'content' => '<p>Second text</p>' ) );
		$this->assertSame( 409, $answer->get_status() );
		$this->assertSame( 'igny8_changed', $answer->get_data()['code'] );
		$this->assertSame( 'Editor', $answer->get_data()['data']['modified_by'] );
		$this->assertSame( hash( 'sha256', '<p>Mine</p>' ), $answer->get_data()['data']['sha'] );
		$this->assertSame( '<p>Mine</p>', get_post( $id )->post_content );
	}

	public function test_a_title_changed_by_a_person_is_not_overwritten(): void {
		$first = $this->put()->get_data();
		$this->edit( $first['id'], array( 'post_title' => 'My title' ) );
		$answer = $this->put( array( 'content' => '<p>Second text</p>', 'base_sha' => $first['sha'] ) );
		$this->assertSame( 409, $answer->get_status() );
		$this->assertSame( array( 'title' ), $answer->get_data()['data']['changed'] );
	}

	public function test_force_and_a_sender_that_has_seen_the_change_may_overwrite(): void {
		$id = $this->put()->get_data()['id'];
		$this->edit( $id, array( 'post_content' => '<p>Mine</p>' ) );
		$seen = $this->put( array( 'content' => '<p>Second</p>', 'base_sha' => hash( 'sha256', '<p>Mine</p>' ) ) );
		$this->assertSame( 200, $seen->get_status() );
		$this->edit( $id, array( 'post_content' => '<p>Mine again</p>' ) );
		$this->assertSame( 200, $this->put( array( 'content' => '<p>Third</p>', 'force' => true ) )->get_status() );
		$this->assertSame( '<p>Third</p>', get_post( $id )->post_content );
	}

	public function test_a_sender_that_lost_an_answer_is_not_taken_for_a_person(): void {
		$first = $this->put()->get_data();
		$this->put( array( 'content' => '<p>Second</p>', 'base_sha' => $first['sha'] ) );
		$again = $this->put( array( 'content' => '<p>Second</p>', 'base_sha' => $first['sha'] ) );
		$this->assertSame( 200, $again->get_status() );
	}

	public function test_a_post_open_in_an_editor_is_left_alone(): void {
		$id    = $this->put()->get_data()['id'];
		$human = $this->as_role( 'editor' );
		update_post_meta( $id, '_edit_lock', time() . ':' . $human );
		$this->as_service();
		$answer = $this->put( array( 'content' => '<p>Second</p>' ) );
		$this->assertSame( array( 423, 'igny8_locked', 'Editor' ), array( $answer->get_status(), $answer->get_data()['code'], $answer->get_data()['data']['user'] ) );
	}

	public function test_only_the_draft_of_the_connection_test_is_deleted_for_good(): void {
		$draft = '/igny8/v1/content/' . Post_Remover::TEST_DRAFT;
		$force = array( 'force' => true );
		$id    = $this->rest( 'PUT', $draft, array( 'title' => 'T', 'content' => 'C' ) )->get_data()['id'];
		$this->assertSame( 200, $this->rest( 'DELETE', $draft, $force )->get_status() );
		$this->assertNull( get_post( $id ) );
		$this->assertFalse( get_option( Igny8\Options::GONE . Post_Remover::TEST_DRAFT ) );
		$this->assertSame( 404, $this->rest( 'DELETE', $draft, $force )->get_status() );

		$public = $this->rest( 'PUT', $draft, array( 'title' => 'T', 'content' => 'C', 'status' => 'publish' ) )->get_data()['id'];
		wp_update_post( array( 'ID' => $public, 'post_status' => 'draft' ) );
		$this->assertSame( 403, $this->rest( 'DELETE', $draft, $force )->get_status() );
		$other = $this->put()->get_data()['id'];
		$this->assertSame( 403, $this->rest( 'DELETE', '/igny8/v1/content/' . self::UUID, $force )->get_status() );
		$this->assertSame( array( 'draft', 'draft' ), array( get_post_status( $public ), get_post_status( $other ) ) );
	}

	public function test_a_trashed_post_stays_in_the_trash_until_forced(): void {
		$id = $this->put()->get_data()['id'];
		$this->assertSame( 'trash', $this->rest( 'DELETE', '/igny8/v1/content/' . self::UUID )->get_data()['status'] );
		$this->assertSame( 'igny8_trashed', $this->put()->get_data()['code'] );
		$this->assertCount( 1, $this->posts() );
		$back = $this->put( array( 'force' => true ) );
		$this->assertSame( array( $id, 'draft' ), array( $back->get_data()['id'], $back->get_data()['status'] ) );
	}

	public function test_a_post_made_public_by_a_person_is_not_pulled_back_to_draft(): void {
		$id = $this->put()->get_data()['id'];
		$this->edit( $id, array( 'post_status' => 'publish' ) );
		$answer = $this->put( array( 'content' => '<p>Second</p>', 'status' => 'draft', 'slug' => 'another' ) )->get_data();
		$this->assertSame( array( 'publish', 'a-title' ), array( $answer['status'], $answer['slug'] ) );
		$this->assertSame( 'ignored', ( (array) $answer['fields'] )['status'] );
	}

	/**
	 * @testWith ["draft"]
	 *           ["pending"]
	 *           ["private"]
	 */
	public function test_a_post_that_a_person_took_back_stays_so_until_its_state_is_asked_for( string $status ): void {
		$id = $this->put( array( 'status' => 'publish' ) )->get_data()['id'];
		$this->edit( $id, array( 'post_status' => $status ) );
		foreach ( array( '<p>Second</p>', '<p>Third</p>' ) as $text ) {
			$answer = $this->put( array( 'content' => $text, 'status' => 'publish' ) )->get_data();
			$this->assertSame( array( $status, 'kept' ), array( $answer['status'], ( (array) $answer['fields'] )['status'] ) );
			$this->assertSame( $text, get_post( $id )->post_content );
		}
		$asked = $this->put( array( 'content' => '<p>Third</p>', 'status' => 'publish', 'status_asked' => true ) )->get_data();
		$this->assertSame( 'publish', $asked['status'] );
	}

	public function test_what_a_person_set_beside_the_words_stays_over_any_number_of_deliveries(): void {
		$news = wp_insert_term( 'News', 'category' )['term_id'];
		$own  = wp_insert_term( 'Own', 'category' )['term_id'];
		$sent = array( 'slug' => 'ours', 'categories' => array( 'News' ), 'seo' => array( 'title' => 'Ours', 'description' => 'Ours too' ) );
		$id   = $this->put( $sent )->get_data()['id'];
		$this->edit( $id, array( 'post_name' => 'theirs', 'post_category' => array( $own ) ) );
		update_post_meta( $id, Meta::SEO_TITLE, 'Theirs' );
		foreach ( array( 'Second', 'Third' ) as $text ) {
			$changed = array( 'content' => $text, 'seo' => array( 'title' => $text, 'description' => $text ) ) + $sent;
			$fields  = (array) $this->put( $changed )->get_data()['fields'];
			$this->assertSame( array( 'theirs', array( $own ) ), array( get_post( $id )->post_name, wp_get_post_categories( $id ) ) );
			$this->assertSame( array( 'Theirs', $text ), array( get_post_meta( $id, Meta::SEO_TITLE, true ), get_post_meta( $id, Meta::SEO_DESCRIPTION, true ) ) );
			$this->assertSame( array( 'kept', array( 'News' ), array( 'title' ) ), array( $fields['slug'], $fields['categories']['kept'], $fields['seo']['kept'] ) );
		}
		$this->put( array( 'content' => 'Fourth', 'force' => true ) + $sent );
		$this->assertSame( array( 'ours', 'Ours' ), array( get_post( $id )->post_name, get_post_meta( $id, Meta::SEO_TITLE, true ) ) );
		$this->assertContains( $news, wp_get_post_categories( $id ) );
	}

	public function test_another_featured_image_and_another_date_of_a_person_stay(): void {
		$ours   = self::factory_image( str_repeat( 'a', 64 ) );
		$theirs = self::factory_image( str_repeat( 'b', 64 ) );
		$sent   = array( 'featured' => array( 'sha256' => str_repeat( 'a', 64 ) ), 'status' => 'future', 'date_gmt' => gmdate( 'Y-m-d\TH:i:s\Z', time() + DAY_IN_SECONDS ) );
		$id     = $this->put( $sent )->get_data()['id'];
		$this->assertSame( $ours, get_post_thumbnail_id( $id ) );
		set_post_thumbnail( $id, $theirs );
		$date = gmdate( 'Y-m-d H:i:s', time() + 2 * DAY_IN_SECONDS );
		$this->edit( $id, array( 'post_date' => get_date_from_gmt( $date ), 'post_date_gmt' => $date, 'edit_date' => true ) );
		foreach ( array( 'Second', 'Third' ) as $text ) {
			$fields = (array) $this->put( array( 'content' => $text ) + $sent )->get_data()['fields'];
			$this->assertSame( array( $theirs, $date, 'future' ), array( get_post_thumbnail_id( $id ), get_post( $id )->post_date_gmt, get_post_status( $id ) ) );
			$this->assertSame( array( 'kept', 'kept' ), array( $fields['featured'], $fields['date_gmt'] ) );
		}
		$this->put( array( 'content' => 'Fourth', 'force' => true ) + $sent );
		$this->assertSame( $ours, get_post_thumbnail_id( $id ) );
	}

	public function test_an_author_who_could_not_be_taken_is_told(): void {
		$fields = (array) $this->put( array( 'author' => 'nobody' ) )->get_data()['fields'];
		$this->assertSame( 'altered', $fields['author'] );
	}

	private static function factory_image( string $sha ): int {
		$id = wp_insert_attachment( array( 'post_mime_type' => 'image/png', 'post_title' => $sha ), __FILE__ );
		update_post_meta( $id, Meta::MEDIA_SHA, $sha );
		return $id;
	}

	public function test_backslashes_quotes_and_emoji_arrive_as_sent(): void {
		$content = '<!-- wp:paragraph {"a":"\u002d\u002d"} -->' . "\n<p>C:\\new 'q' \"d\" 😀 &amp; ok</p>\n<!-- /wp:paragraph -->";
		$id      = $this->put( array( 'title' => 'A \\ title 😀', 'content' => $content ) )->get_data()['id'];
		$this->assertSame( $content, get_post( $id )->post_content );
		$this->assertSame( 'A \\ title 😀', get_post( $id )->post_title );
	}

	public function test_the_receipt_names_what_wordpress_took_out(): void {
		$answer = $this->put( array( 'content' => '<p onclick="x()">Text<script>alert(1)</script><img src="https://a.example/b.png" alt="" /></p>' ) )->get_data();
		$this->assertEqualsCanonicalizing( array( 'p@onclick', 'script' ), $answer['dropped'] );
		$this->assertSame( 'altered', ( (array) $answer['fields'] )['content'] );
		$this->assertStringNotContainsString( '<script', get_post( $answer['id'] )->post_content );
	}

	public function test_terms_are_found_by_name_and_made_only_when_allowed(): void {
		$tag    = uniqid( 'tag' );
		$name   = uniqid( 'R&D ' );
		$rd     = wp_insert_term( $name, 'category' )['term_id'];
		$fields = (array) $this->put( array( 'categories' => array( strtolower( $name ), 'Unknown' ), 'tags' => array( $tag ) ) )->get_data()['fields'];
		$this->assertSame( array( 'state' => 'altered', 'applied' => array( strtolower( $name ) ), 'ignored' => array( 'Unknown' ) ), $fields['categories'] );
		$this->assertSame( array( $rd ), wp_get_post_categories( $this->posts()[0] ) );
		$this->assertSame( 'ignored', $fields['tags']['state'] );
		$fields = (array) $this->put( array( 'tags' => array( $tag ), 'create_terms' => true ) )->get_data()['fields'];
		$this->assertSame( 'applied', $fields['tags']['state'] );
	}

	public function test_categories_a_person_added_survive_the_next_delivery(): void {
		$own = wp_insert_term( 'Own', 'category' )['term_id'];
		$id  = $this->put( array( 'categories' => array( 'Uncategorized' ) ) )->get_data()['id'];
		wp_set_post_terms( $id, array( $own ), 'category', true );
		$this->put( array( 'content' => '<p>Second</p>', 'categories' => array( 'Uncategorized' ) ) );
		$this->assertContains( $own, wp_get_post_categories( $id ) );
	}

	public function test_search_fields_without_an_seo_plugin_reach_the_head(): void {
		$id = $this->put( array( 'status' => 'publish', 'seo' => array( 'title' => 'Search "title"', 'description' => 'What <it> says' ) ) )->get_data()['id'];
		query_posts( array( 'p' => $id ) );
		ob_start();
		Igny8\Content\Seo_Head::description();
		$head = ob_get_clean();
		$this->assertSame( 'Search "title"', Igny8\Content\Seo_Head::title( '' ) );
		$this->assertStringStartsWith( '<meta name="description" content="What', $head );
		wp_reset_query();
	}

	public function test_an_unknown_featured_image_stops_before_anything_is_written(): void {
		$answer = $this->put( array( 'featured' => array( 'sha256' => str_repeat( '0', 64 ) ) ) );
		$this->assertSame( array( 422, 'igny8_unknown_media' ), array( $answer->get_status(), $answer->get_data()['code'] ) );
		$this->assertSame( array(), $this->posts() );
	}

	public function test_a_date_ahead_schedules_the_post(): void {
		$when   = gmdate( 'Y-m-d\TH:i:s\Z', time() + DAY_IN_SECONDS );
		$answer = $this->put( array( 'status' => 'publish', 'date_gmt' => $when ) )->get_data();
		$this->assertSame( 'future', $answer['status'] );
		$this->assertSame( 'applied', ( (array) $answer['fields'] )['date_gmt'] );
	}

	/** @dataProvider bad_documents */
	public function test_bad_documents_are_refused( array $changes ): void {
		$this->assertSame( 400, $this->put( $changes )->get_status() );
		$this->assertSame( array(), $this->posts() );
	}

	public function bad_documents(): array {
		return array(
			'status'   => array( array( 'status' => 'private' ) ),
			'featured' => array( array( 'featured' => array( 'sha256' => 'x' ) ) ),
			'date'     => array( array( 'date_gmt' => 'tomorrow' ) ),
			'terms'    => array( array( 'tags' => array( '' ) ) ),
			'title'    => array( array( 'title' => array() ) ),
		);
	}

	public function test_many_are_told_at_once(): void {
		$this->put();
		$other  = '99999999-2222-4333-8444-555555555555';
		$answer = $this->rest( 'POST', '/igny8/v1/content/status', array( 'uuids' => array( self::UUID, $other ) ) )->get_data();
		$this->assertSame( array( self::UUID ), array_keys( (array) $answer['items'] ) );
		$this->assertSame( array( $other ), $answer['missing'] );
		$this->assertSame( 404, $this->rest( 'GET', '/igny8/v1/content/' . $other )->get_status() );
	}

	public function test_a_document_that_did_not_come_by_rest_is_judged_by_the_same_schema(): void {
		$bad  = Igny8\Content\Document::from_array( array( 'title' => 'x', 'content' => 'y', 'status' => 'private' ) );
		$good = Igny8\Content\Document::from_array( array( 'title' => 'x', 'content' => 'y', 'unknown' => 1 ) );
		$this->assertWPError( $bad );
		$this->assertSame( array( 'draft', 'post', false ), array( $good['status'], $good['post_type'], $good['create_terms'] ) );
		$this->assertArrayNotHasKey( 'unknown', $good );
		$this->assertTrue( Post_Writer::write( self::UUID, $good )['created'] );
	}

	private function assertWPError( $value ): void {
		$this->assertInstanceOf( WP_Error::class, $value );
	}
}
