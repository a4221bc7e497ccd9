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
		echo '<div id="igny8-list" tabindex="-1">';
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

	/**
	 * Links that filter by status.
	 *
	 * @param string[] $statuses Words by status.
	 * @return string[]
	 */
	public static function status_links( array $statuses, string $chosen, string $slug ): array {
		$links = array();
		foreach ( $statuses as $status => $words ) {
			$url              = Menu::url( $slug, '' === $status ? array() : array( 'status' => $status ) );
			$links[ $status ] = sprintf( '<a href="%s"%s>%s</a>', esc_url( $url ), $status === $chosen ? ' class="current" aria-current="page"' : '', esc_html( $words ) );
		}
		return $links;
	}

	/**
	 * Draws the filters above a table.
	 *
	 * @param array[]  $filters Query name → {label, words by value}.
	 * @param string[] $chosen  Values by query name.
	 */
	public static function drop_downs( array $filters, array $chosen ): void {
		echo '<div class="alignleft actions">';
		foreach ( $filters as $name => list( $label, $words ) ) {
			printf( '<label class="screen-reader-text" for="igny8-by-%1$s">%2$s</label><select id="igny8-by-%1$s" name="%1$s"><option value="">%2$s</option>', esc_attr( $name ), esc_html( $label ) );
			foreach ( $words as $value => $word ) {
				printf( '<option value="%s"%s>%s</option>', esc_attr( $value ), selected( $chosen[ $name ] ?? '', (string) $value, false ), esc_html( $word ) );
			}
			echo '</select>';
		}
		submit_button( __( 'Filter', 'igny8' ), '', 'filter_action', false );
		echo '</div>';
	}
}
