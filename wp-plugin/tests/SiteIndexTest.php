<?php
/**
 * What the plugin tells of the posts of its site, report by report.
 *
 * @package Igny8
 */

use Igny8\Options;
use Igny8\Site_Index;

class SiteIndexTest extends Igny8_TestCase {

	const CALL = 'POST /v1/sites/me/posts/';

	protected function setUp(): void {
		parent::setUp();
		$this->connect();
		$this->as_role( 'administrator' );
		$this->backend( self::CALL, 200, array( 'success' => true, 'known' => 1 ) );
	}

	private function make( string $title, array $more = array() ): int {
		return wp_insert_post( array_merge( array( 'post_title' => $title, 'post_content' => 'x', 'post_status' => 'publish' ), $more ) );
	}

	private function bodies(): array {
		$told        = array_column( $this->calls, 'body' );
		$this->calls = array();
		return $told;
	}

	public function test_a_walk_ends_once_and_then_only_what_is_new_is_told(): void {
		$first = $this->make( 'First' );
		$this->assertFalse( Site_Index::send() );
		$told = $this->bodies();
		$this->assertSame( array( 1, 0, Site_Index::HIGHEST_ID ), array( count( $told ), $told[0]['after'], $told[0]['upto'] ) );
		$this->assertContains( $first, array_column( $told[0]['posts'], 'post_id' ) );
		Site_Index::send();
		$this->assertSame( array(), $this->bodies() );
		$second = $this->make( 'Second' );
		Site_Index::send();
		$this->assertSame( array( array( $first, array( $second ) ) ), array_map( static fn( $body ) => array( $body['after'], array_column( $body['posts'], 'post_id' ) ), $this->bodies() ) );
	}

	public function test_a_change_is_told_by_itself_until_the_backend_has_it(): void {
		$id = $this->make( 'Told' );
		Site_Index::send();
		$this->bodies();
		wp_trash_post( $id );
		Options::set( Options::API_URL, 'https://away.example/x' );
		$this->assertFalse( Site_Index::send() );
		Options::set( Options::API_URL, 'https://backend.example' );
		Site_Index::send();
		Site_Index::send();
		$this->assertSame( array( array( 'ids' => array( $id ), 'posts' => array() ) ), array_slice( $this->bodies(), 1 ) );
	}

	public function test_a_mark_set_while_the_report_is_under_way_stays(): void {
		$id = $this->make( 'Before' );
		Site_Index::send();
		wp_update_post( array( 'ID' => $id, 'post_title' => 'During' ) );
		$edit = function ( $pre ) use ( $id, &$edit ) {
			remove_filter( 'pre_http_request', $edit, 5 );
			wp_update_post( array( 'ID' => $id, 'post_title' => 'After' ) );
			return $pre;
		};
		add_filter( 'pre_http_request', $edit, 5 );
		$this->bodies();
		Site_Index::send();
		$titles = array_map( static fn( $body ) => $body['posts'][0]['title'], $this->bodies() );
		$this->assertSame( array( 'During', 'After' ), $titles );
	}

	public function test_posts_that_do_not_fit_or_have_no_address_do_not_stop_the_walk(): void {
		$long = str_repeat( '<h2>' . str_repeat( '😀', 80 ) . '</h2>', 10 );
		$ids  = array();
		for ( $n = 0; $n < 95; $n++ ) {
			$ids[] = $this->make( str_repeat( '😀', 200 ), array( 'post_content' => $long, 'post_name' => "p$n" ) );
		}
		$last = $this->make( 'No address' );
		add_filter( 'post_link', static fn( $link, $post ) => $post->ID === $last ? '' : $link, 10, 2 );
		$this->assertFalse( Site_Index::send() );
		$told = $this->bodies();
		$this->assertGreaterThan( 1, count( $told ) );
		foreach ( $told as $body ) {
			$this->assertLessThan( 1048576, strlen( wp_json_encode( $body ) ) );
		}
		$all = array_column( array_merge( ...array_column( $told, 'posts' ) ), 'post_id' );
		$this->assertSame( $ids, array_values( array_intersect( $all, $ids ) ) );
		$this->assertNotContains( $last, $all );
		$this->assertSame( Site_Index::HIGHEST_ID, end( $told )['upto'] );
	}

	public function test_each_week_and_with_other_addresses_the_walk_begins_anew(): void {
		Site_Index::send();
		Options::set( Options::INDEX_DONE, gmdate( 'c', time() - WEEK_IN_SECONDS - 60 ) );
		$this->bodies();
		Site_Index::send();
		do_action( 'permalink_structure_changed' );
		Site_Index::send();
		$this->assertSame( array( 0, 0 ), array_column( $this->bodies(), 'after' ) );
	}

	public function test_a_site_without_a_key_leaves_no_marks(): void {
		global $wpdb;
		$id = $this->make( 'x' );
		Site_Index::send();
		Options::forget( array( Options::SITE_KEY ) );
		wp_update_post( array( 'ID' => $id, 'post_title' => 'y' ) );
		$this->assertSame( '0', $wpdb->get_var( "SELECT COUNT(*) FROM $wpdb->options WHERE option_name LIKE 'igny8_index_mark_%'" ) );
	}
}
