<?php
/**
 * Scripts and styles of our screens; none anywhere else.
 *
 * @package Igny8
 */

namespace Igny8\Admin;

use Igny8\Capabilities;
use Igny8\Options;
use Igny8\Plugin;

defined( 'ABSPATH' ) || exit;

/**
 * Enqueues by screen.
 */
final class Assets {

	const SCRIPTS = array(
		Menu::TASKS    => 'lists',
		Menu::CONTENTS => 'lists',
		Menu::SETTINGS => 'connect',
	);

	/**
	 * Adds what the current screen needs.
	 *
	 * @param string $hook Of the screen.
	 */
	public static function enqueue( $hook ): void {
		$slug = Menu::slug_of( (string) $hook );
		if ( '' === $slug ) {
			return;
		}
		wp_enqueue_style( 'igny8-admin', plugins_url( 'assets/admin.css', IGNY8_FILE ), array(), Plugin::version() );
		if ( Options::has_key() ) {
			self::script( 'dialog', array( 'wp-i18n', 'wp-a11y' ) );
			wp_add_inline_script( 'igny8-dialog', 'window.igny8 = ' . wp_json_encode( self::facts() ) . ';', 'before' );
			self::script( 'jobs', array( 'wp-api-fetch', 'wp-i18n', 'wp-a11y', 'igny8-dialog' ) );
		}
		$needs = Menu::SETTINGS !== $slug && Options::has_key() ? array( 'igny8-jobs' ) : array();
		self::script( self::SCRIPTS[ $slug ], array_merge( array( 'wp-api-fetch', 'wp-i18n', 'wp-a11y' ), $needs ) );
	}

	/**
	 * What the scripts must know; nothing secret.
	 */
	private static function facts(): array {
		return array(
			'login'      => wp_login_url( Menu::url( Menu::TASKS ) ),
			'contents'   => Menu::url( Menu::CONTENTS ),
			'mayPublish' => current_user_can( Capabilities::PUBLISH ),
			'user'       => get_current_user_id(),
		);
	}

	/**
	 * One script of ours, with its translations.
	 *
	 * @param string   $name  File name without ending.
	 * @param string[] $needs Handles.
	 */
	private static function script( string $name, array $needs ): void {
		wp_enqueue_script( 'igny8-' . $name, plugins_url( 'assets/' . $name . '.js', IGNY8_FILE ), $needs, Plugin::version(), true );
		wp_set_script_translations( 'igny8-' . $name, 'igny8', plugin_dir_path( IGNY8_FILE ) . 'languages' );
	}
}
