<?php
/**
 * Search title, description and focus keyphrase, wherever the site keeps them.
 *
 * @package Igny8
 */

namespace Igny8\Content;

use WP_REST_Request;

defined( 'ABSPATH' ) || exit;

/**
 * Writes to the active SEO plugin, or to our own meta that Seo_Head prints.
 */
final class Seo {

	const AIOSEO_FIELD = 'aioseo_meta_data';

	/** Meta keys by SEO plugin; AIOSEO has a table of its own. */
	const KEYS = array(
		'yoast'    => array(
			'title'       => '_yoast_wpseo_title',
			'description' => '_yoast_wpseo_metadesc',
			'focus'       => '_yoast_wpseo_focuskw',
		),
		'rankmath' => array(
			'title'       => 'rank_math_title',
			'description' => 'rank_math_description',
			'focus'       => 'rank_math_focus_keyword',
		),
		'seopress' => array(
			'title'       => '_seopress_titles_title',
			'description' => '_seopress_titles_desc',
			'focus'       => '_seopress_analysis_target_kw',
		),
		'none'     => array(
			'title'       => Meta::SEO_TITLE,
			'description' => Meta::SEO_DESCRIPTION,
			'focus'       => Meta::SEO_FOCUS,
		),
	);

	/**
	 * The active SEO plugin: yoast, rankmath, seopress, aioseo or none.
	 */
	public static function plugin(): string {
		$constants = array(
			'yoast'    => 'WPSEO_VERSION',
			'rankmath' => 'RANK_MATH_VERSION',
			'seopress' => 'SEOPRESS_VERSION',
			'aioseo'   => 'AIOSEO_VERSION',
		);
		foreach ( $constants as $name => $constant ) {
			if ( defined( $constant ) ) {
				return $name;
			}
		}
		return 'none';
	}

	/**
	 * Writes the fields that are given and reads them back.
	 *
	 * @param int   $post_id Post.
	 * @param array $seo     {title?, description?, focus?}.
	 * @param array $pushed  What stood after the last delivery: a field that differs is a person's.
	 * @return array {state, plugin, kept?: string[]}
	 */
	public static function apply( int $post_id, array $seo, array $pushed = array() ): array {
		$plugin = self::plugin();
		$wanted = array();
		foreach ( array_intersect_key( $seo, self::KEYS['none'] ) as $field => $value ) {
			$wanted[ $field ] = sanitize_text_field( (string) $value );
		}
		$kept   = Persons_Choice::search_fields( $post_id, $wanted, $pushed );
		$wanted = array_diff_key( $wanted, array_flip( $kept ) );
		$done   = ! $wanted && $kept ? true : self::write( $post_id, $wanted, $plugin );
		return array(
			'state'  => $done ? 'applied' : 'failed',
			'plugin' => $plugin,
		) + ( $kept ? array( 'kept' => $kept ) : array() );
	}

	/**
	 * What stands after a delivery; where a person's value was kept, ours of last time.
	 *
	 * @param int   $post_id Post.
	 * @param array $field   As apply() answered.
	 * @param array $before  What was noted last time.
	 * @return string[]
	 */
	public static function base( int $post_id, array $field, array $before ): array {
		return array_intersect_key( $before, array_flip( $field['kept'] ?? array() ) ) + self::read( $post_id );
	}

	/**
	 * Writes to where the active plugin reads.
	 *
	 * @param int      $post_id Post.
	 * @param string[] $wanted  Values by field.
	 * @param string   $plugin  See plugin().
	 */
	private static function write( int $post_id, array $wanted, string $plugin ): bool {
		return 'aioseo' === $plugin ? self::write_aioseo( $post_id, $wanted ) : self::write_meta( $post_id, $wanted, self::KEYS[ $plugin ] );
	}

	/**
	 * The fields as they stand.
	 *
	 * @return string[] {title, description, focus}
	 */
	public static function read( int $post_id ): array {
		$plugin = self::plugin();
		if ( 'aioseo' === $plugin ) {
			return self::read_aioseo( $post_id );
		}
		return array_map( static fn( $key ) => (string) get_post_meta( $post_id, $key, true ), self::KEYS[ $plugin ] );
	}

	/**
	 * Yoast, Rank Math, SEOPress and we ourselves read post meta.
	 *
	 * @param int      $post_id Post.
	 * @param string[] $wanted  Values by field.
	 * @param string[] $keys    Meta keys by field.
	 */
	private static function write_meta( int $post_id, array $wanted, array $keys ): bool {
		$done = true;
		foreach ( $wanted as $field => $value ) {
			update_post_meta( $post_id, $keys[ $field ], wp_slash( $value ) );
			$done = $done && get_post_meta( $post_id, $keys[ $field ], true ) === $value;
		}
		return $done;
	}

	/**
	 * AIOSEO takes its values only through the post's REST field; where that is missing, WordPress would pass them over in silence.
	 *
	 * @param int      $post_id Post.
	 * @param string[] $wanted  Values by field.
	 */
	private static function write_aioseo( int $post_id, array $wanted ): bool {
		rest_get_server(); // Fields are registered with the server.
		$type   = get_post_type_object( get_post_type( $post_id ) );
		$fields = $GLOBALS['wp_rest_additional_fields'] ?? array();
		if ( ! isset( $fields[ $type->name ][ self::AIOSEO_FIELD ] ) ) {
			return false;
		}
		$request = new WP_REST_Request( 'POST', '/wp/v2/' . ( $type->rest_base ? $type->rest_base : $type->name ) . '/' . $post_id );
		$data    = array_intersect_key( $wanted, array_flip( array( 'title', 'description' ) ) );
		if ( isset( $wanted['focus'] ) ) {
			$data['keyphrases'] = array( 'focus' => array( 'keyphrase' => $wanted['focus'] ) );
		}
		$request->set_body_params( array( self::AIOSEO_FIELD => $data ) );
		return ! rest_do_request( $request )->is_error();
	}

	/**
	 * AIOSEO shows its values the same way.
	 *
	 * @return string[]
	 */
	private static function read_aioseo( int $post_id ): array {
		$request = new WP_REST_Request( 'GET', rest_get_route_for_post( $post_id ) );
		$request->set_param( 'context', 'edit' );
		$data = (array) ( rest_do_request( $request )->get_data()[ self::AIOSEO_FIELD ] ?? array() );
		return array(
			'title'       => (string) ( $data['title'] ?? '' ),
			'description' => (string) ( $data['description'] ?? '' ),
			'focus'       => (string) ( $data['keyphrases']['focus']['keyphrase'] ?? '' ),
		);
	}
}
