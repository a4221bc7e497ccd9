<?php
/**
 * The table of written content.
 *
 * @package Igny8
 */

namespace Igny8\Admin;

use Igny8\Capabilities;

defined( 'ABSPATH' ) || exit;

/**
 * One row a piece of content.
 */
final class Contents_Table extends List_Table {

	const NAME     = 'igny8-content';
	const PATH     = '/v1/writer/content/';
	const SLUG     = Menu::CONTENTS;
	const CHANGE   = Capabilities::PUBLISH;
	const SORTABLE = array(
		'title'      => 'title',
		'created_at' => 'created_at',
	);

	/**
	 * Words by status.
	 */
	protected function statuses(): array {
		return self::words();
	}

	/**
	 * The same for other screens.
	 *
	 * @return string[]
	 */
	public static function words(): array {
		return array(
			'draft'     => __( 'Draft', 'igny8' ),
			'review'    => __( 'In review', 'igny8' ),
			'approved'  => __( 'Approved', 'igny8' ),
			'published' => __( 'Published', 'igny8' ),
		);
	}

	/**
	 * Drop-down: by a rewritten text that waits.
	 */
	protected function filters(): array {
		return array( 'proposal' => array( __( 'All articles', 'igny8' ), array( 'true' => __( 'A rewritten text waits', 'igny8' ) ) ) );
	}

	/**
	 * Columns.
	 */
	public function get_columns(): array {
		return array(
			'cb'         => '<input type="checkbox">',
			'title'      => __( 'Title', 'igny8' ),
			'status'     => __( 'Status', 'igny8' ),
			'word_count' => __( 'Words', 'igny8' ),
			'delivery'   => __( 'Delivery', 'igny8' ),
			'post'       => __( 'Post', 'igny8' ),
			'created_at' => __( 'Written', 'igny8' ),
			'act'        => __( 'Next step', 'igny8' ),
		);
	}

	/**
	 * Bulk actions; acts.js carries them out.
	 */
	protected function bulk_acts(): array {
		return array(
			'publish'  => __( 'Publish', 'igny8' ),
			'schedule' => __( 'Schedule…', 'igny8' ),
			'unlink'   => __( 'Remove internal links', 'igny8' ),
			'approve'  => __( 'Approve', 'igny8' ),
			'delete'   => __( 'Delete', 'igny8' ),
			'images'   => __( 'Generate images', 'igny8' ),
		);
	}

	/**
	 * Where content comes from.
	 */
	protected function next_step(): array {
		return array( __( 'Nothing here yet. Content appears as soon as a task has been written.', 'igny8' ), Menu::url( Menu::TASKS ), __( 'Go to the tasks', 'igny8' ) );
	}

	/**
	 * What the scripts must know.
	 *
	 * @param array $item Content.
	 */
	protected function facts( array $item ): array {
		return array(
			'title'   => (string) ( $item['title'] ?? '' ),
			'kind'    => 'contents',
			'content' => (string) ( $item['id'] ?? '' ),
			'task'    => (string) ( $item['task_id'] ?? '' ),
			'public'  => 'publish' === ( $item['wp_status'] ?? '' ) ? '1' : '',
			'planned' => self::local( (string) ( $item['publish_at'] ?? '' ) ),
			'status'  => (string) ( $item['status'] ?? '' ),
		);
	}

	/**
	 * A time on this site's clock, or ''.
	 */
	public static function local( string $time ): string {
		$stamp = strtotime( $time );
		return $stamp ? (string) wp_date( 'c', $stamp ) : '';
	}

	/**
	 * Title, what it says, and whether it came from a sandbox.
	 *
	 * @param array $item Content.
	 */
	protected function column_title( $item ): string {
		$excerpt = wp_trim_words( (string) ( $item['excerpt'] ?? '' ), 24 );
		$title   = esc_html( (string) ( $item['title'] ?? '' ) );
		$title   = sprintf( '<a class="row-title" href="%s">%s</a>', esc_url( Menu::url( Menu::CONTENTS, array( 'content' => (string) $item['id'] ) ) ), $title );
		return '<strong dir="auto">' . $title . '</strong>' . Cells::sandbox( $item['sandbox'] ?? false ) . ( '' === $excerpt ? '' : '<p class="igny8-excerpt">' . esc_html( $excerpt ) . '</p>' );
	}

	/**
	 * Row actions below the title.
	 *
	 * @param array  $item    Content.
	 * @param string $column  Column being drawn.
	 * @param string $primary The one that carries the actions.
	 */
	protected function handle_row_actions( $item, $column, $primary ): string {
		if ( $column !== $primary ) {
			return '';
		}
		$title   = (string) ( $item['title'] ?? '' );
		$actions = array( 'review' => Cells::link( Menu::url( Menu::CONTENTS, array( 'content' => (string) $item['id'] ) ), __( 'Review', 'igny8' ) ) );
		if ( 'publish' !== ( $item['wp_status'] ?? '' ) ) {
			$actions['schedule'] = Cells::act( __( 'Schedule…', 'igny8' ), 'schedule', array( $item['id'] ), $title );
		}
		if ( ! empty( $item['task_id'] ) ) {
			$actions['images'] = Cells::act( __( 'Generate images', 'igny8' ), 'images', array( $item['task_id'] ), $title );
		}
		$actions['pictures'] = Cells::link( Menu::url( Menu::IMAGES, array( 'content_id' => (string) $item['id'] ) ), __( 'Show images', 'igny8' ) );
		if ( empty( $item['wp_post_id'] ) && empty( $item['delivery'] ) ) {
			$actions['delete'] = Cells::act( __( 'Delete', 'igny8' ), 'delete', array( $item['id'] ), $title, 'button-link igny8-danger' );
		}
		return $this->row_actions( $actions );
	}

	/**
	 * State of the hand-over, with the reason when it failed.
	 *
	 * @param array $item Content.
	 */
	protected function column_delivery( $item ): string {
		$delivery = (array) ( $item['delivery'] ?? array() );
		if ( ! $delivery ) {
			return '—';
		}
		$words = array(
			'pending'   => __( 'Waiting', 'igny8' ),
			'progress'  => __( 'Under way', 'igny8' ),
			'success'   => __( 'Delivered', 'igny8' ),
			'failure'   => __( 'Failed', 'igny8' ),
			'cancelled' => __( 'Stopped', 'igny8' ),
		);
		$state = strtolower( (string) ( $delivery['state'] ?? '' ) );
		$error = (string) ( $delivery['error'] ?? '' );
		return Cells::pill( $state, $words[ $state ] ?? $state )
			. ( '' === $error ? '' : '<p class="igny8-excerpt">' . esc_html( $error ) . '</p>' );
	}

	/**
	 * The post that came of it.
	 *
	 * @param array $item Content.
	 */
	protected function column_post( $item ): string {
		$plan = in_array( $item['publication'] ?? '', array( 'scheduled', 'waiting', 'missed', 'stopped' ), true ) ? Review\Schedule_Panel::words( $item ) : '';
		return Cells::post_links( $item ) . ( '' === $plan ? '' : '<p class="igny8-excerpt">' . esc_html( $plan ) . '</p>' );
	}

	/**
	 * The one button that moves it on.
	 *
	 * @param array $item Content.
	 */
	protected function column_act( $item ): string {
		if ( ! Cells::may( 'publish' ) ) {
			return '—';
		}
		$is_new = empty( $item['wp_post_id'] );
		return Cells::act( $is_new ? __( 'Publish', 'igny8' ) : __( 'Update post', 'igny8' ), 'publish', array( $item['id'] ), (string) ( $item['title'] ?? '' ), $is_new ? 'button button-primary' : 'button' );
	}
}
