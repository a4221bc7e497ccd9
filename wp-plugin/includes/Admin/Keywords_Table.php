<?php
/**
 * The table of keywords.
 *
 * @package Igny8
 */

namespace Igny8\Admin;

defined( 'ABSPATH' ) || exit;

/**
 * One row a keyword.
 */
final class Keywords_Table extends List_Table {

	const NAME     = 'igny8-keyword';
	const PATH     = '/v1/planner/keywords/';
	const SLUG     = Menu::KEYWORDS;
	const SORTABLE = array(
		'keyword'    => 'keyword',
		'volume'     => 'volume',
		'difficulty' => 'difficulty',
		'created_at' => 'created_at',
	);

	/**
	 * Names of the first clusters, by id; fetched once.
	 *
	 * @var string[]|null
	 */
	private $clusters = null;

	/**
	 * Words by status.
	 */
	protected function statuses(): array {
		return array(
			'new'    => __( 'Without a cluster', 'igny8' ),
			'mapped' => __( 'In a cluster', 'igny8' ),
		);
	}

	/**
	 * Columns.
	 */
	public function get_columns(): array {
		return array(
			'cb'         => '<input type="checkbox">',
			'keyword'    => __( 'Keyword', 'igny8' ),
			'status'     => __( 'Status', 'igny8' ),
			'cluster'    => __( 'Cluster', 'igny8' ),
			'volume'     => __( 'Volume', 'igny8' ),
			'difficulty' => __( 'Difficulty', 'igny8' ),
			'intent'     => __( 'Intent', 'igny8' ),
			'created_at' => __( 'Added', 'igny8' ),
		);
	}

	/**
	 * Drop-downs: by intent and by cluster.
	 */
	protected function filters(): array {
		return array(
			'intent'     => array(
				__( 'Any intent', 'igny8' ),
				array(
					'informational' => __( 'Informational', 'igny8' ),
					'navigational'  => __( 'Navigational', 'igny8' ),
					'commercial'    => __( 'Commercial', 'igny8' ),
					'transactional' => __( 'Transactional', 'igny8' ),
				),
			),
			'cluster_id' => array( __( 'Any cluster', 'igny8' ), $this->clusters() ),
		);
	}

	/**
	 * Clusters to choose from; none when the backend is away.
	 */
	private function clusters(): array {
		if ( null === $this->clusters ) {
			$this->clusters = Clusters_Table::names();
		}
		return $this->clusters;
	}

	/**
	 * Bulk actions; acts.js carries them out.
	 */
	protected function bulk_acts(): array {
		return array(
			'cluster' => __( 'Cluster', 'igny8' ),
			'delete'  => __( 'Delete', 'igny8' ),
		);
	}

	/**
	 * Where keywords come from.
	 */
	protected function next_step(): array {
		return array( __( 'No keywords yet. Press “Add keywords” above and paste a list, or choose a CSV file.', 'igny8' ) );
	}

	/**
	 * What the scripts must know.
	 *
	 * @param array $item Keyword.
	 */
	protected function facts( array $item ): array {
		return array(
			'title' => (string) ( $item['keyword'] ?? '' ),
			'kind'  => 'keywords',
		);
	}

	/**
	 * The keyword.
	 *
	 * @param array $item Keyword.
	 */
	protected function column_keyword( $item ): string {
		return '<strong class="row-title" dir="auto">' . esc_html( (string) ( $item['keyword'] ?? '' ) ) . '</strong>';
	}

	/**
	 * Row actions below the keyword.
	 *
	 * @param array  $item    Keyword.
	 * @param string $column  Column being drawn.
	 * @param string $primary The one that carries the actions.
	 */
	protected function handle_row_actions( $item, $column, $primary ): string {
		if ( $column !== $primary ) {
			return '';
		}
		$words   = (string) ( $item['keyword'] ?? '' );
		$ids     = array( $item['id'] );
		$actions = array(
			'edit'    => Cells::act( __( 'Edit', 'igny8' ), 'edit', $ids, $words ),
			'cluster' => Cells::act( __( 'Cluster', 'igny8' ), 'cluster', $ids, $words ),
			'delete'  => Cells::act( __( 'Delete', 'igny8' ), 'delete', $ids, $words, 'button-link igny8-danger' ),
		);
		return $this->row_actions( $actions );
	}

	/**
	 * Whether it is in a cluster; the cluster itself says so.
	 *
	 * @param array $item Keyword.
	 */
	protected function column_status( $item ): string {
		$status = empty( $item['cluster_id'] ) ? 'new' : 'mapped';
		return Cells::pill( $status, $this->statuses()[ $status ] );
	}

	/**
	 * The cluster, as a link to what else is in it.
	 *
	 * @param array $item Keyword.
	 */
	protected function column_cluster( $item ): string {
		if ( empty( $item['cluster_id'] ) ) {
			return '—';
		}
		return Cells::link( Menu::url( Menu::KEYWORDS, array( 'cluster_id' => $item['cluster_id'] ) ), (string) ( $item['cluster_name'] ?? __( 'Show', 'igny8' ) ) );
	}
}
