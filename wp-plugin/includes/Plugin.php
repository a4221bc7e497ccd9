<?php
/**
 * The plugin as a list of hooks, in the order in which WordPress reaches them.
 *
 * @package Igny8
 */

namespace Igny8;

defined( 'ABSPATH' ) || exit;

/**
 * Boots the plugin.
 */
final class Plugin {

	/** Parts that stand inside WordPress's own screens and programs, each with its hooks. */
	const EVERYWHERE = array( Site\Health::class, Site\Abilities::class, Site\Commands::class, Site\Connector::class, Site\Dashboard::class, Site\Preview::class );
	const IN_ADMIN   = array( Admin\List_Export::class, Site\Post_Sender::class, Site\Post_List::class, Site\Editor_Panel::class, Site\Privacy::class );

	/**
	 * Registers every hook; nothing is loaded before its hook fires.
	 */
	public static function boot(): void {
		add_action( 'init', array( __CLASS__, 'load_translations' ) );
		add_action( 'rest_api_init', array( Rest\Routes::class, 'register' ) );
		add_filter( 'pre_get_document_title', array( Content\Seo_Head::class, 'title' ), 20 );
		add_action( 'wp_head', array( Content\Seo_Head::class, 'description' ), 2 );
		add_action( 'wp_head', array( Content\Schema_Head::class, 'render' ), 20 );
		Sync::boot();
		foreach ( self::EVERYWHERE as $part ) {
			$part::boot();
		}
		if ( ! is_admin() ) {
			return;
		}
		foreach ( self::IN_ADMIN as $part ) {
			$part::boot();
		}
		add_action( 'admin_init', array( Capabilities::class, 'refresh' ) );
		add_action( 'admin_menu', array( Admin\Menu::class, 'register' ) );
		add_action( 'admin_enqueue_scripts', array( Admin\Assets::class, 'enqueue' ) );
		add_filter( 'set-screen-option', array( Admin\Menu::class, 'keep_per_page' ), 10, 3 );
		add_filter( 'plugin_action_links_' . plugin_basename( IGNY8_FILE ), array( Admin\Menu::class, 'action_links' ) );
	}

	/**
	 * Finds translations in the plugin's own folder; WordPress does so by itself only since 6.8.
	 */
	public static function load_translations(): void {
		load_plugin_textdomain( 'igny8', false, dirname( plugin_basename( IGNY8_FILE ) ) . '/languages' ); // phpcs:ignore PluginCheck
	}

	/**
	 * The version as the plugin's header states it.
	 */
	public static function version(): string {
		static $version = null;
		if ( null === $version ) {
			$version = get_file_data( IGNY8_FILE, array( 'version' => 'Version' ) )['version'];
		}
		return $version;
	}
}
