<?php
/**
 * The Clusters screen.
 *
 * @package Igny8
 */

namespace Igny8\Admin;

defined( 'ABSPATH' ) || exit;

/**
 * Groups of keywords that one page answers.
 */
final class Clusters_Page extends List_Page {

	/**
	 * The table.
	 */
	protected static function table(): List_Table {
		return new Clusters_Table();
	}

	/**
	 * Heading and search words.
	 */
	protected static function words(): array {
		return array( __( 'Clusters', 'igny8' ), __( 'Search clusters', 'igny8' ) );
	}

	/**
	 * Export, and ideas for all that have none.
	 */
	protected static function buttons(): string {
		return self::exporter( 'clusters' ) . self::button_for_all( __( 'Generate ideas for all without ideas', 'igny8' ), 'ideas_all' );
	}
}
