<?php
/**
 * What a person decided about a post beside its words: state, address, date, image, search fields, terms.
 *
 * @package Igny8
 */

namespace Igny8\Content;

use WP_Post;

defined( 'ABSPATH' ) || exit;

/**
 * A field that differs from what we stored last is a person's: a delivery leaves it alone and says so.
 */
final class Persons_Choice {

	const TAKEN_BACK = array( 'draft', 'pending', 'private' );

	/**
	 * The document without what a person decided otherwise; `kept` names that, by field.
	 *
	 * @param array    $document Valid document.
	 * @param ?WP_Post $post     Existing post.
	 * @return array The document with `kept`.
	 */
	public static function respect( array $document, ?WP_Post $post ): array {
		$pushed = $post ? get_post_meta( $post->ID, Meta::PUSHED, true ) : array();
		$kept   = array();
		if ( ! is_array( $pushed ) || ! $pushed || ! empty( $document['force'] ) ) {
			return array( 'kept' => $kept ) + $document;
		}
		$asked = ! empty( $document['status_asked'] );
		if ( ! $asked && self::is_taken_back( $post, $pushed ) && $document['status'] !== $post->post_status ) {
			$document['status'] = $post->post_status;
			$kept['status']     = true;
		}
		if ( isset( $document['slug'] ) && ! empty( $pushed['slug'] ) && $pushed['slug'] !== $post->post_name && sanitize_title( $document['slug'] ) !== $post->post_name ) {
			$kept['slug'] = true;
		}
		if ( ! $asked && isset( $document['date_gmt'] ) && ! empty( $pushed['date'] ) && $pushed['date'] !== $post->post_date_gmt ) {
			$kept['date_gmt'] = true;
		}
		if ( ! empty( $document['featured'] ) && self::has_other_image( $post, $pushed ) ) {
			$kept['featured'] = true;
		}
		foreach ( array( 'slug', 'date_gmt', 'featured' ) as $field ) {
			if ( isset( $kept[ $field ] ) ) {
				unset( $document[ $field ] );
			}
		}
		$document['kept'] = $kept;
		return self::without_terms( $document, $post, $pushed );
	}

	/**
	 * What stands now, for the next comparison; where a person's value was kept, ours of last time stays the base.
	 *
	 * @param WP_Post $post     As stored.
	 * @param array   $document As given back by respect().
	 * @param array   $before   What was noted last time.
	 */
	public static function base( WP_Post $post, array $document, array $before ): array {
		$now  = array(
			'status'   => $post->post_status,
			'slug'     => isset( $document['slug'] ) ? $post->post_name : ( $before['slug'] ?? '' ),
			'date'     => isset( $document['date_gmt'] ) ? $post->post_date_gmt : '',
			'featured' => (int) get_post_thumbnail_id( $post ),
			'terms'    => array(
				'categories' => wp_get_object_terms( $post->ID, 'category', array( 'fields' => 'names' ) ),
				'tags'       => wp_get_object_terms( $post->ID, 'post_tag', array( 'fields' => 'names' ) ),
			),
		);
		$kept = array_intersect_key( $before, $document['kept'] );
		if ( isset( $document['kept']['date_gmt'] ) ) {
			$kept['date'] = $before['date'];
		}
		foreach ( array( 'categories', 'tags' ) as $field ) {
			$gone                   = $document['kept'][ $field ] ?? array();
			$there                  = is_array( $now['terms'][ $field ] ) ? $now['terms'][ $field ] : array();
			$now['terms'][ $field ] = array_values( array_unique( array_merge( $there, $gone ) ) );
		}
		return $kept + $now;
	}

	/**
	 * States of the kept fields for the receipt.
	 *
	 * @param array $kept   By field: true, or names of terms.
	 * @param array $fields States of the fields that were written.
	 */
	public static function told( array $kept, array $fields ): array {
		foreach ( $kept as $field => $what ) {
			$fields[ $field ] = is_array( $what ) ? array( 'kept' => $what ) + (array) ( $fields[ $field ] ?? array( 'state' => 'kept' ) ) : 'kept';
		}
		return $fields;
	}

	/**
	 * Search fields that stand otherwise than we left them.
	 *
	 * @param int      $post_id Post.
	 * @param string[] $wanted  Values by field.
	 * @param string[] $pushed  What stood after our last delivery.
	 * @return string[] Names.
	 */
	public static function search_fields( int $post_id, array $wanted, array $pushed ): array {
		$now   = $pushed ? Seo::read( $post_id ) : array();
		$other = static fn( $field ) => isset( $pushed[ $field ], $now[ $field ] ) && $now[ $field ] !== $pushed[ $field ] && $now[ $field ] !== $wanted[ $field ];
		return array_values( array_filter( array_keys( $wanted ), $other ) );
	}

	/**
	 * Whether a person took the post back from where we had put it.
	 */
	private static function is_taken_back( WP_Post $post, array $pushed ): bool {
		$ours = $pushed['status'] ?? $post->post_status;
		return $ours !== $post->post_status && in_array( $post->post_status, self::TAKEN_BACK, true );
	}

	/**
	 * Whether a person chose another featured image, or none; ours that is no more in the library was no choice.
	 */
	private static function has_other_image( WP_Post $post, array $pushed ): bool {
		if ( ! isset( $pushed['featured'] ) || (int) get_post_thumbnail_id( $post ) === $pushed['featured'] ) {
			return false;
		}
		return get_post_thumbnail_id( $post ) || get_post( $pushed['featured'] );
	}

	/**
	 * The document without the terms that a person took off the post.
	 */
	private static function without_terms( array $document, WP_Post $post, array $pushed ): array {
		foreach ( array( 'categories' => 'category', 'tags' => 'post_tag' ) as $field => $taxonomy ) { // phpcs:ignore WordPress.Arrays
			$there = wp_get_object_terms( $post->ID, $taxonomy, array( 'fields' => 'names' ) );
			$off   = array_diff( $pushed['terms'][ $field ] ?? array(), is_array( $there ) ? $there : array() );
			$gone  = array_values( array_intersect( $document[ $field ] ?? array(), $off ) );
			if ( $gone ) {
				$document[ $field ]         = array_values( array_diff( $document[ $field ], $gone ) );
				$document['kept'][ $field ] = $gone;
			}
		}
		return $document;
	}
}
