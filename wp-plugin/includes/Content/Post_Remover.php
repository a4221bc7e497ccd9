<?php
/**
 * Takes the post of a content id away: to the trash, and the draft of the connection test for good.
 *
 * @package Igny8
 */

namespace Igny8\Content;

use WP_Error;

defined( 'ABSPATH' ) || exit;

/**
 * Nothing that was ever public is deleted.
 */
final class Post_Remover {

	/** Content id of the draft that the connection test writes and removes. */
	const TEST_DRAFT = '00000000-0000-4000-8000-5e1f7e575e1f';

	const NEVER_PUBLIC = '0000-00-00 00:00:00';

	/**
	 * Moves the post of a content id to the trash.
	 *
	 * @return array|WP_Error Receipt.
	 */
	public static function trash( string $uuid ) {
		$post = Post_Writer::find( $uuid );
		if ( ! $post ) {
			return Post_Writer::not_found();
		}
		if ( ! current_user_can( 'edit_post', $post->ID ) ) {
			return new WP_Error( 'igny8_forbidden', __( 'This user may not edit that post.', 'igny8' ), array( 'status' => 403 ) );
		}
		if ( 'trash' !== $post->post_status ) {
			Post_Writer::as_ours( static fn() => wp_trash_post( $post->ID ) );
		}
		return Receipt::of( get_post( $post->ID ), false );
	}

	/**
	 * Removes the draft of the connection test for good; any other post, and one that was ever public, is refused.
	 *
	 * @return array|WP_Error Receipt of what was removed.
	 */
	public static function remove_test_draft( string $uuid ) {
		$post = Post_Writer::find( $uuid );
		if ( self::TEST_DRAFT !== $uuid || ( $post && self::NEVER_PUBLIC !== $post->post_date_gmt ) ) {
			return new WP_Error( 'igny8_forbidden', __( 'Only the draft of the connection test may be deleted for good.', 'igny8' ), array( 'status' => 403 ) );
		}
		$receipt = self::trash( $uuid );
		if ( ! is_wp_error( $receipt ) ) {
			Post_Writer::as_ours( static fn() => wp_delete_post( $post->ID, true ) );
		}
		return $receipt;
	}
}
