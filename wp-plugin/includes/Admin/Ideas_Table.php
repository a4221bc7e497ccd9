<?php
/**
 * The table of ideas.
 *
 * @package Igny8
 */

namespace Igny8\Admin;

defined( 'ABSPATH' ) || exit;

/**
 * One row an idea.
 */
final class Ideas_Table extends List_Table {

	const NAME     = 'igny8-idea';
	const PATH     = '/v1/planner/ideas/';
	const SLUG     = Menu::IDEAS;
	const SORTABLE = array(
		'title'      => 'title',
		'word_count' => 'word_count',
		'created_at' => 'created_at',
	);

	/**
	 * Names of the first clusters by id; fetched once.
	 *
	 * @var string[]|null
	 */
	private $clusters = null;

	/**
	 * Words by status.
	 */
	protected function statuses(): array {
		return array(
			'new'  => __( 'New', 'igny8' ),
			'used' => __( 'Task made', 'igny8' ),
		);
	}

	/**
	 * Columns.
	 */
	public function get_columns(): array {
		return array(
			'cb'              => '<input type="checkbox">',
			'title'           => __( 'Idea', 'igny8' ),
			'status'          => __( 'Status', 'igny8' ),
			'cluster'         => __( 'Cluster', 'igny8' ),
			'target_keywords' => __( 'Keywords', 'igny8' ),
			'word_count'      => __( 'Words', 'igny8' ),
			'created_at'      => __( 'Made', 'igny8' ),
			'act'             => __( 'Next step', 'igny8' ),
		);
	}

	/**
	 * Drop-down: by cluster.
	 */
	protected function filters(): array {
		return array( 'cluster_id' => array( __( 'Any cluster', 'igny8' ), $this->clusters() ) );
	}

	/**
	 * Clusters to choose from.
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
			'create_tasks' => __( 'Create tasks', 'igny8' ),
			'delete'       => __( 'Delete', 'igny8' ),
		);
	}

	/**
	 * Where ideas come from.
	 */
	protected function next_step(): array {
		return array( __( 'No ideas yet. Clusters become ideas on the Clusters screen.', 'igny8' ), Menu::url( Menu::CLUSTERS ), __( 'Go to the clusters', 'igny8' ) );
	}

	/**
	 * What the scripts must know.
	 *
	 * @param array $item Idea.
	 */
	protected function facts( array $item ): array {
		return array(
			'title' => (string) ( $item['title'] ?? '' ),
			'kind'  => 'ideas',
		);
	}

	/**
	 * Title, what it nearly repeats, what it is about, and its outline.
	 *
	 * @param array $item Idea.
	 */
	protected function column_title( $item ): string {
		$about = (string) ( $item['description'] ?? '' );
		return '<strong class="row-title" dir="auto">' . esc_html( (string) ( $item['title'] ?? '' ) ) . '</strong>'
			. self::repeats( (array) ( $item['near_duplicates'] ?? array() ) )
			. ( '' === $about ? '' : '<p class="igny8-excerpt" dir="auto">' . esc_html( wp_trim_words( $about, 30 ) ) . '</p>' )
			. Cells::outline( (array) ( $item['outline'] ?? array() ) );
	}

	/**
	 * The flag of a near-duplicate, naming what is repeated.
	 *
	 * @param array $others List of {kind, title}.
	 */
	private static function repeats( array $others ): string {
		$titles = array_filter( array_column( array_filter( $others, 'is_array' ), 'title' ) );
		if ( ! $titles ) {
			return '';
		}
		return '<p class="igny8-flag"><strong>' . esc_html__( 'Nearly the same as:', 'igny8' ) . '</strong> <span dir="auto">' . esc_html( implode( '; ', array_slice( $titles, 0, 3 ) ) ) . '</span></p>';
	}

	/**
	 * Row actions below the title.
	 *
	 * @param array  $item    Idea.
	 * @param string $column  Column being drawn.
	 * @param string $primary The one that carries the actions.
	 */
	protected function handle_row_actions( $item, $column, $primary ): string {
		if ( $column !== $primary ) {
			return '';
		}
		$title = (string) ( $item['title'] ?? '' );
		return $this->row_actions(
			array(
				'edit'   => Cells::act( __( 'Edit', 'igny8' ), 'edit', array( $item['id'] ), $title ),
				'delete' => Cells::act( __( 'Delete', 'igny8' ), 'delete', array( $item['id'] ), $title, 'button-link igny8-danger' ),
			)
		);
	}

	/**
	 * The cluster by name.
	 *
	 * @param array $item Idea.
	 */
	protected function column_cluster( $item ): string {
		$name = $this->clusters()[ $item['cluster_id'] ?? '' ] ?? '';
		return '' === $name ? '—' : Cells::link( Menu::url( Menu::IDEAS, array( 'cluster_id' => $item['cluster_id'] ) ), $name );
	}

	/**
	 * Keywords.
	 *
	 * @param array $item Idea.
	 */
	protected function column_target_keywords( $item ): string {
		return Cells::joined( $item['target_keywords'] ?? array() );
	}

	/**
	 * The one button that moves the idea on.
	 *
	 * @param array $item Idea.
	 */
	protected function column_act( $item ): string {
		if ( 'used' === ( $item['status'] ?? '' ) ) {
			return Cells::link( Menu::url( Menu::TASKS, array( 's' => (string) $item['title'] ) ), __( 'Show task', 'igny8' ) );
		}
		return Cells::act( __( 'Create task', 'igny8' ), 'create_tasks', array( $item['id'] ), (string) ( $item['title'] ?? '' ), 'button button-primary' );
	}
}
