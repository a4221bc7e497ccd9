<?php
/**
 * Who may do what: capabilities for people, which an administrator hands out by role, and one role for the service user.
 *
 * @package Igny8
 */

namespace Igny8;

defined( 'ABSPATH' ) || exit;

/**
 * Installs and removes roles and capabilities.
 */
final class Capabilities {

	const MANAGE   = 'igny8_manage';
	const PLAN     = 'igny8_plan';
	const GENERATE = 'igny8_generate';
	const PUBLISH  = 'igny8_publish';

	/** Comes with each of the others: to see the screens. The service user does not have it. */
	const SEE = 'igny8_see';

	/** What can be handed out. */
	const CHOICES = array( self::PLAN, self::GENERATE, self::PUBLISH, self::MANAGE );

	const ROLE = 'igny8_publisher';

	/** Enough to write, file and publish posts; never unfiltered_html, settings, users or deletion. */
	const ROLE_CAPS = array(
		'read',
		'edit_posts',
		'edit_others_posts',
		'edit_published_posts',
		'edit_private_posts',
		'publish_posts',
		'upload_files',
		'manage_categories',
		self::PUBLISH,
	);

	/** Until an administrator chooses otherwise. */
	const DEFAULTS = array(
		'administrator' => self::CHOICES,
		'editor'        => array( self::PLAN, self::GENERATE, self::PUBLISH ),
	);

	/**
	 * Makes the role and hands out the capabilities; safe to repeat.
	 */
	public static function install(): void {
		remove_role( self::ROLE );
		add_role( self::ROLE, __( 'IGNY8 Publisher', 'igny8' ), array_fill_keys( self::ROLE_CAPS, true ) );
		self::hand_out( self::chosen() );
		Options::set( Options::VERSION, Plugin::version() );
	}

	/**
	 * Takes back everything install() gave.
	 */
	public static function uninstall(): void {
		remove_role( self::ROLE );
		self::hand_out( array() );
	}

	/**
	 * What each role may do now, by name of the role; administrators may do everything.
	 *
	 * @return array[]
	 */
	public static function chosen(): array {
		$stored = json_decode( Options::get( Options::ROLES ), true );
		return array( 'administrator' => self::CHOICES ) + ( is_array( $stored ) ? $stored : self::DEFAULTS );
	}

	/**
	 * The roles of people who write: name → words.
	 *
	 * @return string[]
	 */
	public static function roles(): array {
		$writers = array_filter( wp_roles()->role_objects, static fn( $role ) => $role->has_cap( 'edit_posts' ) && self::ROLE !== $role->name );
		return array_map( 'translate_user_role', array_intersect_key( wp_roles()->get_names(), $writers ) );
	}

	/**
	 * Keeps what an administrator chose; unknown roles and capabilities are left out.
	 *
	 * @param array $choice Role → capabilities.
	 */
	public static function choose( array $choice ): void {
		$kept = array();
		foreach ( array_keys( self::roles() ) as $name ) {
			$kept[ $name ] = array_values( array_intersect( self::CHOICES, (array) ( $choice[ $name ] ?? array() ) ) );
		}
		Options::set( Options::ROLES, (string) wp_json_encode( $kept ) );
		self::hand_out( self::chosen() );
	}

	/**
	 * Gives every role exactly these capabilities of ours.
	 *
	 * @param array $given Role → capabilities.
	 */
	private static function hand_out( array $given ): void {
		foreach ( wp_roles()->role_objects as $name => $role ) {
			if ( self::ROLE === $name ) {
				continue;
			}
			$caps = array_intersect( self::CHOICES, $given[ $name ] ?? array() );
			$caps = $caps ? array_merge( $caps, array( self::SEE ) ) : array();
			foreach ( array_merge( self::CHOICES, array( self::SEE ) ) as $cap ) {
				if ( in_array( $cap, $caps, true ) ) {
					$role->add_cap( $cap );
				} elseif ( $role->has_cap( $cap ) ) {
					$role->remove_cap( $cap );
				}
			}
		}
	}

	/**
	 * Repeats install() after an update of the plugin or on a new site of a network.
	 */
	public static function refresh(): void {
		if ( Options::get( Options::VERSION ) !== Plugin::version() ) {
			self::install();
		}
	}
}
