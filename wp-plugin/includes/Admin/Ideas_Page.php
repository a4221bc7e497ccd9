<?php
/**
 * The Ideas screen.
 *
 * @package Igny8
 */

namespace Igny8\Admin;

defined( 'ABSPATH' ) || exit;

/**
 * Articles that could be written.
 */
final class Ideas_Page extends List_Page {

	/**
	 * The table.
	 */
	protected static function table(): List_Table {
		return new Ideas_Table();
	}

	/**
	 * Heading and search words.
	 */
	protected static function words(): array {
		return array( __( 'Ideas', 'igny8' ), __( 'Search ideas', 'igny8' ) );
	}

	/**
	 * Export.
	 */
	protected static function buttons(): string {
		return self::exporter( 'ideas' );
	}
}
