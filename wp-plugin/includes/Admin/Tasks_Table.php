<?php
/**
 * The table of writer tasks.
 *
 * @package Igny8
 */

namespace Igny8\Admin;

defined( 'ABSPATH' ) || exit;

/**
 * One row a task.
 */
final class Tasks_Table extends List_Table {

	const NAME     = 'igny8-task';
	const PATH     = '/v1/writer/tasks/';
	const SLUG     = Menu::TASKS;
	const SORTABLE = array(
		'title'      => 'title',
		'created_at' => 'created_at',
	);

	/**
	 * Words by status.
	 */
	protected function statuses(): array {
		return array(
			'pending'     => __( 'Pending', 'igny8' ),
			'in_progress' => __( 'In progress', 'igny8' ),
			'completed'   => __( 'Completed', 'igny8' ),
		);
	}

	/**
	 * Columns.
	 */
	public function get_columns(): array {
		return array(
			'cb'         => '<input type="checkbox">',
			'title'      => __( 'Title', 'igny8' ),
			'status'     => __( 'Status', 'igny8' ),
			'keywords'   => __( 'Keywords', 'igny8' ),
			'word_count' => __( 'Words', 'igny8' ),
			'post'       => __( 'Post', 'igny8' ),
			'created_at' => __( 'Added', 'igny8' ),
			'act'        => __( 'Next step', 'igny8' ),
		);
	}

	/**
	 * Bulk actions; acts.js carries them out.
	 */
	protected function bulk_acts(): array {
		return array(
			'generate' => __( 'Generate content', 'igny8' ),
			'images'   => __( 'Generate images', 'igny8' ),
			'publish'  => __( 'Publish', 'igny8' ),
			'delete'   => __( 'Delete', 'igny8' ),
		);
	}

	/**
	 * Where tasks come from.
	 */
	protected function next_step(): array {
		return array( __( 'No tasks yet. Add one above, or make them of ideas: a title and a few keywords are enough.', 'igny8' ), Menu::url( Menu::IDEAS ), __( 'Go to the ideas', 'igny8' ) );
	}

	/**
	 * What the scripts must know; publishing needs the content's id.
	 *
	 * @param array $item Task.
	 */
	protected function facts( array $item ): array {
		return array(
			'title'   => (string) ( $item['title'] ?? '' ),
			'kind'    => 'tasks',
			'task'    => (string) ( $item['id'] ?? '' ),
			'content' => (string) ( $item['content']['id'] ?? '' ),
			'live'    => (string) ( $item['live_run'] ?? '' ),
			'posted'  => empty( $item['content']['wp_post_id'] ) ? '' : '1',
		);
	}

	/**
	 * Title, whether it came from a sandbox, and what is planned.
	 *
	 * @param array $item Task.
	 */
	protected function column_title( $item ): string {
		return '<strong class="row-title" dir="auto">' . esc_html( (string) ( $item['title'] ?? '' ) ) . '</strong>'
			. Cells::sandbox( $item['content']['sandbox'] ?? false )
			. Cells::outline( (array) ( $item['outline'] ?? array() ) );
	}

	/**
	 * Row actions below the title.
	 *
	 * @param array  $item    Task.
	 * @param string $column  Column being drawn.
	 * @param string $primary The one that carries the actions.
	 */
	protected function handle_row_actions( $item, $column, $primary ): string {
		if ( $column !== $primary || ! empty( $item['live_run'] ) ) {
			return '';
		}
		$title   = (string) ( $item['title'] ?? '' );
		$content = (array) ( $item['content'] ?? array() );
		$actions = array( empty( $content['wp_post_id'] ) ? 'generate' : 'refresh' => self::write_act( $item, $content ) );
		if ( $content ) {
			$words              = empty( $content['wp_post_id'] ) ? __( 'Publish', 'igny8' ) : __( 'Update post', 'igny8' );
			$actions['publish'] = Cells::act( $words, 'publish', array( $content['id'] ), $title );
		}
		if ( $content ) {
			$actions['images'] = Cells::act( __( 'Generate images', 'igny8' ), 'images', array( $item['id'] ), $title );
		}
		$actions['edit'] = Cells::act( __( 'Edit', 'igny8' ), 'edit', array( $item['id'] ), $title );
		if ( ! $content ) {
			$actions['delete'] = Cells::act( __( 'Delete', 'igny8' ), 'delete', array( $item['id'] ), $title, 'button-link igny8-danger' );
		}
		return $this->row_actions( $actions );
	}

	/**
	 * Writes the article; one that stands on the site is refreshed where it can be compared.
	 *
	 * @param array $item    Task.
	 * @param array $content Its article, or [].
	 */
	private static function write_act( array $item, array $content ): string {
		if ( ! empty( $content['wp_post_id'] ) ) {
			return Cells::link( Menu::url( Menu::CONTENTS, array( 'content' => (string) $content['id'] ) ), __( 'Review and refresh', 'igny8' ) );
		}
		$words = $content ? __( 'Generate again', 'igny8' ) : __( 'Generate content', 'igny8' );
		return Cells::act( $words, 'generate', array( $item['id'] ), (string) ( $item['title'] ?? '' ) );
	}

	/**
	 * Keywords.
	 *
	 * @param array $item Task.
	 */
	protected function column_keywords( $item ): string {
		return Cells::joined( $item['keywords'] ?? array() );
	}

	/**
	 * The post that came of it.
	 *
	 * @param array $item Task.
	 */
	protected function column_post( $item ): string {
		return Cells::post_links( (array) ( $item['content'] ?? array() ) );
	}

	/**
	 * The one button that moves the task on.
	 *
	 * @param array $item Task.
	 */
	protected function column_act( $item ): string {
		$title   = (string) ( $item['title'] ?? '' );
		$content = (array) ( $item['content'] ?? array() );
		if ( ! empty( $item['live_run'] ) ) {
			return Cells::act( __( 'Show progress', 'igny8' ), 'follow', array( $item['live_run'] ), $title, 'button igny8-live' );
		}
		if ( ! $content ) {
			return Cells::act( __( 'Generate content', 'igny8' ), 'generate', array( $item['id'] ), $title, 'button button-primary' );
		}
		if ( empty( $content['wp_post_id'] ) && Cells::may( 'publish' ) ) {
			return Cells::act( __( 'Publish', 'igny8' ), 'publish', array( $content['id'] ), $title, 'button button-primary' );
		}
		return '—';
	}
}
