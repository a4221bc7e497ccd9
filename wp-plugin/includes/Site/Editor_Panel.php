<?php
/**
 * The panel beside a post, in the block editor and in the classic one.
 *
 * @package Igny8
 */

namespace Igny8\Site;

use Igny8\Admin\Assets;
use Igny8\Capabilities;
use Igny8\Options;
use WP_Post;

defined( 'ABSPATH' ) || exit;

/**
 * Loads only where somebody edits a post with IGNY8: never on the front end, never in the site editor.
 */
final class Editor_Panel {

	const SCRIPTS = array( 'badge', 'jobs', 'quotes', 'seo-fields', 'panel' );
	const BLOCK   = array( 'wp-plugins', 'wp-element', 'wp-data', 'wp-components', 'wp-blocks', 'wp-block-editor', 'wp-editor', 'wp-edit-post' );

	/**
	 * Hooks.
	 */
	public static function boot(): void {
		add_action( 'enqueue_block_editor_assets', array( __CLASS__, 'load_block' ) );
		add_action( 'add_meta_boxes', array( __CLASS__, 'add_box' ), 10, 2 );
	}

	/**
	 * Whether the current user works with IGNY8 on this post.
	 *
	 * @param mixed $post Post, or a comment on its own screen.
	 */
	public static function serves( $post ): bool {
		return $post instanceof WP_Post && Options::has_key() && is_post_type_viewable( $post->post_type )
			&& post_type_supports( $post->post_type, 'editor' ) && 'attachment' !== $post->post_type
			&& self::may( $post->ID );
	}

	/**
	 * Whether the current user may edit the post and either has texts made or hands them out; each button asks for more.
	 */
	public static function may( int $post_id ): bool {
		return current_user_can( Capabilities::SEE ) && current_user_can( 'edit_post', $post_id )
			&& ( current_user_can( Capabilities::GENERATE ) || current_user_can( Capabilities::PUBLISH ) );
	}

	/**
	 * Address of the editor of a post with the panel open; panel.js reads it.
	 */
	public static function url( int $post_id ): string {
		return add_query_arg( 'igny8', 'panel', (string) get_edit_post_link( $post_id, 'raw' ) );
	}

	/**
	 * The panel's scripts in the block editor of a post.
	 */
	public static function load_block(): void {
		$screen = function_exists( 'get_current_screen' ) ? get_current_screen() : null;
		if ( $screen && 'post' === $screen->base && self::serves( get_post() ) ) {
			Assets::load( array_merge( self::SCRIPTS, array( 'editor-block' ) ), self::BLOCK );
		}
	}

	/**
	 * The box of the classic editor; the block editor has its sidebar.
	 *
	 * @param string $type Post type.
	 * @param mixed  $post Post, or a comment.
	 */
	public static function add_box( $type, $post ): void {
		if ( ! self::serves( $post ) ) {
			return;
		}
		add_meta_box( 'igny8-panel', 'IGNY8', array( __CLASS__, 'render' ), $type, 'side', 'default', array( '__back_compat_meta_box' => true ) );
		if ( ! use_block_editor_for_post( $post ) ) {
			wp_enqueue_media( array( 'post' => $post ) );
			Assets::load( array_merge( self::SCRIPTS, array( 'editor-classic' ) ), array( 'autosave' ) );
		}
	}

	/**
	 * The place that the script fills.
	 */
	public static function render(): void {
		echo '<div id="igny8-panel-box"></div><noscript>' . esc_html__( 'This needs JavaScript.', 'igny8' ) . '</noscript>';
	}
}
