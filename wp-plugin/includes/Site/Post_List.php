<?php
/**
 * Row and bulk actions on the lists of posts and pages.
 *
 * @package Igny8
 */

namespace Igny8\Site;

use Igny8\Admin\Menu;
use Igny8\Capabilities;
use Igny8\Options;

defined( 'ABSPATH' ) || exit;

/**
 * For posts that came from IGNY8, and for those that it may write.
 */
final class Post_List {

	const BULK = 'igny8_send';

	/**
	 * Hooks.
	 */
	public static function boot(): void {
		add_filter( 'post_row_actions', array( __CLASS__, 'row' ), 10, 2 );
		add_filter( 'page_row_actions', array( __CLASS__, 'row' ), 10, 2 );
		add_filter( 'bulk_actions-edit-post', array( __CLASS__, 'bulk' ) );
		add_filter( 'handle_bulk_actions-edit-post', array( __CLASS__, 'carry_out' ), 10, 3 );
	}

	/**
	 * Adds the actions of a row.
	 *
	 * @param string[] $actions Present ones.
	 * @param \WP_Post $post    Post.
	 */
	public static function row( $actions, $post ): array {
		$content = Post_Sender::content_id( $post->ID );
		$actions = (array) $actions + self::writing( $post, '' !== $content );
		if ( '' === $content || ! Options::has_key() || ! Post_Sender::may() || ! current_user_can( 'edit_post', $post->ID ) ) {
			return $actions;
		}
		$actions['igny8']      = sprintf( '<a href="%s">%s</a>', esc_url( Menu::url( Menu::CONTENTS, array( 'content' => $content ) ) ), esc_html__( 'Open in IGNY8', 'igny8' ) );
		$actions['igny8_send'] = sprintf( '<a href="%s">%s</a>', esc_url( Post_Sender::url( $post->ID ) ), esc_html__( 'Update from IGNY8', 'igny8' ) );
		return $actions;
	}

	/**
	 * The way to the panel beside the post, for those who have texts made.
	 *
	 * @return string[]
	 */
	private static function writing( \WP_Post $post, bool $is_ours ): array {
		if ( 'trash' === $post->post_status || ! current_user_can( Capabilities::GENERATE ) || ! Editor_Panel::serves( $post ) ) {
			return array();
		}
		$words = $is_ours ? __( 'Refresh with IGNY8', 'igny8' ) : __( 'Write with IGNY8', 'igny8' );
		/* translators: 1: name of an action, 2: title of a post. */
		$label = sprintf( __( '%1$s: %2$s', 'igny8' ), $words, _draft_or_post_title( $post ) );
		return array( 'igny8_write' => sprintf( '<a href="%s" aria-label="%s">%s</a>', esc_url( Editor_Panel::url( $post->ID ) ), esc_attr( $label ), esc_html( $words ) ) );
	}

	/**
	 * Adds the bulk action.
	 *
	 * @param string[] $actions Present ones.
	 */
	public static function bulk( $actions ): array {
		$actions = (array) $actions;
		return Options::has_key() && Post_Sender::may() ? $actions + array( self::BULK => __( 'Update from IGNY8', 'igny8' ) ) : $actions;
	}

	/**
	 * Carries the bulk action out; WordPress has checked the nonce.
	 *
	 * @param string $back   Where to go.
	 * @param string $action Chosen action.
	 * @param int[]  $ids    Chosen posts.
	 */
	public static function carry_out( $back, $action, $ids ): string {
		if ( self::BULK !== $action || ! Post_Sender::may() ) {
			return (string) $back;
		}
		return add_query_arg( Post_Sender::TOLD, Post_Sender::send( array_map( 'intval', (array) $ids ) ), $back );
	}
}
