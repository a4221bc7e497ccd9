<?php
/**
 * What the screens with a list have in common.
 *
 * @package Igny8
 */

namespace Igny8\Admin;

use Igny8\Capabilities;
use Igny8\Options;

defined( 'ABSPATH' ) || exit;

/**
 * A table of the backend's rows, with what stands above it.
 */
abstract class List_Page {

	/**
	 * The table, made before the screen options are drawn.
	 *
	 * @var List_Table|null
	 */
	private static $table = null;

	/**
	 * Makes the table.
	 */
	abstract protected static function table(): List_Table;

	/**
	 * Heading of the screen and words of the search box.
	 *
	 * @return string[] {title, search}
	 */
	abstract protected static function words(): array;

	/**
	 * Ready HTML of buttons beside the heading.
	 */
	protected static function buttons(): string {
		return '';
	}

	/**
	 * Draws forms above the table.
	 */
	protected static function above(): void {}

	/**
	 * Before the screen is drawn.
	 */
	public static function load(): void {
		List_View::tidy_address();
		Menu::offer_per_page();
		if ( Options::has_key() ) {
			self::$table = static::table();
		}
	}

	/**
	 * Draws the screen.
	 */
	public static function render(): void {
		list( $title, $search ) = static::words();
		Screen::open( $title, Options::has_key() ? static::buttons() : '' );
		if ( Screen::is_connected() ) {
			static::above();
			self::$table->prepare_items();
			List_View::render( self::$table, $search );
		}
		Screen::close();
	}

	/**
	 * A link to all rows as a file.
	 *
	 * @param string $kind Of List_Export.
	 */
	protected static function exporter( string $kind ): string {
		return sprintf( '<a class="page-title-action" href="%s">%s</a>', esc_url( List_Export::url( $kind ) ), esc_html__( 'Export CSV', 'igny8' ) );
	}

	/**
	 * A button that shows and hides a form above the table.
	 */
	protected static function opener( string $words, string $form ): string {
		return ! current_user_can( Capabilities::PLAN ) ? '' : sprintf( '<button type="button" disabled class="page-title-action igny8-opener" aria-expanded="false" aria-controls="%s">%s</button>', esc_attr( $form ), esc_html( $words ) );
	}

	/**
	 * A button for all rows of a kind, whatever the page shows.
	 *
	 * @param string $words Label.
	 * @param string $act   Name in acts.js.
	 */
	protected static function button_for_all( string $words, string $act ): string {
		return ! Cells::may( $act ) ? '' : sprintf( '<button type="button" disabled class="page-title-action" data-igny8-act="%s">%s</button>', esc_attr( $act ), esc_html( $words ) );
	}
}
