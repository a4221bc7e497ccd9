<?php
/**
 * The table of writer tasks.
 *
 * @package Igny8
 */

namespace Igny8\Admin;

use Igny8\Capabilities;

defined( 'ABSPATH' ) || exit;

/**
 * One row a task.
 */
final class Tasks_Table extends List_Table {

	/**
	 * Names the rows for WordPress.
	 */
	public function __construct() {
		parent::__construct(
			array(
				'singular' => 'igny8-task',
				'plural'   => 'igny8-tasks',
				'ajax'     => false,
			)
		);
	}

	/**
	 * Path of the collection in the backend.
	 */
	protected function path(): string {
		return '/v1/writer/tasks/';
	}

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
	 * Slug of the screen.
	 */
	protected function screen_slug(): string {
		return Menu::TASKS;
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
			'post'       => __( 'Post', 'igny8' ),
			'created_at' => __( 'Added', 'igny8' ),
			'act'        => __( 'Next step', 'igny8' ),
		);
	}

	/**
	 * Bulk actions; jobs.js carries them out.
	 */
	protected function get_bulk_actions(): array {
		$actions = array( 'generate' => __( 'Generate content', 'igny8' ) );
		return current_user_can( Capabilities::PUBLISH ) ? $actions + array( 'publish' => __( 'Publish', 'igny8' ) ) : $actions;
	}

	/**
	 * Words for an empty table.
	 */
	public function no_items(): void {
		if ( $this->error ) {
			esc_html_e( 'The list could not be fetched.', 'igny8' );
		} elseif ( '' !== $this->asked( 's' ) || '' !== $this->current_status() ) {
			esc_html_e( 'No task matches.', 'igny8' );
		} else {
			esc_html_e( 'No tasks yet. Add one above: a title and a few keywords are enough.', 'igny8' );
		}
	}

	/**
	 * A row; publishing needs the content's id.
	 *
	 * @param array $item Task.
	 */
	public function single_row( $item ): void {
		printf(
			'<tr data-id="%s" data-title="%s" data-content="%s" data-live="%s">',
			esc_attr( $item['id'] ?? '' ),
			esc_attr( $item['title'] ?? '' ),
			esc_attr( $item['content']['id'] ?? '' ),
			esc_attr( $item['live_run'] ?? '' )
		);
		$this->single_row_columns( $item );
		echo '</tr>';
	}

	/**
	 * Title, and whether it came from a sandbox.
	 *
	 * @param array $item Task.
	 */
	protected function column_title( $item ): string {
		$sandbox = empty( $item['content']['sandbox'] ) ? '' : ' <span class="igny8-sandbox">' . esc_html__( 'Sandbox', 'igny8' ) . '</span>';
		return '<strong class="row-title" dir="auto">' . esc_html( (string) ( $item['title'] ?? '' ) ) . '</strong>' . $sandbox;
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
			return parent::handle_row_actions( $item, $column, $primary );
		}
		$title   = (string) ( $item['title'] ?? '' );
		$content = (array) ( $item['content'] ?? array() );
		$words   = $content ? __( 'Generate again', 'igny8' ) : __( 'Generate content', 'igny8' );
		$actions = array( 'generate' => $this->act( $words, 'generate', array( $item['id'] ), $title ) );
		if ( $content && current_user_can( Capabilities::PUBLISH ) ) {
			$words              = empty( $content['wp_post_id'] ) ? __( 'Publish', 'igny8' ) : __( 'Update post', 'igny8' );
			$actions['publish'] = $this->act( $words, 'publish', array( $content['id'] ), $title );
		}
		return $this->row_actions( $actions );
	}

	/**
	 * Keywords.
	 *
	 * @param array $item Task.
	 */
	protected function column_keywords( $item ): string {
		$words = implode( ', ', array_filter( (array) ( $item['keywords'] ?? array() ), 'is_string' ) );
		return '' === $words ? '—' : esc_html( $words );
	}

	/**
	 * The post that came of it.
	 *
	 * @param array $item Task.
	 */
	protected function column_post( $item ): string {
		return $this->post_links( (array) ( $item['content'] ?? array() ) );
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
			return $this->act( __( 'Show progress', 'igny8' ), 'follow', array( $item['live_run'] ), $title, 'button igny8-live' );
		}
		if ( ! $content ) {
			return $this->act( __( 'Generate content', 'igny8' ), 'generate', array( $item['id'] ), $title, 'button button-primary' );
		}
		if ( empty( $content['wp_post_id'] ) && current_user_can( Capabilities::PUBLISH ) ) {
			return $this->act( __( 'Publish', 'igny8' ), 'publish', array( $content['id'] ), $title, 'button button-primary' );
		}
		return '—';
	}
}
