<?php
/**
 * Stands between a delivery and a post that a person has a say in.
 *
 * @package Igny8
 */

namespace Igny8\Content;

use WP_Error;
use WP_Post;

defined( 'ABSPATH' ) || exit;

/**
 * Trashed, open in somebody's editor, or changed since our last delivery: each is a refusal with the facts.
 */
final class Post_Guard {

	/**
	 * Null when the post may be written, otherwise the refusal.
	 *
	 * @param WP_Post $post     Existing post.
	 * @param array   $document Valid document.
	 */
	public static function refusal( WP_Post $post, array $document ): ?WP_Error {
		$live = in_array( $document['status'], Post_Writer::LIVE, true );
		if ( ! current_user_can( 'edit_post', $post->ID ) || ( $live && ! current_user_can( 'publish_post', $post->ID ) ) ) {
			return new WP_Error( 'igny8_forbidden', __( 'This user may not edit that post.', 'igny8' ), array( 'status' => 403 ) );
		}
		if ( ! empty( $document['force'] ) ) {
			return null;
		}
		if ( 'trash' === $post->post_status ) {
			return self::trashed( $post );
		}
		return Invitation::covers( $post ) ? null : ( self::locked( $post ) ?? self::changed( $post, $document ) );
	}

	/**
	 * What a person changed since our last delivery: any of content, title, excerpt; before the first one, what they wrote.
	 *
	 * @return string[]
	 */
	public static function changes( WP_Post $post ): array {
		$sha     = (string) get_post_meta( $post->ID, Meta::SHA, true );
		$pushed  = get_post_meta( $post->ID, Meta::PUSHED, true );
		$theirs  = '' === $sha && '' !== trim( $post->post_content ) && '' !== (string) get_post_meta( $post->ID, Meta::TASK, true );
		$changes = $theirs || ( '' !== $sha && self::sha( $post ) !== $sha ) ? array( 'content' ) : array();
		foreach ( array( 'title', 'excerpt' ) as $field ) {
			if ( isset( $pushed[ $field ] ) && $pushed[ $field ] !== $post->{ 'post_' . $field } ) {
				$changes[] = $field;
			}
		}
		return $changes;
	}

	/**
	 * Fingerprint of the stored text.
	 */
	public static function sha( WP_Post $post ): string {
		return hash( 'sha256', $post->post_content );
	}

	/**
	 * The answer to somebody who waited for another delivery in vain.
	 */
	public static function busy(): WP_Error {
		return new WP_Error(
			'igny8_busy',
			__( 'Another delivery of the same item is under way. Try again in a moment.', 'igny8' ),
			array(
				'status'      => 503,
				'retry_after' => 5,
			)
		);
	}

	/**
	 * Tells whether the sender knows the person's version: it names the present text, not its own last one.
	 */
	private static function has_seen( WP_Post $post, string $base ): bool {
		return self::sha( $post ) === $base && get_post_meta( $post->ID, Meta::SHA, true ) !== $base;
	}

	/**
	 * Refusal of a post in the trash.
	 */
	private static function trashed( WP_Post $post ): WP_Error {
		$since = (int) get_post_meta( $post->ID, '_wp_trash_meta_time', true );
		return new WP_Error(
			'igny8_trashed',
			__( 'The post is in the trash of the site.', 'igny8' ),
			array(
				'status'    => 409,
				'id'        => $post->ID,
				'since'     => $since ? gmdate( 'c', $since ) : null,
				'edit_link' => admin_url( 'edit.php?post_status=trash&post_type=' . $post->post_type ),
			)
		);
	}

	/**
	 * Refusal while somebody has the post open.
	 */
	private static function locked( WP_Post $post ): ?WP_Error {
		require_once ABSPATH . 'wp-admin/includes/post.php';
		$by = wp_check_post_lock( $post->ID );
		if ( ! $by ) {
			return null;
		}
		$who = get_userdata( $by );
		return new WP_Error(
			'igny8_locked',
			/* translators: %s: display name of a user. */
			sprintf( __( '%s has the post open in the editor.', 'igny8' ), $who->display_name ),
			array(
				'status'    => 423,
				'user'      => $who->display_name,
				'since'     => gmdate( 'c', (int) get_post_meta( $post->ID, '_edit_lock', true ) ),
				'id'        => $post->ID,
				'edit_link' => Receipt::edit_link( $post->ID ),
			)
		);
	}

	/**
	 * Refusal when a person changed the post and the sender has not seen that version.
	 *
	 * @param WP_Post $post     Existing post.
	 * @param array   $document Valid document; its base_sha names the version the sender has seen.
	 */
	private static function changed( WP_Post $post, array $document ): ?WP_Error {
		$is_other = static fn( $field ) => 'content' === $field || ! isset( $document[ $field ] ) || $document[ $field ] !== $post->{ 'post_' . $field };
		$changes  = array_values( array_filter( self::changes( $post ), $is_other ) );
		if ( ! $changes || self::has_seen( $post, (string) ( $document['base_sha'] ?? '' ) ) ) {
			return null;
		}
		return new WP_Error(
			'igny8_changed',
			__( 'The post was changed on the site since the last delivery.', 'igny8' ),
			array(
				'status'       => 409,
				'id'           => $post->ID,
				'changed'      => $changes,
				'sha'          => self::sha( $post ),
				'modified_gmt' => Receipt::modified( $post ),
				'edit_link'    => Receipt::edit_link( $post->ID ),
				'theirs'       => Receipt::text( $post ),
			) + Receipt::last_editor( $post )
		);
	}
}
