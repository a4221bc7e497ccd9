<?php
/**
 * Tells the backend what people do to its posts: edits, trash, new states and addresses.
 *
 * @package Igny8
 */

namespace Igny8;

use Igny8\Content\Meta;
use Igny8\Content\Post_Guard;
use Igny8\Content\Post_Writer;
use Igny8\Content\Receipt;
use Igny8\Rest\Whoami_Controller;
use WP_Post;

defined( 'ABSPATH' ) || exit;

/**
 * A change only leaves a mark on the post; the marks are sent in the background, and stay until the backend has them.
 */
final class State_Reporter {

	const ROUTE   = '/v1/sites/me/events/';
	const AT_ONCE = 100;
	const GONE    = 'gone';

	/**
	 * Registers the hooks.
	 */
	public static function boot(): void {
		add_action( 'wp_after_insert_post', array( __CLASS__, 'note' ) );
		add_action( 'before_delete_post', array( __CLASS__, 'note_deleted' ), 10, 2 );
		add_action( 'permalink_structure_changed', array( __CLASS__, 'note_all' ) );
	}

	/**
	 * Marks a post of ours, unless we are writing it ourselves.
	 *
	 * @param int $post_id Post.
	 */
	public static function note( $post_id ): void {
		if ( ! Post_Writer::is_writing() && Options::has_key() && get_post_meta( $post_id, Meta::CONTENT_ID, true ) ) {
			update_post_meta( $post_id, Meta::UNREPORTED, wp_generate_password( 8, false ) );
			Sync::soon();
		}
	}

	/**
	 * Keeps the content id of a post that is deleted for good.
	 *
	 * @param int     $post_id Post.
	 * @param WP_Post $post    Post.
	 */
	public static function note_deleted( $post_id, $post ): void {
		$uuid = get_post_meta( $post_id, Meta::CONTENT_ID, true );
		if ( $uuid && ! Post_Writer::is_writing() && 'revision' !== $post->post_type && Options::has_key() ) {
			add_option( Options::GONE . $uuid, (string) $post_id, '', false );
			Sync::soon();
		}
	}

	/**
	 * Marks all posts of ours: their addresses are others now.
	 */
	public static function note_all(): void {
		global $wpdb;
		$ids = $wpdb->get_col( $wpdb->prepare( "SELECT post_id FROM $wpdb->postmeta WHERE meta_key = %s", Meta::CONTENT_ID ) ); // phpcs:ignore WordPress.DB.DirectDatabaseQuery
		array_map( array( __CLASS__, 'note' ), array_map( 'intval', $ids ) );
	}

	/**
	 * Sends the marks, and what this site can do when that changed.
	 *
	 * @return bool False when the backend did not take them; they are kept then.
	 */
	public static function send(): bool {
		$marks = self::marks();
		$gone  = self::gone();
		$site  = Whoami_Controller::abilities();
		$known = md5( (string) wp_json_encode( $site ) );
		$body  = array( 'events' => array_merge( array_map( array( __CLASS__, 'facts' ), array_keys( $marks ) ), array_map( array( __CLASS__, 'farewell' ), array_keys( $gone ), $gone ) ) );
		if ( Options::get( Options::ABILITIES ) !== $known ) {
			$body['site'] = $site;
		}
		if ( ! $body['events'] && empty( $body['site'] ) ) {
			return true;
		}
		if ( is_wp_error( Client::of_site()->write( 'POST', self::ROUTE, $body ) ) ) {
			return false;
		}
		Options::set( Options::ABILITIES, $known );
		foreach ( $marks as $id => $mark ) {
			delete_post_meta( $id, Meta::UNREPORTED, $mark );
		}
		Options::forget( array_map( static fn( $uuid ) => Options::GONE . $uuid, array_keys( $gone ) ) );
		return true;
	}

	/**
	 * Marks by post id.
	 *
	 * @return string[]
	 */
	private static function marks(): array {
		global $wpdb;
		$rows = $wpdb->get_results( $wpdb->prepare( "SELECT m.post_id, m.meta_value FROM $wpdb->postmeta m JOIN $wpdb->posts p ON p.ID = m.post_id WHERE m.meta_key = %s ORDER BY m.meta_id LIMIT %d", Meta::UNREPORTED, self::AT_ONCE / 2 ) ); // phpcs:ignore WordPress.DB.DirectDatabaseQuery
		return array_column( $rows, 'meta_value', 'post_id' );
	}

	/**
	 * Post ids of deleted posts by content id.
	 *
	 * @return string[]
	 */
	private static function gone(): array {
		global $wpdb;
		$rows = $wpdb->get_results( $wpdb->prepare( "SELECT option_name, option_value FROM $wpdb->options WHERE option_name LIKE %s LIMIT %d", $wpdb->esc_like( Options::GONE ) . '%', self::AT_ONCE / 2 ) ); // phpcs:ignore WordPress.DB.DirectDatabaseQuery
		$gone = array();
		foreach ( $rows as $row ) {
			$gone[ substr( $row->option_name, strlen( Options::GONE ) ) ] = $row->option_value;
		}
		return $gone;
	}

	/**
	 * A post as it stands now.
	 *
	 * @param int $id Post.
	 */
	private static function facts( int $id ): array {
		$post  = get_post( $id );
		$facts = array(
			'content_id'   => (string) get_post_meta( $id, Meta::CONTENT_ID, true ),
			'post_id'      => $id,
			'status'       => $post->post_status,
			'link'         => get_permalink( $post ),
			'edit_link'    => Receipt::edit_link( $id ),
			'changed'      => Post_Guard::changes( $post ),
			'modified_gmt' => Receipt::modified( $post ),
			'date_gmt'     => 'future' === $post->post_status ? gmdate( 'Y-m-d\TH:i:s\Z', (int) get_post_timestamp( $post ) ) : null,
		);
		return $facts + Receipt::last_editor( $post );
	}

	/**
	 * A post that is no more.
	 *
	 * @param string $uuid Content id.
	 * @param string $id   Post id it had.
	 */
	private static function farewell( string $uuid, string $id ): array {
		return array(
			'content_id' => $uuid,
			'post_id'    => (int) $id,
			'status'     => self::GONE,
		);
	}
}
