<?php
/**
 * Names of the post meta the plugin keeps.
 *
 * @package Igny8
 */

namespace Igny8\Content;

defined( 'ABSPATH' ) || exit;

/**
 * All are protected (leading underscore) and none is exposed in wp/v2.
 */
final class Meta {

	const CONTENT_ID      = '_igny8_content_id';
	const SHA             = '_igny8_sha';
	const PROVENANCE      = '_igny8_provenance';
	const PUSHED          = '_igny8_pushed';
	const SEO_TITLE       = '_igny8_seo_title';
	const SEO_DESCRIPTION = '_igny8_seo_description';
	const SEO_FOCUS       = '_igny8_seo_focus';
	const MEDIA_SHA       = '_igny8_sha256';

	const ALL = array(
		self::CONTENT_ID,
		self::SHA,
		self::PROVENANCE,
		self::PUSHED,
		self::SEO_TITLE,
		self::SEO_DESCRIPTION,
		self::SEO_FOCUS,
		self::MEDIA_SHA,
	);

	/**
	 * The oldest post that carries this value, trash included; 0 when there is none.
	 *
	 * Asked directly: a cached query could miss what a parallel request has just written.
	 */
	public static function post_with( string $key, string $value ): int {
		global $wpdb;
		return (int) $wpdb->get_var( // phpcs:ignore WordPress.DB.DirectDatabaseQuery
			$wpdb->prepare(
				"SELECT p.ID FROM $wpdb->posts p JOIN $wpdb->postmeta m ON m.post_id = p.ID
				WHERE m.meta_key = %s AND m.meta_value = %s AND p.post_type <> 'revision' ORDER BY p.ID LIMIT 1",
				$key,
				$value
			)
		);
	}
}
