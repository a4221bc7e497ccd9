<?php
/**
 * What all our screens share.
 *
 * @package Igny8
 */

namespace Igny8\Admin;

use Igny8\Capabilities;
use Igny8\Options;
use WP_Error;

defined( 'ABSPATH' ) || exit;

/**
 * Heading, notices, empty states.
 */
final class Screen {

	/**
	 * Opens a screen; the badge of running work is filled by jobs.js.
	 *
	 * @param string $title  Heading.
	 * @param string $action Ready HTML beside the heading.
	 */
	public static function open( string $title, string $action = '' ): void {
		echo '<div class="wrap igny8"><h1 class="wp-heading-inline">' . esc_html( $title ) . '</h1>';
		echo wp_kses( $action, array( 'button' => array( 'type' => true, 'disabled' => true, 'class' => true, 'aria-expanded' => true, 'aria-controls' => true, 'data-igny8-act' => true ), 'a' => array( 'href' => true, 'class' => true ) ) ); // phpcs:ignore WordPress.Arrays
		echo '<span class="igny8-badge-place"></span><hr class="wp-header-end">';
		if ( Options::DENIED === Options::state() && Options::has_key() ) {
			self::notice( 'error', __( 'The IGNY8 service no longer accepts the key of this site. Disconnect it in the settings and connect it with a new code.', 'igny8' ) );
		}
	}

	/**
	 * Closes a screen.
	 */
	public static function close(): void {
		echo '</div>';
	}

	/**
	 * Prints a notice.
	 *
	 * @param string $kind  error, warning, success or info.
	 * @param string $words Plain text.
	 * @param string $url   Address of a link after the words, or ''.
	 * @param string $label Its words.
	 */
	public static function notice( string $kind, string $words, string $url = '', string $label = '' ): void {
		printf( '<div class="notice notice-%s"><p>%s', esc_attr( $kind ), esc_html( $words ) );
		if ( '' !== $url ) {
			printf( ' <a href="%s">%s</a>', esc_url( $url ), esc_html( $label ) );
		}
		echo '</p></div>';
	}

	/**
	 * Prints what the backend answered instead of a list.
	 */
	public static function failure( WP_Error $error ): void {
		$here = remove_query_arg( 'igny8_retry' );
		self::notice( 'error', $error->get_error_message(), add_query_arg( 'igny8_retry', time(), $here ), __( 'Try again', 'igny8' ) );
	}

	/**
	 * Prints the way to the Connect screen when the site is not connected; true when it is.
	 */
	public static function is_connected(): bool {
		if ( Options::has_key() ) {
			return true;
		}
		echo '<div class="igny8-empty"><h2>' . esc_html__( 'This site is not connected yet', 'igny8' ) . '</h2>';
		if ( current_user_can( Capabilities::MANAGE ) ) {
			printf(
				'<p>%s</p><p><a class="button button-primary" href="%s">%s</a></p>',
				esc_html__( 'Connect it to your IGNY8 service once; then tasks, content and posts appear here.', 'igny8' ),
				esc_url( Menu::url( Menu::SETTINGS ) ),
				esc_html__( 'Connect this site', 'igny8' )
			);
		} else {
			echo '<p>' . esc_html__( 'Ask an administrator of this site to connect it to the IGNY8 service.', 'igny8' ) . '</p>';
		}
		echo '</div>';
		return false;
	}
}
