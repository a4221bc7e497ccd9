<?php
/**
 * The plugin's place in the admin menu.
 *
 * @package Igny8
 */

namespace Igny8\Admin;

use Igny8\Capabilities;

defined( 'ABSPATH' ) || exit;

/**
 * One row a screen: slug → class, title, capability.
 */
final class Menu {

	const OVERVIEW = 'igny8';
	const KEYWORDS = 'igny8-keywords';
	const CLUSTERS = 'igny8-clusters';
	const IDEAS    = 'igny8-ideas';
	const TASKS    = 'igny8-tasks';
	const CONTENTS = 'igny8-content';
	const CALENDAR = 'igny8-calendar';
	const IMAGES   = 'igny8-images';
	const ACTIVITY = 'igny8-activity';
	const SETTINGS = 'igny8-settings';
	const PER_PAGE = 'igny8_per_page';

	/** Rows of one page, in the backend too. */
	const MOST_ROWS = 500;

	/**
	 * Hook names of our screens, filled by register().
	 *
	 * @var string[]
	 */
	private static $hooks = array();

	/**
	 * The screens in the order of the menu.
	 *
	 * @return array[]
	 */
	private static function screens(): array {
		$see = Capabilities::SEE;
		return array(
			self::OVERVIEW => array( Overview_Page::class, __( 'Overview', 'igny8' ), $see ),
			self::KEYWORDS => array( Keywords_Page::class, __( 'Keywords', 'igny8' ), $see ),
			self::CLUSTERS => array( Clusters_Page::class, __( 'Clusters', 'igny8' ), $see ),
			self::IDEAS    => array( Ideas_Page::class, __( 'Ideas', 'igny8' ), $see ),
			self::TASKS    => array( Tasks_Page::class, __( 'Tasks', 'igny8' ), $see ),
			self::CONTENTS => array( Contents_Page::class, __( 'Content', 'igny8' ), $see ),
			self::CALENDAR => array( Calendar_Page::class, __( 'Calendar', 'igny8' ), $see ),
			self::IMAGES   => array( Images_Page::class, __( 'Images', 'igny8' ), $see ),
			self::ACTIVITY => array( Activity_Page::class, __( 'Activity', 'igny8' ), $see ),
			self::SETTINGS => array( Settings_Page::class, __( 'Settings', 'igny8' ), Capabilities::MANAGE ),
		);
	}

	/**
	 * Adds the menu and its screens.
	 */
	public static function register(): void {
		add_menu_page( 'IGNY8', 'IGNY8', Capabilities::SEE, self::OVERVIEW, '', 'dashicons-edit-page', 26 );
		foreach ( self::screens() as $slug => list( $class, $title, $capability ) ) {
			$hook = add_submenu_page( self::OVERVIEW, $title . ' ‹ IGNY8', $title, $capability, $slug, array( $class, 'render' ) );
			if ( ! $hook ) {
				continue;
			}
			self::$hooks[ $slug ] = $hook;
			if ( method_exists( $class, 'load' ) ) {
				add_action( 'load-' . $hook, array( $class, 'load' ) );
			}
		}
	}

	/**
	 * Slug of our screen behind a hook name, or ''.
	 */
	public static function slug_of( string $hook ): string {
		return (string) array_search( $hook, self::$hooks, true );
	}

	/**
	 * Address of one of our screens.
	 *
	 * @param string $slug One of the constants.
	 * @param array  $args Query values.
	 */
	public static function url( string $slug, array $args = array() ): string {
		return add_query_arg( array( 'page' => $slug ) + array_map( 'rawurlencode', $args ), admin_url( 'admin.php' ) );
	}

	/**
	 * Offers the number of rows in the screen options.
	 */
	public static function offer_per_page(): void {
		add_screen_option(
			'per_page',
			array(
				'default' => 20,
				'option'  => self::PER_PAGE,
			)
		);
	}

	/**
	 * Lets WordPress keep our screen option.
	 *
	 * @param mixed  $keep   False unless another filter said otherwise.
	 * @param string $option Name.
	 * @param int    $value  Wanted rows.
	 * @return mixed
	 */
	public static function keep_per_page( $keep, $option, $value ) {
		return self::PER_PAGE === $option ? max( 1, min( self::MOST_ROWS, (int) $value ) ) : $keep;
	}

	/**
	 * Links on the Plugins screen.
	 *
	 * @param string[] $links Present ones.
	 * @return string[]
	 */
	public static function action_links( $links ): array {
		$own = sprintf( '<a href="%s">%s</a>', esc_url( self::url( self::SETTINGS ) ), esc_html__( 'Settings', 'igny8' ) );
		return array_merge( array( 'settings' => $own ), (array) $links );
	}
}
