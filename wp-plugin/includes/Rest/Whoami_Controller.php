<?php
/**
 * What the backend may know about this site before it writes.
 *
 * @package Igny8
 */

namespace Igny8\Rest;

use Igny8\Content\Media_Writer;
use Igny8\Content\Seo;
use Igny8\Options;
use Igny8\Plugin;
use WP_Block_Type_Registry;

defined( 'ABSPATH' ) || exit;

/**
 * GET whoami: open to all, with the telling parts only for those who may publish.
 */
final class Whoami_Controller {

	/**
	 * Registers the route.
	 */
	public static function register(): void {
		Routes::add( 'GET', '/whoami', array( __CLASS__, 'answer' ), '__return_true' );
	}

	/**
	 * Answers.
	 */
	public static function answer(): array {
		$public = array(
			'plugin'      => Plugin::version(),
			'user'        => get_current_user_id(),
			'auth_header' => self::has_auth_header(),
			'site_uuid'   => Options::site_uuid(),
			'home_url'    => home_url(),
		);
		return current_user_can( 'edit_posts' ) ? array_merge( $public, self::details() ) : $public;
	}

	/**
	 * Whether the web server lets the Authorization header through.
	 */
	private static function has_auth_header(): bool {
		foreach ( array( 'HTTP_AUTHORIZATION', 'REDIRECT_HTTP_AUTHORIZATION', 'PHP_AUTH_USER' ) as $name ) {
			if ( ! empty( $_SERVER[ $name ] ) ) {
				return true;
			}
		}
		return false;
	}

	/**
	 * What a document has to respect on this site.
	 */
	public static function abilities(): array {
		require_once ABSPATH . 'wp-admin/includes/post.php';
		$blocks = WP_Block_Type_Registry::get_instance();
		return array(
			'plugin'     => Plugin::version(),
			'wp'         => get_bloginfo( 'version' ),
			'php'        => PHP_VERSION,
			'editor'     => use_block_editor_for_post_type( 'post' ) ? 'block' : 'classic',
			'blocks'     => array(
				'details'   => $blocks->is_registered( 'core/details' ),
				'accordion' => $blocks->is_registered( 'core/accordion' ),
			),
			'seo'        => Seo::plugin(),
			'timezone'   => wp_timezone_string(),
			'permalinks' => get_option( 'permalink_structure' ) ? 'pretty' : 'plain',
		);
	}

	/**
	 * The parts for authenticated callers.
	 */
	private static function details(): array {
		$user = wp_get_current_user();
		return self::abilities() + array(
			'login'            => $user->user_login,
			'unfiltered_html'  => current_user_can( 'unfiltered_html' ),
			'can'              => array(
				'publish' => current_user_can( 'publish_posts' ),
				'upload'  => current_user_can( 'upload_files' ),
				'terms'   => current_user_can( 'manage_categories' ),
			),
			'app_passwords'    => wp_is_application_passwords_available(),
			'upload_max_bytes' => wp_max_upload_size(),
			'image_types'      => Media_Writer::types(),
			'rest_url'         => rest_url(),
		);
	}
}
