<?php
/**
 * An article as the site's own theme will show it, before any post of it exists.
 *
 * @package Igny8
 */

namespace Igny8\Site;

use Igny8\Capabilities;
use WP_Post;
use WP_Query;

defined( 'ABSPATH' ) || exit;

/**
 * Answers a form that the review page sends into a sandboxed frame: nothing is stored, cached or found by search engines.
 */
final class Preview {

	const ACTION = 'igny8_preview';

	/** Any number that is no post: it makes the main query one of a single post. */
	const NO_POST = PHP_INT_MAX;

	const POLICY = "script-src 'none'; object-src 'none'; form-action 'none'; frame-ancestors 'self'";

	/** What an article brings from elsewhere; the backend takes it out before it sends the article, too. */
	const FOREIGN = array( 'img', 'picture', 'source', 'video', 'audio', 'track', 'object' );

	/**
	 * Hooks.
	 */
	public static function boot(): void {
		add_filter( 'request', array( __CLASS__, 'take_over' ) );
	}

	/**
	 * Where the form is sent.
	 */
	public static function url(): string {
		return add_query_arg( self::ACTION, 1, home_url( '/' ) );
	}

	/**
	 * Makes the request one for a single post, if the person may see the preview.
	 *
	 * @param array $vars Query variables.
	 * @return array
	 */
	public static function take_over( $vars ) {
		if ( is_admin() || ! isset( $_GET[ self::ACTION ] ) ) { // phpcs:ignore WordPress.Security.NonceVerification -- checked next.
			return $vars;
		}
		$nonce = isset( $_POST['_wpnonce'] ) ? sanitize_key( wp_unslash( $_POST['_wpnonce'] ) ) : '';
		if ( ! current_user_can( Capabilities::SEE ) || ! wp_verify_nonce( $nonce, self::ACTION ) ) {
			wp_die( esc_html__( 'This preview is over. Reload the page it stands in.', 'igny8' ), '', array( 'response' => 403 ) );
		}
		self::keep_private();
		$post = self::post();
		add_filter( 'posts_pre_query', static fn( $posts, WP_Query $query ) => $query->is_main_query() ? array( $post ) : $posts, 10, 2 );
		add_filter( 'post_thumbnail_id', static fn( $id, $of ) => self::is_it( $of ) ? self::thumbnail() : $id, 10, 2 );
		return array(
			'p'                      => self::NO_POST,
			'cache_results'          => false,
			'update_post_meta_cache' => false,
			'update_post_term_cache' => false,
		);
	}

	/**
	 * Takes everything off the page that runs, stores or tells.
	 */
	private static function keep_private(): void {
		defined( 'DONOTCACHEPAGE' ) || define( 'DONOTCACHEPAGE', true ); // phpcs:ignore WordPress.NamingConventions -- of the caching plugins.
		nocache_headers();
		header( 'X-Robots-Tag: noindex, nofollow' );
		header( 'Content-Security-Policy: ' . self::POLICY );
		remove_action( 'template_redirect', 'redirect_canonical' );
		add_filter( 'show_admin_bar', '__return_false' );
		add_filter( 'wp_robots', 'wp_robots_no_robots' );
		add_filter( 'comments_open', '__return_false' );
		remove_filter( 'the_content', array( $GLOBALS['wp_embed'], 'autoembed' ), 8 );
		add_action(
			'template_redirect',
			static function () {
				ob_start( array( self::class, 'without_scripts' ) );
			},
			0
		);
	}

	/**
	 * A page without what its policy would refuse anyway.
	 *
	 * @param string $html Of the theme.
	 */
	public static function without_scripts( $html ): string {
		return (string) preg_replace( array( '#<script\b[^>]*>.*?</script\s*>#is', '#<link\b[^>]*\b(?:modulepreload|as=["\']?script)\b[^>]*>#i' ), '', (string) $html );
	}

	/**
	 * The text as the backend would send it: no pictures from elsewhere, no blocks or shortcodes that run, nothing that is fetched.
	 *
	 * @param string $html As typed.
	 */
	public static function safe( $html ): string {
		$allowed = array_diff_key( wp_kses_allowed_html( 'post' ), array_flip( self::FOREIGN ) );
		foreach ( $allowed as $tag => $attributes ) {
			$allowed[ $tag ] = array_diff_key( (array) $attributes, array( 'style' => true ) );
		}
		$clean = preg_replace( '/<!--.*?(?:-->|$)/s', '', wp_kses( $html, $allowed ) );
		return str_replace( '[', '&#91;', (string) $clean );
	}

	/**
	 * The article as a post without a number, which every template tag takes for the current one.
	 */
	private static function post(): WP_Post {
		$now = current_time( 'mysql' );
		$row = array(
			'ID'             => 0,
			'post_title'     => isset( $_POST['title'] ) ? sanitize_text_field( wp_unslash( $_POST['title'] ) ) : '', // phpcs:ignore WordPress.Security.NonceVerification
			'post_content'   => isset( $_POST['html'] ) ? self::safe( wp_unslash( $_POST['html'] ) ) : '', // phpcs:ignore WordPress.Security -- verified before, wp_kses there.
			'post_author'    => get_current_user_id(),
			'post_date'      => $now,
			'post_date_gmt'  => get_gmt_from_date( $now ),
			'post_modified'  => $now,
			'post_status'    => 'publish',
			'post_type'      => 'post',
			'comment_status' => 'closed',
			'ping_status'    => 'closed',
			'filter'         => 'raw',
		);
		return new WP_Post( (object) $row );
	}

	/**
	 * Whether a question is about the previewed article.
	 *
	 * @param int|WP_Post|null $of Asked about.
	 */
	private static function is_it( $of ): bool {
		$of = get_post( $of );
		return $of instanceof WP_Post && 0 === $of->ID;
	}

	/**
	 * The picture of the article's present post, if it has one.
	 */
	private static function thumbnail(): int {
		$id = isset( $_POST['post'] ) ? absint( $_POST['post'] ) : 0; // phpcs:ignore WordPress.Security.NonceVerification
		return $id && current_user_can( 'edit_post', $id ) ? (int) get_post_thumbnail_id( $id ) : 0;
	}
}
