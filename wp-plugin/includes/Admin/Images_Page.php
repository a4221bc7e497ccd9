<?php
/**
 * The Images screen.
 *
 * @package Igny8
 */

namespace Igny8\Admin;

defined( 'ABSPATH' ) || exit;

/**
 * The pictures of articles.
 */
final class Images_Page extends List_Page {

	/**
	 * The grid.
	 */
	protected static function table(): List_Table {
		return new Images_Table();
	}

	/**
	 * Heading and search words.
	 */
	protected static function words(): array {
		return array( __( 'Images', 'igny8' ), __( 'Search images', 'igny8' ) );
	}
}
