<?php
/**
 * Categories and tags by name.
 *
 * @package Igny8
 */

namespace Igny8\Content;

defined( 'ABSPATH' ) || exit;

/**
 * Finds the site's own terms; makes new ones only when allowed.
 */
final class Terms {

	/**
	 * Files a post.
	 *
	 * @param int      $post_id  Post.
	 * @param string   $taxonomy category or post_tag.
	 * @param string[] $names    Wanted terms.
	 * @param bool     $create   Whether missing ones may be made.
	 * @param bool     $append   Keep the terms the post has.
	 * @return array {state, applied: string[], ignored: string[]}
	 */
	public static function apply( int $post_id, string $taxonomy, array $names, bool $create, bool $append ): array {
		$found = array();
		if ( is_object_in_taxonomy( get_post_type( $post_id ), $taxonomy ) ) {
			foreach ( $names as $name ) {
				$id = self::find( $name, $taxonomy );
				$id = $id || ! $create ? $id : self::make( $name, $taxonomy );
				if ( $id ) {
					$found[ $name ] = $id;
				}
			}
		}
		if ( $found ) {
			wp_set_object_terms( $post_id, array_values( $found ), $taxonomy, $append );
		}
		return self::read_back( $post_id, $taxonomy, $names, $found );
	}

	/**
	 * Compares what stands with what was wanted.
	 *
	 * @param int      $post_id  Post.
	 * @param string   $taxonomy Taxonomy.
	 * @param string[] $names    Wanted.
	 * @param int[]    $found    Term ids by wanted name.
	 */
	private static function read_back( int $post_id, string $taxonomy, array $names, array $found ): array {
		$there   = wp_get_object_terms( $post_id, $taxonomy, array( 'fields' => 'ids' ) );
		$there   = is_wp_error( $there ) ? array() : array_map( 'intval', $there );
		$applied = array_keys( array_intersect( $found, $there ) );
		$ignored = array_values( array_diff( $names, $applied ) );
		$state   = $applied ? 'altered' : 'ignored';
		return array(
			'state'   => $ignored ? $state : 'applied',
			'applied' => array_map( 'strval', $applied ),
			'ignored' => $ignored,
		);
	}

	/**
	 * Id of an existing term, or 0.
	 */
	private static function find( string $name, string $taxonomy ): int {
		$term = get_term_by( 'name', $name, $taxonomy );
		$term = $term ? $term : get_term_by( 'slug', sanitize_title( $name ), $taxonomy );
		return $term ? (int) $term->term_id : 0;
	}

	/**
	 * Makes a term; a parallel request that was faster gives its id instead.
	 */
	private static function make( string $name, string $taxonomy ): int {
		if ( ! current_user_can( get_taxonomy( $taxonomy )->cap->edit_terms ) ) {
			return 0;
		}
		$made = wp_insert_term( wp_slash( $name ), $taxonomy );
		if ( is_wp_error( $made ) ) {
			return (int) $made->get_error_data( 'term_exists' );
		}
		return (int) $made['term_id'];
	}
}
