<?php
/**
 * The Content screen.
 *
 * @package Igny8
 */

namespace Igny8\Admin;

use Igny8\Options;

defined( 'ABSPATH' ) || exit;

/**
 * What has been written, and where it stands.
 */
final class Contents_Page {

	/**
	 * The table, made before the screen options are drawn.
	 *
	 * @var Contents_Table|null
	 */
	private static $table = null;

	/**
	 * Before the screen is drawn.
	 */
	public static function load(): void {
		List_View::tidy_address();
		Menu::offer_per_page();
		if ( Options::has_key() ) {
			self::$table = new Contents_Table();
		}
	}

	/**
	 * Draws the screen.
	 */
	public static function render(): void {
		Screen::open( __( 'Content', 'igny8' ) );
		if ( Screen::is_connected() ) {
			self::$table->prepare_items();
			List_View::render( self::$table, Menu::CONTENTS, __( 'Search content', 'igny8' ) );
		}
		Screen::close();
	}
}
