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

	/** Screen → its scripts, in their order. */
	const SCRIPTS = array(
		Menu::OVERVIEW => array( 'badge', 'jobs', 'collect' ),
		Menu::KEYWORDS => array( 'badge', 'jobs', 'acts', 'quotes', 'edit', 'import', 'lists' ),
		Menu::CLUSTERS => array( 'badge', 'jobs', 'acts', 'quotes', 'edit', 'lists' ),
		Menu::IDEAS    => array( 'badge', 'jobs', 'acts', 'quotes', 'edit', 'lists' ),
		Menu::TASKS    => array( 'badge', 'jobs', 'acts', 'quotes', 'edit', 'lists' ),
		Menu::CONTENTS => array( 'badge', 'jobs', 'schedule', 'changes', 'acts', 'quotes', 'edit', 'lists', 'review', 'links' ),
		Menu::CALENDAR => array( 'badge', 'jobs', 'schedule', 'acts', 'quotes', 'lists' ),
		Menu::IMAGES   => array( 'badge', 'jobs', 'acts', 'quotes', 'edit', 'lists' ),
		Menu::ACTIVITY => array( 'badge', 'jobs', 'acts', 'quotes', 'lists' ),
		Menu::SETTINGS => array( 'badge', 'jobs', 'connect', 'settings' ),
	);

	const NEEDS = array( 'wp-api-fetch', 'wp-i18n', 'wp-a11y' );

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
		if ( Options::has_key() ) {
			self::load( self::SCRIPTS[ $slug ] );
			return;
		}
		self::style();
		if ( Menu::SETTINGS === $slug ) {
			self::script( 'connect', self::NEEDS );
		}
	}

	/**
	 * Adds the dialog and the named scripts after it, each after the one before.
	 *
	 * @param string[] $names File names without ending.
	 * @param string[] $needs Handles that the last one needs besides.
	 */
	public static function load( array $names, array $needs = array() ): void {
		self::style();
		self::script( 'dialog', self::NEEDS );
		wp_add_inline_script( 'igny8-dialog', 'window.igny8 = ' . wp_json_encode( self::facts() ) . ';', 'before' );
		$before = 'dialog';
		$last   = end( $names );
		foreach ( $names as $name ) {
			self::script( $name, array_merge( self::NEEDS, array( 'igny8-' . $before ), $name === $last ? $needs : array() ) );
			$before = $name;
		}
	}

	/**
	 * The one style sheet.
	 */
	private static function style(): void {
		wp_enqueue_style( 'igny8-admin', plugins_url( 'assets/admin.css', IGNY8_FILE ), array(), Plugin::version() );
	}

	/**
	 * What the scripts must know; nothing secret.
	 */
	private static function facts(): array {
		return array(
			'login'       => wp_login_url( Menu::url( Menu::TASKS ) ),
			'screens'     => array(
				'clusters' => Menu::url( Menu::CLUSTERS ),
				'ideas'    => Menu::url( Menu::IDEAS ),
				'tasks'    => Menu::url( Menu::TASKS ),
				'contents' => Menu::url( Menu::CONTENTS ),
				'images'   => Menu::url( Menu::IMAGES ),
			),
			'mayGenerate' => current_user_can( Capabilities::GENERATE ),
			'mayPublish'  => current_user_can( Capabilities::PUBLISH ),
			'mayUpload'   => current_user_can( 'upload_files' ),
			'user'        => get_current_user_id(),
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
