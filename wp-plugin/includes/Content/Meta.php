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
	const FAQ             = '_igny8_faq';
	const MEDIA_SHA       = '_igny8_sha256';
	const UNREPORTED      = '_igny8_unreported';
	const TASK            = '_igny8_task_id';
	const INVITED         = '_igny8_invited';

	const ALL = array(
		self::CONTENT_ID,
		self::SHA,
		self::PROVENANCE,
		self::PUSHED,
		self::SEO_TITLE,
		self::SEO_DESCRIPTION,
		self::SEO_FOCUS,
		self::FAQ,
		self::MEDIA_SHA,
		self::UNREPORTED,
		self::TASK,
		self::INVITED,
	);

	/**
	 * Ids of the posts that carry this value, oldest first, trash included.
	 *
	 * Asked directly: a cached query could miss what a parallel request has just written.
	 *
	 * @return int[]
	 */
	public static function posts_with( string $key, string $value ): array {
		global $wpdb;
		$ids = $wpdb->get_col( // phpcs:ignore WordPress.DB.DirectDatabaseQuery
			$wpdb->prepare(
				"SELECT p.ID FROM $wpdb->posts p JOIN $wpdb->postmeta m ON m.post_id = p.ID
				WHERE m.meta_key = %s AND m.meta_value = %s AND p.post_type <> 'revision' ORDER BY p.ID",
				$key,
				$value
			)
		);
		return array_map( 'intval', $ids );
	}
}
