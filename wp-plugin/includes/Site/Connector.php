<?php
/**
 * The entry under Settings → Connectors (WordPress 7.0 and later).
 *
 * @package Igny8
 */

namespace Igny8\Site;

use Igny8\Admin\Menu;
use Igny8\Options;

defined( 'ABSPATH' ) || exit;

/**
 * The hook never fires on older versions.
 */
final class Connector {

	/**
	 * Hooks.
	 */
	public static function boot(): void {
		add_action( 'wp_connectors_init', array( __CLASS__, 'register' ) );
	}

	/**
	 * Adds the entry; the key itself comes by the connect code.
	 *
	 * @param object $registry Of WordPress.
	 */
	public static function register( $registry ): void {
		$registry->register(
			'igny8',
			array(
				'name'           => 'IGNY8',
				'description'    => __( 'Turns keywords and ideas into posts.', 'igny8' ),
				'type'           => 'content_service',
				'authentication' => array(
					'method'          => 'api_key',
					'setting_name'    => Options::SITE_KEY,
					'credentials_url' => Menu::url( Menu::SETTINGS ),
				),
			)
		);
	}
}
