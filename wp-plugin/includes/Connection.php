<?php
/**
 * The life of the connection between this site and its backend.
 *
 * @package Igny8
 */

namespace Igny8;

use WP_Error;

defined( 'ABSPATH' ) || exit;

/**
 * Handshake in two resumable steps (register, hand over credentials), test, disconnect.
 */
final class Connection {

	/**
	 * Starts the handshake with a pasted code.
	 *
	 * @param string $pasted Connect code.
	 * @return true|WP_Error
	 */
	public static function begin( string $pasted ) {
		if ( Options::CONNECTED === Options::state() ) {
			return new WP_Error( 'igny8_already_connected', __( 'This site is connected already. Disconnect it first.', 'igny8' ), array( 'status' => 409 ) );
		}
		$code = Connect_Code::decode( $pasted );
		if ( is_wp_error( $code ) ) {
			return $code;
		}
		Options::forget( array( Options::SITE_KEY, Options::WEBHOOK_SECRET ) );
		Options::set( Options::PENDING_CODE, $pasted );
		Options::set( Options::STATE, Options::PENDING );
		Options::set( Options::CONNECTED_BY, (string) get_current_user_id() );
		return self::resume();
	}

	/**
	 * Goes on where the handshake stopped, or repeats its last step on a connected site: a fresh password, handed over.
	 *
	 * @return true|WP_Error
	 */
	public static function resume() {
		if ( ! in_array( Options::state(), array( Options::PENDING, Options::CONNECTED ), true ) ) {
			return new WP_Error( 'igny8_nothing_pending', __( 'There is no unfinished connection to resume.', 'igny8' ), array( 'status' => 409 ) );
		}
		if ( ! Options::has_key() ) {
			$registered = self::register();
			if ( is_wp_error( $registered ) ) {
				return $registered;
			}
		}
		$handed_over = self::hand_over();
		if ( is_wp_error( $handed_over ) ) {
			return $handed_over;
		}
		Options::forget( array( Options::PENDING_CODE ) );
		Options::set( Options::CONNECTED_AT, gmdate( 'c' ) );
		Options::set( Options::STATE, Options::CONNECTED );
		Options::forget( array( Options::ABILITIES ) );
		Site_Index::restart();
		Sync::soon();
		return true;
	}

	/**
	 * Trades the code for the site's key.
	 *
	 * @return true|WP_Error
	 */
	private static function register() {
		$code = Connect_Code::decode( Options::get( Options::PENDING_CODE ) );
		if ( is_wp_error( $code ) ) {
			return $code;
		}
		$base   = defined( 'IGNY8_API_URL' ) ? Options::api_url() : $code->url;
		$answer = ( new Client( $base ) )->write( 'POST', '/v1/sites/connect/', self::introduction( $code ) );
		if ( is_wp_error( $answer ) ) {
			if ( 0 === strpos( (string) $answer->get_error_code(), 'connect_code_' ) ) {
				Options::forget( array( Options::PENDING_CODE ) );
				Options::set( Options::STATE, Options::DENIED );
			}
			return $answer;
		}
		foreach ( array( 'site_id', 'site_key', 'webhook_secret' ) as $name ) {
			if ( ! isset( $answer[ $name ] ) || ! is_string( $answer[ $name ] ) || strlen( $answer[ $name ] ) < 32 ) {
				return new WP_Error( 'igny8_backend_garbled', __( 'The IGNY8 service gave an incomplete answer. Is it older than this plugin?', 'igny8' ), array( 'status' => 502 ) );
			}
		}
		Options::set( Options::API_URL, $base );
		Options::set( Options::ACCOUNT, sanitize_text_field( $answer['account'] ?? $code->account ) );
		Options::set( Options::SITE_ID, $answer['site_id'] );
		Options::set( Options::WEBHOOK_SECRET, $answer['webhook_secret'] );
		Options::set( Options::SITE_KEY, $answer['site_key'] );
		return true;
	}

	/**
	 * What the plugin tells about the site.
	 */
	private static function introduction( Connect_Code $code ): array {
		return array(
			'code'      => $code->code,
			'site_uuid' => Options::site_uuid(),
			'home_url'  => home_url(),
			'rest_url'  => rest_url(),
			'name'      => wp_specialchars_decode( get_bloginfo( 'name' ), ENT_QUOTES ),
			'versions'  => array(
				'plugin'    => Plugin::version(),
				'wordpress' => get_bloginfo( 'version' ),
				'php'       => PHP_VERSION,
			),
		);
	}

	/**
	 * Makes the service user with a fresh password and gives both to the backend.
	 *
	 * @return true|WP_Error
	 */
	private static function hand_over() {
		$user = Service_User::ensure();
		if ( is_wp_error( $user ) ) {
			return $user;
		}
		$credentials = Service_User::new_password( $user );
		if ( is_wp_error( $credentials ) ) {
			return $credentials;
		}
		$answer = Client::of_site()->write( 'PUT', '/v1/sites/me/credentials/', $credentials + array( 'rest_url' => rest_url() ) );
		return is_wp_error( $answer ) ? $answer : true;
	}

	/**
	 * Gets a new key; the present one goes on until the new one has been used.
	 *
	 * @return array|WP_Error
	 */
	public static function rotate() {
		if ( defined( 'IGNY8_SITE_KEY' ) ) {
			return new WP_Error( 'igny8_key_is_fixed', __( 'The key stands in wp-config.php as IGNY8_SITE_KEY and can only be changed there.', 'igny8' ), array( 'status' => 409 ) );
		}
		$answer = Client::of_site()->write( 'POST', '/v1/sites/rotate_key/' );
		if ( is_wp_error( $answer ) ) {
			return $answer;
		}
		if ( ! is_string( $answer['site_key'] ?? null ) || strlen( $answer['site_key'] ) < 32 ) {
			return new WP_Error( 'igny8_backend_garbled', __( 'The IGNY8 service gave an incomplete answer. Is it older than this plugin?', 'igny8' ), array( 'status' => 502 ) );
		}
		Options::set( Options::SITE_KEY, $answer['site_key'] );
		return self::describe();
	}

	/**
	 * Ends the connection: this side always, the backend's side when it can be reached.
	 *
	 * @return bool Whether the backend took note.
	 */
	public static function end(): bool {
		$told = Options::has_key() && ! is_wp_error( Client::of_site()->write( 'DELETE', '/v1/sites/me/' ) );
		Service_User::revoke();
		Sync::stop();
		Counts::forget();
		Options::forget( Options::SECRETS );
		Options::forget( array( Options::SITE_ID, Options::CONNECTED_AT ) );
		Options::set( Options::STATE, Options::DISCONNECTED );
		return $told;
	}

	/**
	 * What people may see of the connection; no secret in it.
	 *
	 * @param bool       $test Ask the backend to test the way back now.
	 * @param array|null $told What the backend has told on this page already.
	 * @return array {state, account, host, connected_at, login, mode, checks: [{name, label, ok, blocks, message, fix}]}
	 */
	public static function describe( bool $test = false, ?array $told = null ): array {
		$user = Service_User::find();
		$view = array(
			'state'        => Options::state(),
			'account'      => Options::get( Options::ACCOUNT ),
			'host'         => Connect_Code::host_of( Options::api_url() ),
			'connected_at' => Options::get( Options::CONNECTED_AT ),
			'login'        => $user ? $user->user_login : '',
			'mode'         => 'none',
			'checks'       => array(),
		);
		if ( Options::has_key() ) {
			$view = array_merge( $view, Self_Test::run( $test, $told ) );
			$view['state'] = Options::state();
		}
		return $view;
	}
}
