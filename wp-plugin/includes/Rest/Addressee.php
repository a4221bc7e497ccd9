<?php
/**
 * Whether a call of the backend is meant for this site.
 *
 * @package Igny8
 */

namespace Igny8\Rest;

use Igny8\Options;
use WP_Error;
use WP_REST_Request;

defined( 'ABSPATH' ) || exit;

/**
 * A copy of a site has its passwords too; every write names the installation and the address it is for.
 */
final class Addressee {

	/**
	 * A permission callback: the capability, and a call that is not meant for another site.
	 */
	public static function needs( string $capability ): callable {
		return static function ( WP_REST_Request $request ) use ( $capability ) {
			if ( ! current_user_can( $capability ) ) {
				return false;
			}
			return self::is_here( $request ) ? true : self::refusal();
		};
	}

	/**
	 * Whether the names in the headers, where there are any, are those of this site.
	 */
	private static function is_here( WP_REST_Request $request ): bool {
		$uuid = (string) $request->get_header( 'X-Igny8-Site' );
		$home = (string) $request->get_header( 'X-Igny8-Home' );
		return ( '' === $uuid || strtolower( $uuid ) === strtolower( Options::site_uuid() ) )
			&& ( '' === $home || self::place( $home ) === self::place( home_url() ) );
	}

	/**
	 * Host, port and path of an address; http and https are one place, so are the two ways to write a name.
	 */
	private static function place( string $url ): string {
		$parts = (array) wp_parse_url( $url );
		$port  = $parts['port'] ?? 0;
		$place = self::ascii( $parts['host'] ?? '' ) . ( in_array( $port, array( 0, 80, 443 ), true ) ? '' : ":$port" );
		return $place . rtrim( $parts['path'] ?? '', '/' );
	}

	/**
	 * A host name as it travels.
	 */
	private static function ascii( string $host ): string {
		$host = function_exists( 'mb_strtolower' ) ? mb_strtolower( $host, 'UTF-8' ) : strtolower( $host );
		if ( ! preg_match( '/[^\x00-\x7f]/', $host ) ) {
			return $host;
		}
		$encoder = class_exists( 'WpOrg\Requests\IdnaEncoder' ) ? 'WpOrg\Requests\IdnaEncoder' : 'Requests_IDNAEncoder';
		return $encoder::encode( $host );
	}

	/**
	 * The answer to a call for another site; it tells which one this is.
	 */
	private static function refusal(): WP_Error {
		return new WP_Error(
			'igny8_other_site',
			__( 'This is another site than the one that was meant.', 'igny8' ),
			array(
				'status'    => 409,
				'site_uuid' => Options::site_uuid(),
				'home_url'  => home_url(),
			)
		);
	}
}
