<?php
/**
 * The one-time code an administrator pastes to connect the site.
 *
 * @package Igny8
 */

namespace Igny8;

use WP_Error;

defined( 'ABSPATH' ) || exit;

/**
 * Value of a decoded code: where the backend is, whose account it is, and the secret part.
 */
final class Connect_Code {

	const PREFIX = 'igny8-';

	/**
	 * Backend base URL.
	 *
	 * @var string
	 */
	public $url;

	/**
	 * Name of the account that made the code.
	 *
	 * @var string
	 */
	public $account;

	/**
	 * The part that the backend knows.
	 *
	 * @var string
	 */
	public $code;

	/**
	 * Built by decode() only.
	 */
	private function __construct( string $url, string $account, string $code ) {
		$this->url     = $url;
		$this->account = $account;
		$this->code    = $code;
	}

	/**
	 * Reads a pasted code.
	 *
	 * @param string $pasted As the person pasted it; blanks and line breaks are ignored.
	 * @return self|WP_Error
	 */
	public static function decode( string $pasted ) {
		$pasted = preg_replace( '/\s+/', '', $pasted );
		if ( 0 !== strpos( $pasted, self::PREFIX ) || strlen( $pasted ) > 2000 ) {
			return self::malformed();
		}
		$json = base64_decode( strtr( substr( $pasted, strlen( self::PREFIX ) ), '-_', '+/' ), true ); // phpcs:ignore WordPress.PHP.DiscouragedPHPFunctions
		$data = json_decode( (string) $json, true );
		if ( ! is_array( $data ) || 1 !== ( $data['v'] ?? null ) || ! self::well_formed( $data ) ) {
			return self::malformed();
		}
		if ( ! self::is_private( $data['url'] ) ) {
			return new WP_Error( 'igny8_code_insecure', __( 'This code leads to an address without https. The key of your site would travel unprotected, so nothing was sent.', 'igny8' ), array( 'status' => 422 ) );
		}
		return new self( untrailingslashit( $data['url'] ), sanitize_text_field( $data['account'] ), $data['code'] );
	}

	/**
	 * Host and port of a URL, for people to recognise.
	 */
	public static function host_of( string $url ): string {
		$parts = wp_parse_url( $url );
		return ( $parts['host'] ?? $url ) . ( isset( $parts['port'] ) ? ':' . $parts['port'] : '' );
	}

	/**
	 * Checks the form of the decoded parts.
	 *
	 * @param array $data Decoded JSON.
	 */
	private static function well_formed( array $data ): bool {
		foreach ( array( 'url', 'account', 'code' ) as $name ) {
			if ( ! isset( $data[ $name ] ) || ! is_string( $data[ $name ] ) ) {
				return false;
			}
		}
		$parts = wp_parse_url( $data['url'] );
		return preg_match( '/^[A-Za-z0-9_-]{22,128}$/', $data['code'] )
			&& strlen( $data['account'] ) <= 200
			&& isset( $parts['scheme'], $parts['host'] )
			&& in_array( $parts['scheme'], array( 'http', 'https' ), true )
			&& ! isset( $parts['user'] ) && ! isset( $parts['query'] ) && ! isset( $parts['fragment'] );
	}

	/**
	 * Nobody on the way can read along: https, this very machine, or a site declared as local.
	 */
	private static function is_private( string $url ): bool {
		$parts = wp_parse_url( $url );
		$ip    = ip2long( $parts['host'] );
		return 'https' === $parts['scheme']
			|| ( false !== $ip && 127 === $ip >> 24 )
			|| in_array( wp_get_environment_type(), array( 'local', 'development' ), true );
	}

	/**
	 * The error for anything that is no code of ours.
	 */
	private static function malformed(): WP_Error {
		return new WP_Error( 'igny8_code_malformed', __( 'This is not a complete connect code. It starts with “igny8-”; copy the whole line.', 'igny8' ), array( 'status' => 422 ) );
	}
}
