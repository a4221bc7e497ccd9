<?php
/**
 * A person's word that the next delivery may replace the text they have before them.
 *
 * @package Igny8
 */

namespace Igny8\Content;

use WP_Post;

defined( 'ABSPATH' ) || exit;

/**
 * Holds for one text, one person and a quarter of an hour; unlike `force` it leaves state and address of the post alone.
 */
final class Invitation {

	/**
	 * Invites for the text as it stands, in the name of the current user.
	 */
	public static function send( WP_Post $post ): void {
		$invitation = array(
			'user'  => get_current_user_id(),
			'words' => self::words( $post ),
			'until' => time() + 15 * MINUTE_IN_SECONDS,
		);
		update_post_meta( $post->ID, Meta::INVITED, $invitation );
	}

	/**
	 * Whether the present text may be replaced; false once somebody else changed it or has it open.
	 */
	public static function covers( WP_Post $post ): bool {
		$invitation = get_post_meta( $post->ID, Meta::INVITED, true );
		if ( ! is_array( $invitation ) || $invitation['until'] < time() || self::words( $post ) !== $invitation['words'] ) {
			return false;
		}
		require_once ABSPATH . 'wp-admin/includes/post.php';
		return in_array( (int) wp_check_post_lock( $post->ID ), array( 0, (int) $invitation['user'] ), true );
	}

	/**
	 * Ends it: the text has been replaced.
	 */
	public static function end( int $post_id ): void {
		delete_post_meta( $post_id, Meta::INVITED );
	}

	/**
	 * Fingerprint of all words that a delivery replaces.
	 */
	public static function words( WP_Post $post ): string {
		return hash( 'sha256', implode( "\0", array( $post->post_title, $post->post_excerpt, $post->post_content ) ) );
	}
}
