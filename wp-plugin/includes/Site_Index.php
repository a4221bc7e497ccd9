<?php
/**
 * Tells the backend which posts of this site are public, so that articles can link to them.
 *
 * @package Igny8
 */

namespace Igny8;

use WP_Post;

defined( 'ABSPATH' ) || exit;

/**
 * Walks through all posts once, page by page, in the order of their ids, and begins anew each week; what changes behind
 * the walk leaves a mark that is sent by itself. Every report says of which ids it speaks, so whatever it leaves out is gone.
 */
final class Site_Index {

	const ROUTE       = '/v1/sites/me/posts/';
	const AT_ONCE     = 100;
	const MARKS       = 50;       // So few that they always fit into one report.
	const ROUNDS      = 10;       // Reports in one run.
	const BUDGET_S    = 10;       // No new report is begun after this time.
	const SOON_S      = 60;       // The walk goes on.
	const MAX_BYTES   = 900000;   // The backend takes 1 MiB.
	const HIGHEST_ID  = 9007199254740991;
	const MAX_URL     = 1000;
	const HEADINGS    = 10;
	const TEXT_CHARS  = 80;
	const TITLE_CHARS = 200;
	const READ_BYTES  = 300000;

	/**
	 * Registers the hooks.
	 */
	public static function boot(): void {
		add_action( 'transition_post_status', array( __CLASS__, 'note' ), 10, 3 );
		add_action( 'deleted_post', array( __CLASS__, 'note_deleted' ), 10, 2 );
		add_action( 'permalink_structure_changed', array( __CLASS__, 'restart' ) );
		add_action( 'update_option_home', array( __CLASS__, 'restart' ) );
	}

	/**
	 * Whether everybody can read the post at an address of its own.
	 */
	public static function is_live( ?WP_Post $post ): bool {
		return $post && 'publish' === $post->post_status && '' === $post->post_password && in_array( $post->post_type, self::types(), true );
	}

	/**
	 * Marks a post that is, or was, public.
	 *
	 * @param string  $new  Status.
	 * @param string  $old  Status before.
	 * @param WP_Post $post Post.
	 */
	public static function note( $new, $old, $post ): void {
		if ( 'publish' === $new || 'publish' === $old ) {
			self::mark( $post );
		}
	}

	/**
	 * Marks a post that was deleted without going through the trash.
	 *
	 * @param int     $post_id Post.
	 * @param WP_Post $post    Post as it was.
	 */
	public static function note_deleted( $post_id, $post ): void {
		if ( 'publish' === $post->post_status ) {
			self::mark( $post );
		}
	}

	/**
	 * Begins anew: all addresses may be others now.
	 */
	public static function restart(): void {
		Options::forget( array( Options::INDEX_CURSOR, Options::INDEX_DONE ) );
	}

	/**
	 * Sends what is due.
	 *
	 * @return bool Whether more is to be sent soon.
	 */
	public static function send(): bool {
		$until = time() + self::BUDGET_S;
		$done  = strtotime( Options::get( Options::INDEX_DONE ) );
		if ( $done && $done < time() - WEEK_IN_SECONDS ) {
			self::restart();
		}
		for ( $round = 0; $round < self::ROUNDS && time() < $until; $round++ ) {
			$told = self::tell_marks() ?? self::tell_page();
			if ( ! $told ) {
				return false; // Everything is told, or the backend did not take it: the same again next time.
			}
		}
		return true;
	}

	/**
	 * Sends the posts that changed behind the walk.
	 *
	 * @return bool|null Whether the backend took them; null when there are none.
	 */
	private static function tell_marks(): ?bool {
		global $wpdb;
		$prefix = Options::INDEX_MARK;
		$rows   = $wpdb->get_results( $wpdb->prepare( "SELECT option_name, option_value FROM $wpdb->options WHERE option_name LIKE %s LIMIT %d", $wpdb->esc_like( $prefix ) . '%', self::MARKS ) ); // phpcs:ignore WordPress.DB.DirectDatabaseQuery
		if ( ! $rows ) {
			return null;
		}
		$ids   = array_map( static fn( $row ) => (int) substr( $row->option_name, strlen( $prefix ) ), $rows );
		$posts = self::describe_all( $ids )[0];
		if ( is_wp_error( Client::of_site()->write( 'POST', self::ROUTE, array( 'ids' => $ids, 'posts' => $posts ) ) ) ) { // phpcs:ignore WordPress.Arrays
			return false;
		}
		foreach ( $rows as $row ) {
			$wpdb->delete( $wpdb->options, (array) $row ); // phpcs:ignore WordPress.DB.DirectDatabaseQuery -- a mark set meanwhile has another value and stays.
			wp_cache_delete( $row->option_name, 'options' );
		}
		return true;
	}

	/**
	 * Sends the next posts of the walk.
	 *
	 * @return bool|null Whether the backend took them; null when the walk is at its end.
	 */
	private static function tell_page(): ?bool {
		$after = (int) Options::get( Options::INDEX_CURSOR );
		$ids   = self::live_ids( $after );
		if ( ! $ids && '' !== Options::get( Options::INDEX_DONE ) ) {
			return null;
		}
		list( $posts, $count ) = self::describe_all( $ids );

		$last   = $count ? $ids[ $count - 1 ] : $after;
		$is_end = count( $ids ) === $count && $count < self::AT_ONCE;
		$body   = array(
			'after' => $after,
			'upto'  => $is_end ? self::HIGHEST_ID : $last,
			'posts' => $posts,
		);
		if ( is_wp_error( Client::of_site()->write( 'POST', self::ROUTE, $body ) ) ) {
			return false;
		}
		Options::set( Options::INDEX_CURSOR, (string) $last );
		if ( $is_end && '' === Options::get( Options::INDEX_DONE ) ) {
			Options::set( Options::INDEX_DONE, gmdate( 'c' ) );
		}
		return true;
	}

	/**
	 * Leaves a mark, where the walk has been already.
	 */
	private static function mark( WP_Post $post ): void {
		if ( Options::has_key() && in_array( $post->post_type, self::types(), true ) && $post->ID <= (int) Options::get( Options::INDEX_CURSOR ) ) {
			Options::set( Options::INDEX_MARK . $post->ID, wp_generate_password( 8, false ) );
			Sync::within( self::SOON_S );
		}
	}

	/**
	 * Types of posts that visitors find.
	 *
	 * @return string[]
	 */
	private static function types(): array {
		$types = get_post_types( array( 'public' => true, 'exclude_from_search' => false ) ); // phpcs:ignore WordPress.Arrays
		return array_values( array_diff( $types, array( 'attachment' ) ) );
	}

	/**
	 * Ids of the next live posts.
	 *
	 * @return int[]
	 */
	private static function live_ids( int $after ): array {
		global $wpdb;
		$types = self::types();
		$marks = implode( ',', array_fill( 0, count( $types ), '%s' ) );
		$ids   = $wpdb->get_col( $wpdb->prepare( "SELECT ID FROM $wpdb->posts WHERE ID > %d AND post_status = 'publish' AND post_password = '' AND post_type IN ($marks) ORDER BY ID LIMIT %d", array_merge( array( $after ), $types, array( self::AT_ONCE ) ) ) ); // phpcs:ignore
		return array_map( 'intval', $ids );
	}

	/**
	 * The live ones among these posts, as many as one report can hold.
	 *
	 * @param int[] $ids Posts.
	 * @return array {posts, how many of the ids were looked at}
	 */
	private static function describe_all( array $ids ): array {
		_prime_post_caches( $ids, true, false );
		$posts = array();
		$bytes = 0;
		foreach ( $ids as $number => $id ) {
			$post = get_post( $id );
			if ( ! self::is_live( $post ) ) {
				continue;
			}
			$told = self::describe( $post );
			if ( '' === $told['url'] || strlen( $told['url'] ) > self::MAX_URL ) {
				continue; // No address that could be linked to.
			}
			$bytes += strlen( (string) wp_json_encode( $told ) );
			if ( $bytes > self::MAX_BYTES ) {
				return array( $posts, $number );
			}
			$posts[] = $told;
		}
		return array( $posts, count( $ids ) );
	}

	/**
	 * One post, as far as links care.
	 */
	private static function describe( WP_Post $post ): array {
		preg_match_all( '#<h[2-4]\b[^>]*>(.*?)</h[2-4]>#is', substr( $post->post_content, 0, self::READ_BYTES ), $found );
		$headings = array_map( static fn( $html ) => self::plain( $html, self::TEXT_CHARS ), array_slice( $found[1] ?? array(), 0, self::HEADINGS ) );
		return array(
			'post_id'     => $post->ID,
			'url'         => esc_url_raw( (string) get_permalink( $post ) ),
			'title'       => self::plain( $post->post_title, self::TITLE_CHARS ),
			'slug'        => self::plain( urldecode( $post->post_name ), self::TITLE_CHARS ),
			'post_type'   => $post->post_type,
			'headings'    => array_values( array_filter( $headings ) ),
			'modified_at' => gmdate( 'Y-m-d\TH:i:s\Z', (int) get_post_timestamp( $post, 'modified' ) ),
		);
	}

	/**
	 * Plain text on one line.
	 */
	private static function plain( string $html, int $chars ): string {
		$text = html_entity_decode( wp_strip_all_tags( wp_check_invalid_utf8( $html, true ) ), ENT_QUOTES | ENT_HTML5, 'UTF-8' );
		return mb_substr( trim( (string) preg_replace( '/[\p{Cc}\s]+/u', ' ', $text ) ), 0, $chars );
	}
}
