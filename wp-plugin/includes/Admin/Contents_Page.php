<?php
/**
 * The Content screen.
 *
 * @package Igny8
 */

namespace Igny8\Admin;

defined( 'ABSPATH' ) || exit;

/**
 * What has been written, and where it stands.
 */
final class Contents_Page extends List_Page {

	/**
	 * The table.
	 */
	protected static function table(): List_Table {
		return new Contents_Table();
	}

	/**
	 * Heading and search words.
	 */
	protected static function words(): array {
		return array( __( 'Content', 'igny8' ), __( 'Search content', 'igny8' ) );
	}
}
