<?php
/**
 * Search title and description in the head of a post, for sites without an SEO plugin.
 *
 * @package Igny8
 */

namespace Igny8\Content;

use WP_Post;

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
	 * The post of ours that this page shows to everybody; null on lists, previews, and where a password is asked for.
	 */
	public static function post(): ?WP_Post {
		$post = self::shown();
		return $post && get_post_meta( $post->ID, Meta::CONTENT_ID, true ) ? $post : null;
	}

	/**
	 * The post that this page shows to everybody.
	 */
	private static function shown(): ?WP_Post {
		$post = is_singular() && ! is_preview() ? get_queried_object() : null;
		if ( ! $post instanceof WP_Post || 'publish' !== $post->post_status || '' !== $post->post_password ) {
			return null;
		}
		return $post;
	}

	/**
	 * A value of the post being shown, or ''.
	 */
	private static function value( string $key ): string {
		$post = 'none' === Seo::plugin() ? self::shown() : null;
		return $post ? (string) get_post_meta( $post->ID, $key, true ) : '';
	}
}
