<?php
/**
 * The images of articles, as a grid.
 *
 * @package Igny8
 */

namespace Igny8\Admin;

use Igny8\Capabilities;
use Igny8\Rest\Images_Controller;

defined( 'ABSPATH' ) || exit;

/**
 * One card an image.
 */
final class Images_Table extends List_Table {

	const NAME   = 'igny8-image';
	const PATH   = '/v1/writer/images/';
	const SLUG   = Menu::IMAGES;
	const STATUS = 'state';
	const CHANGE = Capabilities::PUBLISH;

	/**
	 * Words by state.
	 */
	protected function statuses(): array {
		return array(
			'pending'   => __( 'Not made yet', 'igny8' ),
			'generated' => __( 'Ready', 'igny8' ),
			'failed'    => __( 'Failed', 'igny8' ),
		);
	}

	/**
	 * A grid has no columns, but a bulk action needs to know its checkbox.
	 */
	public function get_columns(): array {
		return array( 'cb' => '<input type="checkbox">' );
	}

	/**
	 * The images of one article, where a link asked for them.
	 */
	protected function filters(): array {
		return wp_is_uuid( $this->asked( 'content_id' ) )
			? array( 'content_id' => array( __( 'Any article', 'igny8' ), array( $this->asked( 'content_id' ) => __( 'One article', 'igny8' ) ) ) )
			: array();
	}

	/**
	 * Bulk actions; acts.js carries them out.
	 */
	protected function bulk_acts(): array {
		return array( 'images' => __( 'Generate again', 'igny8' ) );
	}

	/**
	 * Where images come from.
	 */
	protected function next_step(): array {
		return array( __( 'No images yet. They are made together with an article, or by “Generate images” on the Content screen.', 'igny8' ), Menu::url( Menu::CONTENTS ), __( 'Go to the content', 'igny8' ) );
	}

	/**
	 * What the scripts must know.
	 *
	 * @param array $item Image.
	 */
	protected function facts( array $item ): array {
		$title = (string) ( $item['alt'] ?? '' );
		return array(
			'title'   => '' === $title ? (string) ( $item['content_title'] ?? '' ) : $title,
			'kind'    => 'images',
			'content' => (string) ( $item['content_id'] ?? '' ),
			'task'    => (string) ( $item['task_id'] ?? '' ),
		);
	}

	/**
	 * Draws the grid between its two navigations.
	 */
	public function display(): void {
		$this->display_tablenav( 'top' );
		if ( $this->has_items() ) {
			echo '<ul class="igny8-grid" id="the-list">';
			array_map( array( $this, 'single_row' ), $this->items );
			echo '</ul>';
		} else {
			echo '<p class="igny8-nothing">';
			$this->no_items();
			echo '</p>';
		}
		$this->display_tablenav( 'bottom' );
	}

	/**
	 * A card.
	 *
	 * @param array $item Image.
	 */
	public function single_row( $item ): void {
		$title = (string) ( $item['content_title'] ?? '' );
		$error = (string) ( $item['error'] ?? '' );
		$alt   = (string) ( $item['alt'] ?? '' );
		echo '<li class="igny8-image"' . $this->attributes( $item ) . '>'; // phpcs:ignore WordPress.Security.EscapeOutput -- escaped there.
		echo self::picture( $item ); // phpcs:ignore WordPress.Security.EscapeOutput -- escaped there.
		echo '<div class="igny8-image-words"><p>' . $this->column_cb( $item ) . ' ' . $this->column_status( $item ) . Cells::sandbox( $item['sandbox'] ?? false ) . '</p>'; // phpcs:ignore WordPress.Security.EscapeOutput -- escaped there.
		printf( '<p><strong dir="auto">%s</strong><br>%s</p>', esc_html( $title ), esc_html( self::place( $item ) ) );
		/* translators: %s: alternative text of an image. */
		printf( '<p class="igny8-excerpt" dir="auto">%s</p>', esc_html( '' === $alt ? __( 'No alternative text yet.', 'igny8' ) : sprintf( __( 'Alternative text: %s', 'igny8' ), $alt ) ) );
		if ( '' !== $error ) {
			printf( '<p class="igny8-flag">%s</p>', esc_html( $error ) );
		}
		echo '<p class="igny8-buttons">' . ( self::may( 'edit' ) ? Cells::act( __( 'Edit text', 'igny8' ), 'edit', array( $item['id'] ), $title, 'button' ) : '' ); // phpcs:ignore WordPress.Security.EscapeOutput -- escaped there.
		if ( ! empty( $item['task_id'] ) && 'generated' !== ( $item['state'] ?? '' ) ) {
			$words = 'failed' === ( $item['state'] ?? '' ) ? __( 'Try again', 'igny8' ) : __( 'Generate', 'igny8' );
			echo Cells::act( $words, 'images', array( $item['task_id'] ), $title, 'button button-primary' ); // phpcs:ignore WordPress.Security.EscapeOutput -- escaped there.
		}
		echo '</p></div></li>';
	}

	/**
	 * The picture, or a place for it.
	 *
	 * @param array $item Image.
	 */
	private static function picture( array $item ): string {
		if ( empty( $item['sha256'] ) ) {
			return '<div class="igny8-no-picture dashicons-before dashicons-format-image" aria-hidden="true"></div>';
		}
		return sprintf( '<img src="%s" alt="%s" loading="lazy">', esc_url( Images_Controller::url( (string) $item['id'] ) ), esc_attr( (string) ( $item['alt'] ?? '' ) ) );
	}

	/**
	 * Where in the article the image stands.
	 *
	 * @param array $item Image.
	 */
	private static function place( array $item ): string {
		if ( 'featured' === ( $item['kind'] ?? '' ) ) {
			return __( 'Featured image', 'igny8' );
		}
		/* translators: %s: heading of a section. */
		$words = 'mobile' === ( $item['kind'] ?? '' ) ? __( 'For phones, in “%s”', 'igny8' ) : __( 'In “%s”', 'igny8' );
		return sprintf( $words, (string) ( $item['heading'] ?? '' ) );
	}
}
