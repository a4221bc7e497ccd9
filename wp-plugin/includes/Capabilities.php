<?php
/**
 * Who may do what: three capabilities for people and one role for the service user.
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
	const GENERATE = 'igny8_generate';
	const PUBLISH  = 'igny8_publish';

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

	const PEOPLE = array(
		'administrator' => array( self::MANAGE, self::GENERATE, self::PUBLISH ),
		'editor'        => array( self::GENERATE, self::PUBLISH ),
	);

	/**
	 * Makes the role and hands out the capabilities; safe to repeat.
	 */
	public static function install(): void {
		remove_role( self::ROLE );
		add_role( self::ROLE, __( 'IGNY8 Publisher', 'igny8' ), array_fill_keys( self::ROLE_CAPS, true ) );
		foreach ( self::PEOPLE as $name => $caps ) {
			$role = get_role( $name );
			if ( $role ) {
				array_map( array( $role, 'add_cap' ), $caps );
			}
		}
		Options::set( Options::VERSION, Plugin::version() );
	}

	/**
	 * Takes back everything install() gave.
	 */
	public static function uninstall(): void {
		remove_role( self::ROLE );
		foreach ( self::PEOPLE as $name => $caps ) {
			$role = get_role( $name );
			if ( $role ) {
				array_map( array( $role, 'remove_cap' ), $caps );
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
