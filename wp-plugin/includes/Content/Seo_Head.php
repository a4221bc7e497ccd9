<?php
/**
 * Search title and description in the head of a post, for sites without an SEO plugin.
 *
 * @package Igny8
 */

namespace Igny8\Content;

defined( 'ABSPATH' ) || exit;

/**
 * Silent as soon as an SEO plugin is active.
 */
final class Seo_Head {

	/**
	 * The document title, if we have one.
	 *
	 * @param string $title Of other filters.
	 */
	public static function title( $title ): string {
		$own = self::value( Meta::SEO_TITLE );
		return '' === $own ? (string) $title : $own;
	}

	/**
	 * Prints the description.
	 */
	public static function description(): void {
		$own = self::value( Meta::SEO_DESCRIPTION );
		if ( '' !== $own ) {
			printf( "<meta name=\"description\" content=\"%s\" />\n", esc_attr( $own ) );
		}
	}

	/**
	 * A value of the post being shown, or ''.
	 */
	private static function value( string $key ): string {
		if ( ! is_singular() || 'none' !== Seo::plugin() ) {
			return '';
		}
		return (string) get_post_meta( get_queried_object_id(), $key, true );
	}
}
