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

	/**
	 * Names the rows for WordPress.
	 */
	public function __construct() {
		parent::__construct(
			array(
				'singular' => 'igny8-content',
				'plural'   => 'igny8-contents',
				'ajax'     => false,
			)
		);
	}

	/**
	 * Path of the collection in the backend.
	 */
	protected function path(): string {
		return '/v1/writer/content/';
	}

	/**
	 * Words by status.
	 */
	protected function statuses(): array {
		return array(
			'draft'     => __( 'Draft', 'igny8' ),
			'review'    => __( 'In review', 'igny8' ),
			'approved'  => __( 'Approved', 'igny8' ),
			'published' => __( 'Published', 'igny8' ),
		);
	}

	/**
	 * Slug of the screen.
	 */
	protected function screen_slug(): string {
		return Menu::CONTENTS;
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
	 * Bulk actions; jobs.js carries them out.
	 */
	protected function get_bulk_actions(): array {
		return current_user_can( Capabilities::PUBLISH ) ? array( 'publish' => __( 'Publish', 'igny8' ) ) : array();
	}

	/**
	 * Words for an empty table.
	 */
	public function no_items(): void {
		if ( $this->error ) {
			esc_html_e( 'The list could not be fetched.', 'igny8' );
		} else {
			esc_html_e( 'Nothing here yet. Content appears as soon as a task has been written.', 'igny8' );
		}
	}

	/**
	 * A row.
	 *
	 * @param array $item Content.
	 */
	public function single_row( $item ): void {
		printf(
			'<tr data-id="%1$s" data-content="%1$s" data-title="%2$s" data-task="%3$s">',
			esc_attr( $item['id'] ?? '' ),
			esc_attr( $item['title'] ?? '' ),
			esc_attr( $item['task_id'] ?? '' )
		);
		$this->single_row_columns( $item );
		echo '</tr>';
	}

	/**
	 * Title, what it says, and whether it came from a sandbox.
	 *
	 * @param array $item Content.
	 */
	protected function column_title( $item ): string {
		$sandbox = empty( $item['sandbox'] ) ? '' : ' <span class="igny8-sandbox">' . esc_html__( 'Sandbox', 'igny8' ) . '</span>';
		$excerpt = wp_trim_words( (string) ( $item['excerpt'] ?? '' ), 24 );
		$title   = esc_html( (string) ( $item['title'] ?? '' ) );
		if ( ! empty( $item['wp_edit_link'] ) ) {
			$title = sprintf( '<a class="row-title" href="%s">%s</a>', esc_url( $item['wp_edit_link'] ), $title );
		}
		return '<strong dir="auto">' . $title . '</strong>' . $sandbox . ( '' === $excerpt ? '' : '<p class="igny8-excerpt">' . esc_html( $excerpt ) . '</p>' );
	}

	/**
	 * Number of words.
	 *
	 * @param array $item Content.
	 */
	protected function column_word_count( $item ): string {
		return esc_html( number_format_i18n( (int) ( $item['word_count'] ?? 0 ) ) );
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
		return sprintf( '<span class="igny8-status is-%s">%s</span>', esc_attr( $state ), esc_html( $words[ $state ] ?? $state ) )
			. ( '' === $error ? '' : '<p class="igny8-excerpt">' . esc_html( $error ) . '</p>' );
	}

	/**
	 * The post that came of it.
	 *
	 * @param array $item Content.
	 */
	protected function column_post( $item ): string {
		return $this->post_links( $item );
	}

	/**
	 * The one button that moves it on.
	 *
	 * @param array $item Content.
	 */
	protected function column_act( $item ): string {
		if ( ! current_user_can( Capabilities::PUBLISH ) ) {
			return '—';
		}
		$is_new = empty( $item['wp_post_id'] );
		return $this->act( $is_new ? __( 'Publish', 'igny8' ) : __( 'Update post', 'igny8' ), 'publish', array( $item['id'] ), (string) ( $item['title'] ?? '' ), $is_new ? 'button button-primary' : 'button' );
	}
}
