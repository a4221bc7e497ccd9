<?php
/**
 * The user in whose name the backend writes posts.
 *
 * @package Igny8
 */

namespace Igny8;

use WP_Application_Passwords;
use WP_Error;
use WP_User;

defined( 'ABSPATH' ) || exit;

/**
 * Makes the user, its Application Password, and removes both.
 */
final class Service_User {

	const LOGIN  = 'igny8-publisher';
	const APP_ID = '6a9b5d1e-1f0c-4c57-9d2e-3b1f8e0a7c48';

	/**
	 * The service user, if there is one; the login is checked too, since ids may change hands when a site is moved.
	 */
	public static function find(): ?WP_User {
		$user = get_userdata( (int) Options::get( Options::SERVICE_USER ) );
		return $user && 0 === strpos( $user->user_login, self::LOGIN ) ? $user : null;
	}

	/**
	 * The service user; made when missing. A person who happens to have the login is never taken over.
	 *
	 * @return WP_User|WP_Error
	 */
	public static function ensure() {
		$user = self::find();
		if ( $user ) {
			$user->set_role( Capabilities::ROLE );
			return $user;
		}
		$login = self::LOGIN;
		for ( $n = 2; username_exists( $login ); $n++ ) {
			$login = self::LOGIN . '-' . $n;
		}
		$id = wp_insert_user(
			array(
				'user_login'   => $login,
				'user_pass'    => wp_generate_password( 64, true, true ),
				'display_name' => 'IGNY8',
				'role'         => Capabilities::ROLE,
				'description'  => __( 'Writes the posts that IGNY8 delivers. Made by the IGNY8 plugin.', 'igny8' ),
			)
		);
		if ( is_wp_error( $id ) ) {
			return $id;
		}
		Options::set( Options::SERVICE_USER, (string) $id );
		return get_userdata( $id );
	}

	/**
	 * Makes a fresh Application Password and withdraws the ones before.
	 *
	 * @param WP_User $user Service user.
	 * @return array|WP_Error {username, password, password_uuid}
	 */
	public static function new_password( WP_User $user ) {
		self::revoke();
		$made = WP_Application_Passwords::create_new_application_password(
			$user->ID,
			array(
				'name'   => 'IGNY8 ' . wp_date( 'Y-m-d H:i:s' ),
				'app_id' => self::APP_ID,
			)
		);
		if ( is_wp_error( $made ) ) {
			return $made;
		}
		return array(
			'username'      => $user->user_login,
			'password'      => $made[0],
			'password_uuid' => $made[1]['uuid'],
		);
	}

	/**
	 * Withdraws every Application Password of ours.
	 */
	public static function revoke(): void {
		$user = self::find();
		if ( ! $user ) {
			return;
		}
		foreach ( WP_Application_Passwords::get_user_application_passwords( $user->ID ) as $password ) {
			if ( self::APP_ID === $password['app_id'] ) {
				WP_Application_Passwords::delete_application_password( $user->ID, $password['uuid'] );
			}
		}
	}

	/**
	 * Removes the user, in a network from there too; what it wrote goes to $heir.
	 */
	public static function remove( int $heir ): void {
		$user = self::find();
		if ( $user ) {
			require_once ABSPATH . 'wp-admin/includes/user.php';
			wp_delete_user( $user->ID, $heir );
			if ( is_multisite() && ! get_blogs_of_user( $user->ID, true ) ) {
				require_once ABSPATH . 'wp-admin/includes/ms.php';
				wpmu_delete_user( $user->ID ); // Of a network, the line before only took it from its site.
			}
		}
	}
}
