<?php
/**
 * All rows of a list as a CSV file.
 *
 * @package Igny8
 */

namespace Igny8\Admin;

use Igny8\Capabilities;
use Igny8\Client;
use Igny8\Rest\Rows_Controller;
use WP_Error;

defined( 'ABSPATH' ) || exit;

/**
 * Reads a collection page by page and writes it to the browser.
 */
final class List_Export {

	const ACTION = 'igny8_export_';
	const PAGES  = 500; // Of 100 rows.

	/** Kind → what it is sorted by, and heading → where the value stands in a row. Keywords can be imported again. */
	const LISTS = array(
		'keywords' => array( 'keyword', array( 'keyword' => 'keyword', 'volume' => 'volume', 'difficulty' => 'difficulty', 'intent' => 'intent', 'sector' => 'sector', 'cluster' => 'cluster_name' ) ), // phpcs:ignore WordPress.Arrays
		'clusters' => array( 'name', array( 'name' => 'name', 'description' => 'description', 'sector' => 'sector', 'keywords' => 'keyword_count', 'created' => 'created_at' ) ), // phpcs:ignore WordPress.Arrays
		'ideas'    => array( 'created_at', array( 'title' => 'title', 'description' => 'description', 'keywords' => 'target_keywords', 'type' => 'content_type', 'words' => 'word_count', 'status' => 'status', 'created' => 'created_at' ) ), // phpcs:ignore WordPress.Arrays
		'tasks'    => array( 'created_at', array( 'title' => 'title', 'description' => 'description', 'keywords' => 'keywords', 'type' => 'content_type', 'words' => 'word_count', 'status' => 'status', 'post' => 'content.wp_link', 'created' => 'created_at' ) ), // phpcs:ignore WordPress.Arrays
		'contents' => array( 'created_at', array( 'title' => 'title', 'excerpt' => 'excerpt', 'words' => 'word_count', 'status' => 'status', 'post status' => 'wp_status', 'post' => 'wp_link', 'goes public' => 'publish_at', 'created' => 'created_at' ) ), // phpcs:ignore WordPress.Arrays
	);

	/**
	 * Hooks: one form handler a list.
	 */
	public static function boot(): void {
		foreach ( array_keys( self::LISTS ) as $kind ) {
			add_action( 'admin_post_' . self::ACTION . $kind, static fn() => self::send( $kind ) );
		}
	}

	/**
	 * Where the file is.
	 */
	public static function url( string $kind ): string {
		return wp_nonce_url( admin_url( 'admin-post.php?action=' . self::ACTION . $kind ), self::ACTION . $kind );
	}

	/**
	 * Sends the file.
	 */
	private static function send( string $kind ): void {
		check_admin_referer( self::ACTION . $kind );
		if ( ! current_user_can( Capabilities::SEE ) ) {
			wp_die( esc_html__( 'You are not allowed to do this.', 'igny8' ), '', array( 'response' => 403 ) );
		}
		$rows = self::rows( $kind );
		if ( is_wp_error( $rows ) ) {
			wp_die( esc_html( $rows->get_error_message() ), '', array( 'response' => 502, 'back_link' => true ) ); // phpcs:ignore WordPress.Arrays
		}
		nocache_headers();
		header( 'Content-Type: text/csv; charset=utf-8' );
		header( 'Content-Disposition: attachment; filename="igny8-' . $kind . '-' . gmdate( 'Y-m-d' ) . '.csv"' );
		echo self::csv( $kind, $rows ); // phpcs:ignore WordPress.Security.EscapeOutput -- a CSV file, not HTML.
		exit;
	}

	/**
	 * Every row of the site; an error rather than a part of them.
	 *
	 * @return array[]|WP_Error
	 */
	public static function rows( string $kind ) {
		$rows = array();
		for ( $page = 1; $page <= self::PAGES; $page++ ) {
			$answer = Client::of_site()->get( Rows_Controller::PATHS[ $kind ], array( 'page' => $page, 'page_size' => 100, 'ordering' => self::LISTS[ $kind ][0] ) ); // phpcs:ignore WordPress.Arrays
			if ( is_wp_error( $answer ) ) {
				return $answer;
			}
			$found = array_filter( (array) ( $answer['results'] ?? array() ), 'is_array' );
			$rows  = array_merge( $rows, $found );
			if ( ! $found || count( $rows ) >= (int) ( $answer['count'] ?? 0 ) ) {
				return $rows;
			}
		}
		/* translators: %s: number of rows. */
		return new WP_Error( 'igny8_too_many', sprintf( __( 'There are more than %s rows: too many for one file.', 'igny8' ), number_format_i18n( self::PAGES * 100 ) ) );
	}

	/**
	 * Rows as CSV with a mark by which spreadsheets know UTF-8; no cell can start a formula.
	 *
	 * @param string  $kind Of the list.
	 * @param array[] $rows Of the backend.
	 */
	public static function csv( string $kind, array $rows ): string {
		$columns = self::LISTS[ $kind ][1];
		$lines   = array( array_keys( $columns ) );
		foreach ( $rows as $row ) {
			$lines[] = array_map( static fn( $path ) => self::cell( self::value( $row, $path ) ), array_values( $columns ) );
		}
		$write = static fn( array $cells ) => '"' . implode( '","', str_replace( '"', '""', $cells ) ) . "\"\r\n";
		return "\xEF\xBB\xBF" . implode( '', array_map( $write, $lines ) );
	}

	/**
	 * A value of a row.
	 *
	 * @param array  $row  Of the backend.
	 * @param string $path Names with dots between.
	 * @return mixed
	 */
	private static function value( array $row, string $path ) {
		$value = $row;
		foreach ( explode( '.', $path ) as $name ) {
			$value = is_array( $value ) ? $value[ $name ] ?? '' : '';
		}
		return is_array( $value ) ? implode( ', ', array_filter( $value, 'is_scalar' ) ) : $value;
	}

	/**
	 * One cell; what a spreadsheet would take for a formula becomes text.
	 *
	 * @param mixed $value Of the backend.
	 */
	private static function cell( $value ): string {
		$text = is_scalar( $value ) ? (string) $value : '';
		return preg_match( '/^[=+\-@\t\r\n＝＋－＠]/u', $text ) && ! is_numeric( $text ) ? "'" . $text : $text;
	}
}
