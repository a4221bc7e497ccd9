<?php
/**
 * What the plugin needs, as a table, and the one notice that names what is missing.
 *
 * @package Igny8
 */

namespace Igny8;

defined( 'ABSPATH' ) || exit;

/**
 * Checks the site before anything else is loaded.
 */
final class Requirements {

	const PHP       = '7.4';
	const WORDPRESS = '6.1';

	/**
	 * Tells whether the plugin can run here; otherwise queues the notice.
	 */
	public static function met(): bool {
		if ( array() === self::missing() ) {
			return true;
		}
		add_action( 'admin_notices', array( __CLASS__, 'notice' ) );
		return false;
	}

	/**
	 * Prints the missing things to those who can do something about them.
	 */
	public static function notice(): void {
		if ( ! current_user_can( 'activate_plugins' ) ) {
			return;
		}
		printf(
			'<div class="notice notice-error"><p><strong>%s</strong> %s</p></div>',
			esc_html__( 'IGNY8 is switched off.', 'igny8' ),
			esc_html( implode( ' ', self::messages() ) )
		);
	}

	/**
	 * The table: name → is it there?
	 *
	 * @return string[] Names of what is missing.
	 */
	private static function missing(): array {
		$table = array(
			'php'       => version_compare( PHP_VERSION, self::PHP, '>=' ),
			'wordpress' => version_compare( get_bloginfo( 'version' ), self::WORDPRESS, '>=' ),
			'json'      => function_exists( 'json_encode' ),
			'hash'      => in_array( 'sha256', hash_algos(), true ),
		);
		return array_keys( array_filter( $table, static fn( $ok ) => ! $ok ) );
	}

	/**
	 * One sentence for each missing thing.
	 *
	 * @return string[]
	 */
	private static function messages(): array {
		$words = array(
			/* translators: %s: PHP version number. */
			'php'       => sprintf( __( 'It needs PHP %s or newer.', 'igny8' ), self::PHP ),
			/* translators: %s: WordPress version number. */
			'wordpress' => sprintf( __( 'It needs WordPress %s or newer.', 'igny8' ), self::WORDPRESS ),
			'json'      => __( 'It needs the PHP extension json.', 'igny8' ),
			'hash'      => __( 'It needs the PHP extension hash with SHA-256.', 'igny8' ),
		);
		return array_values( array_intersect_key( $words, array_flip( self::missing() ) ) );
	}
}
