<?php
/**
 * What the tables of tasks and content share: a page of rows that the backend holds.
 *
 * @package Igny8
 */

namespace Igny8\Admin;

use Igny8\Client;
use WP_Error;
use WP_List_Table;

defined( 'ABSPATH' ) || exit;

/**
 * Fetches one page, knows status links, search and paging.
 */
abstract class List_Table extends WP_List_Table {

	/**
	 * Why there are no rows, if the backend could not be asked.
	 *
	 * @var WP_Error|null
	 */
	public $error = null;

	/**
	 * Path of the collection in the backend.
	 */
	abstract protected function path(): string;

	/**
	 * Words by status.
	 *
	 * @return string[]
	 */
	abstract protected function statuses(): array;

	/**
	 * Slug of the screen the table stands on.
	 */
	abstract protected function screen_slug(): string;

	/**
	 * Asks the backend for the page that the address names.
	 */
	public function prepare_items(): void {
		$per_page = $this->get_items_per_page( Menu::PER_PAGE, 20 );
		$answer   = Client::of_site()->get(
			$this->path(),
			array(
				'page'      => $this->get_pagenum(),
				'page_size' => $per_page,
				'search'    => $this->asked( 's' ),
				'status'    => $this->current_status(),
				'ordering'  => '-created_at',
			),
			'' !== $this->asked( 'igny8_retry' )
		);
		if ( is_wp_error( $answer ) ) {
			$this->error = $answer;
			return;
		}
		$this->items = array_filter( (array) ( $answer['results'] ?? array() ), 'is_array' );
		$this->set_pagination_args(
			array(
				'total_items' => (int) ( $answer['count'] ?? count( $this->items ) ),
				'per_page'    => $per_page,
			)
		);
	}

	/**
	 * A query value of the current address; reading changes nothing, so no nonce is needed.
	 */
	protected function asked( string $name ): string {
		return isset( $_GET[ $name ] ) && is_string( $_GET[ $name ] ) ? sanitize_text_field( wp_unslash( $_GET[ $name ] ) ) : ''; // phpcs:ignore WordPress.Security.NonceVerification
	}

	/**
	 * The chosen status, or ''.
	 */
	protected function current_status(): string {
		$status = $this->asked( 'status' );
		return isset( $this->statuses()[ $status ] ) ? $status : '';
	}

	/**
	 * Links that filter by status.
	 *
	 * @return string[]
	 */
	protected function get_views(): array {
		$views = array();
		foreach ( array( '' => __( 'All', 'igny8' ) ) + $this->statuses() as $status => $words ) {
			$current         = $status === $this->current_status();
			$views[ $status ] = sprintf(
				'<a href="%s"%s>%s</a>',
				esc_url( Menu::url( $this->screen_slug(), '' === $status ? array() : array( 'status' => $status ) ) ),
				$current ? ' class="current" aria-current="page"' : '',
				esc_html( $words )
			);
		}
		return $views;
	}

	/**
	 * The checkbox of a row.
	 *
	 * @param array $item Row.
	 */
	protected function column_cb( $item ): string {
		return sprintf(
			'<label class="screen-reader-text" for="igny8-%1$s">%2$s</label><input type="checkbox" id="igny8-%1$s" name="ids[]" value="%1$s">',
			esc_attr( $item['id'] ?? '' ),
			/* translators: %s: title of the row. */
			esc_html( sprintf( __( 'Select “%s”', 'igny8' ), $item['title'] ?? '' ) )
		);
	}

	/**
	 * Any column that has no method of its own.
	 *
	 * @param array  $item Row.
	 * @param string $name Column.
	 */
	protected function column_default( $item, $name ): string {
		return esc_html( is_scalar( $item[ $name ] ?? null ) ? (string) $item[ $name ] : '—' );
	}

	/**
	 * The status in words.
	 *
	 * @param array $item Row.
	 */
	protected function column_status( $item ): string {
		$status = (string) ( $item['status'] ?? '' );
		return sprintf( '<span class="igny8-status is-%s">%s</span>', esc_attr( $status ), esc_html( $this->statuses()[ $status ] ?? $status ) );
	}

	/**
	 * When the row was made.
	 *
	 * @param array $item Row.
	 */
	protected function column_created_at( $item ): string {
		$time = strtotime( (string) ( $item['created_at'] ?? '' ) );
		if ( ! $time ) {
			return '—';
		}
		/* translators: %s: a span of time such as "2 hours". */
		$ago = sprintf( __( '%s ago', 'igny8' ), human_time_diff( $time ) );
		return sprintf( '<time datetime="%s" title="%s">%s</time>', esc_attr( gmdate( 'c', $time ) ), esc_attr( wp_date( get_option( 'date_format' ) . ' ' . get_option( 'time_format' ), $time ) ), esc_html( $ago ) );
	}

	/**
	 * A button that jobs.js listens to.
	 *
	 * @param string   $words Label.
	 * @param string   $act   generate, images, publish or follow.
	 * @param string[] $ids   Ids the work is for.
	 * @param string   $title Title of the row, for screen readers and the dialog.
	 * @param string   $css   Extra classes.
	 */
	protected function act( string $words, string $act, array $ids, string $title, string $css = 'button-link' ): string {
		return sprintf(
			'<button type="button" class="%s" data-igny8-act="%s" data-ids="%s" data-title="%s">%s<span class="screen-reader-text"> “%s”</span></button>',
			esc_attr( $css ),
			esc_attr( $act ),
			esc_attr( implode( ',', $ids ) ),
			esc_attr( $title ),
			esc_html( $words ),
			esc_html( $title )
		);
	}

	/**
	 * Links to view and edit a post.
	 *
	 * @param array $content With wp_post_id, wp_link, wp_edit_link.
	 */
	protected function post_links( array $content ): string {
		if ( empty( $content['wp_post_id'] ) ) {
			return '—';
		}
		$links = array();
		foreach ( array( 'wp_link' => __( 'View post', 'igny8' ), 'wp_edit_link' => __( 'Edit post', 'igny8' ) ) as $key => $words ) { // phpcs:ignore WordPress.Arrays
			if ( ! empty( $content[ $key ] ) ) {
				$links[] = sprintf( '<a href="%s">%s</a>', esc_url( $content[ $key ] ), esc_html( $words ) );
			}
		}
		return implode( ' <span aria-hidden="true">|</span> ', $links );
	}
}
