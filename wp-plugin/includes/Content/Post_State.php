<?php
/**
 * State and date of a delivered post.
 *
 * @package Igny8
 */

namespace Igny8\Content;

use WP_Post;

defined( 'ABSPATH' ) || exit;

/**
 * What a document makes of the state and the date that a post has by now.
 */
final class Post_State {

	/**
	 * A post that a person has made public or private stays so, unless asked for otherwise; a date that we set, we may take back.
	 *
	 * @param array    $document Valid document.
	 * @param ?WP_Post $post     Existing post.
	 */
	public static function of( array $document, ?WP_Post $post ): string {
		if ( ! $post || ! empty( $document['force'] ) || self::is_scheduled_by_us( $post ) ) {
			return $document['status'];
		}
		if ( ! empty( $document['status_asked'] ) && ! in_array( $post->post_status, array( 'publish', 'future' ), true ) ) {
			return $document['status'];
		}
		$demotes = in_array( $post->post_status, Post_Writer::LIVE, true ) && ! in_array( $document['status'], Post_Writer::LIVE, true );
		return $demotes || 'private' === $post->post_status ? $post->post_status : $document['status'];
	}

	/**
	 * Local and UTC date columns for the wanted time. Of a time that is taken back nothing is left: WordPress would wait for it when the post is published.
	 *
	 * @param array    $document Valid document.
	 * @param ?WP_Post $post     Existing post.
	 */
	public static function dates( array $document, ?WP_Post $post ): array {
		$dates = isset( $document['date_gmt'] ) ? rest_get_date_with_gmt( $document['date_gmt'], true ) : null;
		if ( ! $dates && self::is_taken_back( $document, $post ) ) {
			$dates = array( current_time( 'mysql' ), '0000-00-00 00:00:00' );
		}
		return $dates ? array(
			'post_date'     => $dates[0],
			'post_date_gmt' => $dates[1],
			'edit_date'     => true,
		) : array();
	}

	/**
	 * Whether a time that we set and that lies ahead holds no more: the post becomes a draft again, or public at once by somebody's wish.
	 */
	private static function is_taken_back( array $document, ?WP_Post $post ): bool {
		if ( ! $post || isset( $document['kept']['date_gmt'] ) || ! self::is_scheduled_by_us( $post ) || strtotime( $post->post_date_gmt . ' UTC' ) <= time() ) {
			return false;
		}
		return ! empty( $document['status_asked'] ) || ! in_array( $document['status'], Post_Writer::LIVE, true );
	}

	/**
	 * Whether the post waits for a time that we gave it.
	 */
	private static function is_scheduled_by_us( WP_Post $post ): bool {
		$pushed = get_post_meta( $post->ID, Meta::PUSHED, true );
		return 'future' === $post->post_status && 'future' === ( $pushed['status'] ?? '' );
	}
}
