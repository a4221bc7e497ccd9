<?php
/**
 * Every option the plugin keeps, by name, and the typed ways to read and write them.
 *
 * @package Igny8
 */

namespace Igny8;

defined( 'ABSPATH' ) || exit;

/**
 * Nothing here is autoloaded; the state of the connection never shares an option with a secret.
 */
final class Options {

	const STATE          = 'igny8_state';
	const SITE_UUID      = 'igny8_site_uuid';
	const SITE_ID        = 'igny8_site_id';
	const API_URL        = 'igny8_api_url';
	const ACCOUNT        = 'igny8_account';
	const SITE_KEY       = 'igny8_site_key';
	const WEBHOOK_SECRET = 'igny8_webhook_secret';
	const PENDING_CODE   = 'igny8_pending_code';
	const SERVICE_USER   = 'igny8_service_user';
	const CONNECTED_BY   = 'igny8_connected_by';
	const CONNECTED_AT   = 'igny8_connected_at';
	const VERSION        = 'igny8_version';
	const ABILITIES      = 'igny8_abilities';
	const ROLES          = 'igny8_roles';
	const INDEX_CURSOR   = 'igny8_index_cursor';
	const INDEX_DONE     = 'igny8_index_done';

	/** Followed by the content id of a post that was deleted for good. */
	const GONE = 'igny8_gone_';

	/** Followed by the id of a post whose place in the site index has to be told anew. */
	const INDEX_MARK = 'igny8_index_mark_';

	const SECRETS = array( self::SITE_KEY, self::WEBHOOK_SECRET, self::PENDING_CODE );

	const ALL = array(
		self::STATE,
		self::SITE_UUID,
		self::SITE_ID,
		self::API_URL,
		self::ACCOUNT,
		self::SITE_KEY,
		self::WEBHOOK_SECRET,
		self::PENDING_CODE,
		self::SERVICE_USER,
		self::CONNECTED_BY,
		self::CONNECTED_AT,
		self::VERSION,
		self::ABILITIES,
		self::ROLES,
		self::INDEX_CURSOR,
		self::INDEX_DONE,
	);

	const NEVER        = 'never';
	const PENDING      = 'pending';
	const CONNECTED    = 'connected';
	const DENIED       = 'denied';
	const DISCONNECTED = 'disconnected';

	/**
	 * Reads one option as a string; '' when it is absent or of another type.
	 */
	public static function get( string $name ): string {
		$value = get_option( $name, '' );
		return is_scalar( $value ) ? (string) $value : '';
	}

	/**
	 * Stores one option without autoload.
	 */
	public static function set( string $name, string $value ): void {
		update_option( $name, $value, false );
	}

	/**
	 * Removes the named options.
	 *
	 * @param string[] $names Option names.
	 */
	public static function forget( array $names ): void {
		array_map( 'delete_option', $names );
	}

	/**
	 * One of never, pending, connected, denied, disconnected.
	 */
	public static function state(): string {
		$state = self::get( self::STATE );
		$known = array( self::PENDING, self::CONNECTED, self::DENIED, self::DISCONNECTED );
		return in_array( $state, $known, true ) ? $state : self::NEVER;
	}

	/**
	 * Tells whether calls to the backend can be made: a key and an address are stored.
	 */
	public static function has_key(): bool {
		return '' !== self::site_key() && '' !== self::api_url();
	}

	/**
	 * The backend's base URL without a trailing slash; the constant IGNY8_API_URL wins.
	 */
	public static function api_url(): string {
		$url = defined( 'IGNY8_API_URL' ) ? (string) constant( 'IGNY8_API_URL' ) : self::get( self::API_URL );
		return untrailingslashit( $url );
	}

	/**
	 * The site key; the constant IGNY8_SITE_KEY wins.
	 */
	public static function site_key(): string {
		return defined( 'IGNY8_SITE_KEY' ) ? (string) constant( 'IGNY8_SITE_KEY' ) : self::get( self::SITE_KEY );
	}

	/**
	 * The UUID by which the backend knows this installation; made on first use.
	 */
	public static function site_uuid(): string {
		$uuid = self::get( self::SITE_UUID );
		if ( ! wp_is_uuid( $uuid ) ) {
			$uuid = wp_generate_uuid4();
			self::set( self::SITE_UUID, $uuid );
		}
		return $uuid;
	}
}
