<?php
/**
 * All keywords as a CSV file.
 *
 * @package Igny8
 */

namespace Igny8\Admin;

use Igny8\Capabilities;
use Igny8\Client;

defined( 'ABSPATH' ) || exit;

/**
 * Reads the collection page by page and writes it to the browser.
 */
final class Keyword_Export {

	const ACTION  = 'igny8_export_keywords';
	const COLUMNS = array( 'keyword', 'volume', 'difficulty', 'intent', 'sector', 'cluster_name' );
	const PAGES   = 100; // Of 100 rows: what an import takes at once.

	/**
	 * Where the file is.
	 */
	public static function url(): string {
		return wp_nonce_url( admin_url( 'admin-post.php?action=' . self::ACTION ), self::ACTION );
	}

	/**
	 * Sends the file.
	 */
	public static function send(): void {
		check_admin_referer( self::ACTION );
		if ( ! current_user_can( Capabilities::SEE ) ) {
			wp_die( esc_html__( 'You are not allowed to do this.', 'igny8' ), '', array( 'response' => 403 ) );
		}
		$rows = self::rows();
		if ( is_wp_error( $rows ) ) {
			wp_die( esc_html( $rows->get_error_message() ), '', array( 'response' => 502, 'back_link' => true ) ); // phpcs:ignore WordPress.Arrays
		}
		nocache_headers();
		header( 'Content-Type: text/csv; charset=utf-8' );
		header( 'Content-Disposition: attachment; filename="keywords-' . gmdate( 'Y-m-d' ) . '.csv"' );
		echo self::csv( $rows ); // phpcs:ignore WordPress.Security.EscapeOutput -- a CSV file, not HTML.
		exit;
	}

	/**
	 * Every keyword of the site.
	 *
	 * @return array[]|\WP_Error
	 */
	private static function rows() {
		$rows = array();
		for ( $page = 1; $page <= self::PAGES; $page++ ) {
			$answer = Client::of_site()->get( '/v1/planner/keywords/', array( 'page' => $page, 'page_size' => 100, 'ordering' => 'keyword' ) ); // phpcs:ignore WordPress.Arrays
			if ( is_wp_error( $answer ) ) {
				return $answer;
			}
			$rows = array_merge( $rows, (array) ( $answer['results'] ?? array() ) );
			if ( count( $rows ) >= (int) ( $answer['count'] ?? 0 ) ) {
				break;
			}
		}
		return $rows;
	}

	/**
	 * Rows as CSV with a mark by which spreadsheets know UTF-8; no cell can start a formula.
	 *
	 * @param array[] $rows Keywords.
	 */
	public static function csv( array $rows ): string {
		$lines = array( array( 'keyword', 'volume', 'difficulty', 'intent', 'sector', 'cluster' ) );
		foreach ( $rows as $row ) {
			$lines[] = array_map( static fn( $name ) => self::cell( $row[ $name ] ?? '' ), self::COLUMNS );
		}
		$write = static fn( array $cells ) => '"' . implode( '","', str_replace( '"', '""', $cells ) ) . "\"\r\n";
		return "\xEF\xBB\xBF" . implode( '', array_map( $write, $lines ) );
	}

	/**
	 * One cell.
	 *
	 * @param mixed $value Of the backend.
	 */
	private static function cell( $value ): string {
		$text = is_scalar( $value ) ? (string) $value : '';
		return '' !== $text && false !== strpos( "=+-@\t\r", $text[0] ) && ! is_numeric( $text ) ? "'" . $text : $text;
	}
}
