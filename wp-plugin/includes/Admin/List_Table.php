<?php
/**
 * What all tables of the backend's rows share.
 *
 * @package Igny8
 */

namespace Igny8\Admin;

use Igny8\Capabilities;
use Igny8\Client;
use WP_Error;
use WP_List_Table;

defined( 'ABSPATH' ) || exit;

/**
 * Fetches one page of a collection; knows status links, filters, sorting, search and paging.
 */
abstract class List_Table extends WP_List_Table {

	const NAME   = '';       // Of a row, for WordPress.
	const PATH   = '';       // Of the collection in the backend.
	const SLUG   = '';       // Of the screen the table stands on.
	const STATUS = 'status'; // What the backend calls the state of a row.

	/** Who may edit and delete rows. */
	const CHANGE = Capabilities::PLAN;

	/** Column → what the backend sorts by. */
	const SORTABLE = array( 'created_at' => 'created_at' );

	/**
	 * Why there are no rows, if the backend could not be asked.
	 *
	 * @var WP_Error|null
	 */
	public $error = null;

	/**
	 * Names the rows for WordPress.
	 */
	public function __construct() {
		parent::__construct(
			array(
				'singular' => static::NAME,
				'plural'   => static::NAME . 's',
				'ajax'     => false,
			)
		);
	}

	/**
	 * Words by status; none where rows have no status.
	 *
	 * @return string[]
	 */
	abstract protected function statuses(): array;

	/**
	 * What an empty list says: words, and the address and label of the next step.
	 *
	 * @return string[]
	 */
	abstract protected function next_step(): array;

	/**
	 * Drop-downs above the table.
	 *
	 * @return array[] Query name → {label, words by value}.
	 */
	protected function filters(): array {
		return array();
	}

	/**
	 * Bulk actions by their name in acts.js, which carries them out.
	 *
	 * @return string[]
	 */
	protected function bulk_acts(): array {
		return array();
	}

	/**
	 * The bulk actions that the current user may carry out.
	 */
	protected function get_bulk_actions(): array {
		return array_filter( $this->bulk_acts(), array( static::class, 'may' ), ARRAY_FILTER_USE_KEY );
	}

	/**
	 * Whether the current user may carry out an act on rows of this kind.
	 */
	public static function may( string $act ): bool {
		return in_array( $act, array( 'edit', 'delete' ), true ) ? current_user_can( static::CHANGE ) : Cells::may( $act );
	}

	/**
	 * Attributes of a row, which the scripts read.
	 *
	 * @param array $item Row.
	 * @return string[]
	 */
	protected function facts( array $item ): array {
		return array( 'title' => (string) ( $item['title'] ?? '' ) );
	}

	/**
	 * Asks the backend for the page that the address names.
	 */
	public function prepare_items(): void {
		$per_page = $this->get_items_per_page( Menu::PER_PAGE, 20 );
		$query    = array(
			'page'         => $this->get_pagenum(),
			'page_size'    => $per_page,
			'search'       => $this->asked( 's' ),
			static::STATUS => $this->current_status(),
			'ordering'     => $this->ordering(),
		);
		$answer   = Client::of_site()->get( static::PATH, $query + $this->chosen(), '' !== $this->asked( 'igny8_retry' ) );
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
	 * A query value of the current address, with the signs a person searched for, such as < and %; it is escaped where
	 * it is written. Reading changes nothing, so no nonce is needed.
	 */
	protected function asked( string $name ): string {
		return isset( $_GET[ $name ] ) && is_string( $_GET[ $name ] ) ? trim( wp_check_invalid_utf8( wp_unslash( $_GET[ $name ] ) ) ) : ''; // phpcs:ignore WordPress.Security
	}

	/**
	 * The chosen status, or ''.
	 */
	public function current_status(): string {
		$status = $this->asked( 'status' );
		return isset( $this->statuses()[ $status ] ) ? $status : '';
	}

	/**
	 * The chosen filters.
	 *
	 * @return string[]
	 */
	private function chosen(): array {
		$chosen = array();
		foreach ( $this->filters() as $name => list( , $words ) ) {
			$value = $this->asked( $name );
			if ( isset( $words[ $value ] ) || wp_is_uuid( $value ) ) {
				$chosen[ $name ] = $value;
			}
		}
		return $chosen;
	}

	/**
	 * How the backend shall sort: newest first unless a column was clicked.
	 */
	private function ordering(): string {
		$by = $this->asked( 'orderby' );
		if ( ! in_array( $by, static::SORTABLE, true ) ) {
			return '-created_at';
		}
		return ( 'desc' === strtolower( $this->asked( 'order' ) ) ? '-' : '' ) . $by;
	}

	/**
	 * Columns that sort.
	 */
	protected function get_sortable_columns(): array {
		return array_map( static fn( $by ) => array( $by, in_array( $by, array( 'created_at', 'volume' ), true ) ), static::SORTABLE );
	}

	/**
	 * Links that filter by status.
	 *
	 * @return string[]
	 */
	protected function get_views(): array {
		$statuses = $this->statuses();
		return $statuses ? List_View::status_links( array( '' => __( 'All', 'igny8' ) ) + $statuses, $this->current_status(), static::SLUG ) : array();
	}

	/**
	 * The drop-downs.
	 *
	 * @param string $which Above or below the table.
	 */
	protected function extra_tablenav( $which ): void {
		if ( 'top' === $which && $this->filters() ) {
			List_View::drop_downs( $this->filters(), $this->chosen() );
		}
	}

	/**
	 * Words for an empty table.
	 */
	public function no_items(): void {
		if ( $this->error ) {
			esc_html_e( 'The list could not be fetched.', 'igny8' );
		} elseif ( '' !== $this->asked( 's' ) || '' !== $this->current_status() || $this->chosen() ) {
			esc_html_e( 'Nothing matches.', 'igny8' );
		} else {
			list( $words, $url, $label ) = $this->next_step() + array( '', '', '' );
			echo esc_html( $words );
			if ( '' !== $url ) {
				printf( ' <a href="%s">%s</a>', esc_url( $url ), esc_html( $label ) );
			}
		}
	}

	/**
	 * A row.
	 *
	 * @param array $item Row.
	 */
	public function single_row( $item ): void {
		echo '<tr' . $this->attributes( $item ) . '>'; // phpcs:ignore WordPress.Security.EscapeOutput -- escaped there.
		$this->single_row_columns( $item );
		echo '</tr>';
	}

	/**
	 * The attributes of a row as HTML.
	 *
	 * @param array $item Row.
	 */
	protected function attributes( array $item ): string {
		$html = '';
		foreach ( $this->facts( $item ) + array( 'id' => (string) ( $item['id'] ?? '' ) ) as $name => $value ) {
			$html .= sprintf( ' data-%s="%s"', esc_attr( $name ), esc_attr( $value ) );
		}
		return $html;
	}

	/**
	 * Row actions, without those that the current user may not carry out.
	 *
	 * @param string[] $actions        Ready HTML by the name of the act, or of something else that everybody may.
	 * @param bool     $always_visible Passed on.
	 */
	protected function row_actions( $actions, $always_visible = false ): string {
		$actions = array_filter( $actions, array( static::class, 'may' ), ARRAY_FILTER_USE_KEY );
		$shown = array_filter( $actions );
		return $shown ? parent::row_actions( $shown, $always_visible ) : parent::handle_row_actions( array(), '', '' );
	}

	/**
	 * The checkbox of a row.
	 *
	 * @param array $item Row.
	 */
	protected function column_cb( $item ): string {
		return Cells::checkbox( (string) ( $item['id'] ?? '' ), $this->facts( $item )['title'] );
	}

	/**
	 * Any column that has no method of its own.
	 *
	 * @param array  $item Row.
	 * @param string $name Column.
	 */
	protected function column_default( $item, $name ): string {
		$value = $item[ $name ] ?? null;
		if ( is_int( $value ) || is_float( $value ) ) {
			return esc_html( number_format_i18n( $value ) );
		}
		return esc_html( is_scalar( $value ) && '' !== $value ? (string) $value : '—' );
	}

	/**
	 * The status in words.
	 *
	 * @param array $item Row.
	 */
	protected function column_status( $item ): string {
		$status = (string) ( $item[ static::STATUS ] ?? '' );
		return Cells::pill( $status, $this->statuses()[ $status ] ?? $status );
	}

	/**
	 * When the row was made.
	 *
	 * @param array $item Row.
	 */
	protected function column_created_at( $item ): string {
		return Cells::time( (string) ( $item['created_at'] ?? '' ) );
	}
}
