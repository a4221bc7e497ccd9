<?php
/**
 * A list table with its notice, filters and search, as lists.js expects it.
 *
 * @package Igny8
 */

namespace Igny8\Admin;

defined( 'ABSPATH' ) || exit;

/**
 * The part of a screen that is fetched again when work has finished.
 */
final class List_View {

	/**
	 * Takes the remains of a search form out of the address, before anything is drawn.
	 */
	public static function tidy_address(): void {
		$left = array( '_wp_http_referer', '_wpnonce', 'action', 'action2', 'ids', 'filter_action' );
		if ( isset( $_GET['_wp_http_referer'] ) ) { // phpcs:ignore WordPress.Security.NonceVerification
			wp_safe_redirect( remove_query_arg( $left ) );
			exit;
		}
	}

	/**
	 * Draws a prepared table.
	 */
	public static function render( List_Table $table, string $search ): void {
		echo '<div id="igny8-list">';
		if ( $table->error ) {
			Screen::failure( $table->error );
		}
		$table->views();
		printf( '<form method="get" class="igny8-list-form"><input type="hidden" name="page" value="%s">', esc_attr( $table::SLUG ) );
		if ( '' !== $table->current_status() ) {
			printf( '<input type="hidden" name="status" value="%s">', esc_attr( $table->current_status() ) );
		}
		$table->search_box( $search, 'igny8' );
		$table->display();
		echo '</form></div>';
	}
}
