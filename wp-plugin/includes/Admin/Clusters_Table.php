<?php
/**
 * The table of clusters.
 *
 * @package Igny8
 */

namespace Igny8\Admin;

use Igny8\Client;

defined( 'ABSPATH' ) || exit;

/**
 * One row a cluster.
 */
final class Clusters_Table extends List_Table {

	const NAME     = 'igny8-cluster';
	const PATH     = '/v1/planner/clusters/';
	const SLUG     = Menu::CLUSTERS;
	const SORTABLE = array(
		'name'       => 'name',
		'created_at' => 'created_at',
	);

	/**
	 * Names of the first hundred clusters by id, for drop-downs; none when the backend is away.
	 *
	 * @return string[]
	 */
	public static function names(): array {
		$answer = Client::of_site()->get( self::PATH, array( 'page_size' => 100, 'ordering' => 'name' ), false ); // phpcs:ignore WordPress.Arrays
		$rows   = is_wp_error( $answer ) ? array() : array_filter( (array) ( $answer['results'] ?? array() ), 'is_array' );
		return array_map( 'strval', array_column( $rows, 'name', 'id' ) );
	}

	/**
	 * Clusters have no status.
	 */
	protected function statuses(): array {
		return array();
	}

	/**
	 * Columns.
	 */
	public function get_columns(): array {
		return array(
			'cb'         => '<input type="checkbox">',
			'name'       => __( 'Cluster', 'igny8' ),
			'keywords'   => __( 'Keywords', 'igny8' ),
			'created_at' => __( 'Made', 'igny8' ),
			'act'        => __( 'Next step', 'igny8' ),
		);
	}

	/**
	 * Bulk actions; acts.js carries them out.
	 */
	protected function bulk_acts(): array {
		return array(
			'ideas'  => __( 'Generate ideas', 'igny8' ),
			'delete' => __( 'Delete', 'igny8' ),
		);
	}

	/**
	 * Where clusters come from.
	 */
	protected function next_step(): array {
		return array( __( 'No clusters yet. Keywords become clusters on the Keywords screen.', 'igny8' ), Menu::url( Menu::KEYWORDS ), __( 'Go to the keywords', 'igny8' ) );
	}

	/**
	 * What the scripts must know.
	 *
	 * @param array $item Cluster.
	 */
	protected function facts( array $item ): array {
		return array(
			'title' => (string) ( $item['name'] ?? '' ),
			'kind'  => 'clusters',
		);
	}

	/**
	 * Name and description.
	 *
	 * @param array $item Cluster.
	 */
	protected function column_name( $item ): string {
		$about = (string) ( $item['description'] ?? '' );
		return '<strong class="row-title" dir="auto">' . esc_html( (string) ( $item['name'] ?? '' ) ) . '</strong>'
			. ( '' === $about ? '' : '<p class="igny8-excerpt" dir="auto">' . esc_html( $about ) . '</p>' );
	}

	/**
	 * Row actions below the name.
	 *
	 * @param array  $item    Cluster.
	 * @param string $column  Column being drawn.
	 * @param string $primary The one that carries the actions.
	 */
	protected function handle_row_actions( $item, $column, $primary ): string {
		if ( $column !== $primary ) {
			return '';
		}
		$name    = (string) ( $item['name'] ?? '' );
		$ids     = array( $item['id'] );
		$actions = array(
			'edit'   => Cells::act( __( 'Edit', 'igny8' ), 'edit', $ids, $name ),
			'show'   => Cells::link( Menu::url( Menu::IDEAS, array( 'cluster_id' => $item['id'] ) ), __( 'Show ideas', 'igny8' ) ),
			'delete' => Cells::act( __( 'Delete', 'igny8' ), 'delete', $ids, $name, 'button-link igny8-danger' ),
		);
		return $this->row_actions( $actions );
	}

	/**
	 * The keywords inside, fetched by lists.js when they are unfolded.
	 *
	 * @param array $item Cluster.
	 */
	protected function column_keywords( $item ): string {
		$count = (int) ( $item['keyword_count'] ?? 0 );
		/* translators: %d: number of keywords. */
		$words = sprintf( _n( '%d keyword', '%d keywords', $count, 'igny8' ), $count );
		if ( 0 === $count ) {
			return esc_html( $words );
		}
		return sprintf( '<details class="igny8-inside" data-cluster="%s"><summary>%s</summary><p class="igny8-excerpt"></p></details>', esc_attr( $item['id'] ), esc_html( $words ) );
	}

	/**
	 * The one button that moves the cluster on.
	 *
	 * @param array $item Cluster.
	 */
	protected function column_act( $item ): string {
		if ( empty( $item['keyword_count'] ) ) {
			return '—';
		}
		return Cells::act( __( 'Generate ideas', 'igny8' ), 'ideas', array( $item['id'] ), (string) ( $item['name'] ?? '' ), 'button button-primary' );
	}
}
