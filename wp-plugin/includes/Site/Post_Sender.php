<?php
/**
 * Asks the service to deliver posts of ours once more.
 *
 * @package Igny8
 */

namespace Igny8\Site;

use Igny8\Capabilities;
use Igny8\Client;
use Igny8\Content\Meta;
use Igny8\Counts;
use WP_Error;

defined( 'ABSPATH' ) || exit;

/**
 * Used by the posts list and by the receipt card.
 */
final class Post_Sender {

	const ACTION = 'igny8_send';
	const TOLD   = 'igny8_told';

	/** Articles that the backend hands over in one request. */
	const AT_ONCE = 100;

	/**
	 * Hooks.
	 */
	public static function boot(): void {
		add_action( 'admin_post_' . self::ACTION, array( __CLASS__, 'send_one' ) );
		add_action( 'admin_notices', array( __CLASS__, 'tell' ) );
		add_filter( 'removable_query_args', static fn( $names ) => array_merge( (array) $names, array( self::TOLD ) ) );
	}

	/**
	 * The content id of a post, or ''.
	 */
	public static function content_id( int $post_id ): string {
		$id = get_post_meta( $post_id, Meta::CONTENT_ID, true );
		return is_string( $id ) && wp_is_uuid( $id ) ? $id : '';
	}

	/**
	 * Whether the current user may have posts delivered.
	 */
	public static function may(): bool {
		return current_user_can( Capabilities::SEE ) && current_user_can( Capabilities::PUBLISH );
	}

	/**
	 * Address that sends one post again; with $force over what a person changed.
	 */
	public static function url( int $post_id, bool $force = false ): string {
		$args = array( 'action' => self::ACTION, 'post' => $post_id ) + ( $force ? array( 'force' => 1 ) : array() ); // phpcs:ignore WordPress.Arrays
		return wp_nonce_url( add_query_arg( $args, admin_url( 'admin-post.php' ) ), self::ACTION . $post_id );
	}

	/**
	 * Sends one post again and goes back to where the person was.
	 */
	public static function send_one(): void {
		$post_id = isset( $_GET['post'] ) ? absint( $_GET['post'] ) : 0;
		check_admin_referer( self::ACTION . $post_id );
		if ( ! self::may() || ! current_user_can( 'edit_post', $post_id ) ) {
			wp_die( esc_html__( 'You are not allowed to do this.', 'igny8' ), '', array( 'response' => 403 ) );
		}
		$told = self::send( array( $post_id ), ! empty( $_GET['force'] ) );
		$back = wp_get_referer();
		wp_safe_redirect( add_query_arg( self::TOLD, $told, $back ? $back : admin_url( 'edit.php' ) ) );
		exit;
	}

	/**
	 * Sends posts again; those that are not ours or not the user's are left out.
	 *
	 * @param int[] $post_ids Posts.
	 * @param bool  $force    Over what a person changed.
	 * @return string Number of posts on their way, or the code of what went wrong.
	 */
	public static function send( array $post_ids, bool $force = false ): string {
		$mine = array_filter( $post_ids, static fn( $id ) => current_user_can( 'edit_post', $id ) );
		$ids  = array_values( array_unique( array_filter( array_map( array( __CLASS__, 'content_id' ), $mine ) ) ) );
		if ( ! $ids ) {
			return '0';
		}
		foreach ( array_chunk( $ids, self::AT_ONCE ) as $part => $some ) {
			$body   = array( 'ids' => $some, 'force' => $force ); // phpcs:ignore WordPress.Arrays
			$answer = Client::of_site()->write( 'POST', '/v1/publisher/publish/', $body, str_replace( '-', '', wp_generate_uuid4() ) );
			if ( is_wp_error( $answer ) ) {
				return self::keep( $answer, $part * self::AT_ONCE );
			}
			Counts::learn_start();
		}
		return (string) count( $ids );
	}

	/**
	 * Keeps the words of an error for the next page, and how many posts went before it.
	 */
	private static function keep( WP_Error $error, int $sent ): string {
		$words = $error->get_error_message() . ( $sent ? ' ' . self::on_their_way( $sent ) : '' );
		set_transient( self::TOLD . get_current_user_id(), $words, MINUTE_IN_SECONDS );
		return 'error';
	}

	/**
	 * How many posts were sent.
	 */
	private static function on_their_way( int $count ): string {
		/* translators: %d: number of posts. */
		return sprintf( _n( '%d post is on its way from IGNY8.', '%d posts are on their way from IGNY8.', $count, 'igny8' ), $count );
	}

	/**
	 * Says what came of it.
	 */
	public static function tell(): void {
		if ( ! isset( $_GET[ self::TOLD ] ) || ! self::may() ) { // phpcs:ignore WordPress.Security.NonceVerification
			return;
		}
		$told = sanitize_key( wp_unslash( $_GET[ self::TOLD ] ) ); // phpcs:ignore WordPress.Security.NonceVerification
		if ( 'error' === $told ) {
			$words = (string) get_transient( self::TOLD . get_current_user_id() );
			printf( '<div class="notice notice-error is-dismissible"><p>%s</p></div>', esc_html( '' === $words ? __( 'The posts could not be sent.', 'igny8' ) : $words ) );
			return;
		}
		$count = (int) $told;
		$words = $count ? self::on_their_way( $count ) : __( 'None of the chosen posts came from IGNY8.', 'igny8' );
		printf( '<div class="notice notice-%s is-dismissible"><p>%s</p></div>', $count ? 'success' : 'warning', esc_html( $words ) );
	}
}
