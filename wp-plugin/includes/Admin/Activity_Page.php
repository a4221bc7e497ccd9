<?php
/**
 * The Activity screen.
 *
 * @package Igny8
 */

namespace Igny8\Admin;

defined( 'ABSPATH' ) || exit;

/**
 * What has been running, and how it went.
 */
final class Activity_Page extends List_Page {

	/**
	 * The table.
	 */
	protected static function table(): List_Table {
		return new Activity_Table();
	}

	/**
	 * Heading and search words.
	 */
	protected static function words(): array {
		return array( __( 'Activity', 'igny8' ), __( 'Search activity', 'igny8' ) );
	}
}
