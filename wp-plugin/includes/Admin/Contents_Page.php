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

	/**
	 * Export.
	 */
	protected static function buttons(): string {
		return self::exporter( 'contents' );
	}

	/**
	 * Draws the list, or the article that the address names.
	 */
	public static function render(): void {
		$id = isset( $_GET['content'] ) && is_string( $_GET['content'] ) ? sanitize_key( wp_unslash( $_GET['content'] ) ) : ''; // phpcs:ignore WordPress.Security.NonceVerification
		if ( ! wp_is_uuid( $id ) ) {
			parent::render();
			return;
		}
		Screen::open( __( 'Review', 'igny8' ) );
		if ( Screen::is_connected() ) {
			Content_Review::render( $id );
		}
		Screen::close();
	}
}
