<?php
/**
 * The widget on the dashboard and the badge in the admin bar.
 *
 * @package Igny8
 */

namespace Igny8\Site;

use Igny8\Admin\Menu;
use Igny8\Capabilities;
use Igny8\Counts;
use Igny8\Options;
use WP_Admin_Bar;

defined( 'ABSPATH' ) || exit;

/**
 * Neither slows a page down: the widget asks for what is older than a minute; the badge asks nobody.
 */
final class Dashboard {

	/**
	 * Hooks.
	 */
	public static function boot(): void {
		add_action( 'wp_dashboard_setup', array( __CLASS__, 'add_widget' ) );
		add_action( 'admin_bar_menu', array( __CLASS__, 'badge' ), 90 );
	}

	/**
	 * Adds the widget for those who work with IGNY8.
	 */
	public static function add_widget(): void {
		if ( current_user_can( Capabilities::SEE ) ) {
			wp_add_dashboard_widget( 'igny8_dashboard', 'IGNY8', array( __CLASS__, 'widget' ) );
		}
	}

	/**
	 * Draws the widget.
	 */
	public static function widget(): void {
		if ( ! Options::has_key() ) {
			printf( '<p>%s <a href="%s">%s</a></p>', esc_html__( 'This site is not connected yet.', 'igny8' ), esc_url( Menu::url( Menu::OVERVIEW ) ), esc_html__( 'Open IGNY8', 'igny8' ) );
			return;
		}
		$counts = Counts::fresh();
		if ( null === $counts ) {
			printf( '<p>%s</p>', esc_html__( 'The IGNY8 service does not answer just now.', 'igny8' ) );
			return;
		}
		if ( $counts['needs'] ) {
			/* translators: %s: number of things. */
			printf( '<p><a href="%s">%s</a></p>', esc_url( Menu::url( Menu::OVERVIEW ) ), esc_html( sprintf( __( 'Did not work or stand still: %s', 'igny8' ), number_format_i18n( $counts['needs'] ) ) ) );
		}
		/* translators: %s: number of articles. */
		printf( '<p><a href="%s">%s</a></p>', esc_url( Menu::url( Menu::CONTENTS, array( 'status' => 'review' ) ) ), esc_html( sprintf( __( 'Articles to review: %s', 'igny8' ), number_format_i18n( $counts['review'] ) ) ) );
		/* translators: %s: number of runs. */
		printf( '<p><a href="%s">%s</a></p>', esc_url( Menu::url( Menu::ACTIVITY ) ), esc_html( sprintf( __( 'Running now: %s', 'igny8' ), number_format_i18n( $counts['live'] ) ) ) );
	}

	/**
	 * The badge: what was known last, as a link to the screen that knows more.
	 */
	public static function badge( WP_Admin_Bar $bar ): void {
		if ( ! is_admin() || ! Options::has_key() || ! current_user_can( Capabilities::SEE ) ) {
			return;
		}
		$counts = Counts::known();
		if ( ! array_filter( $counts ) ) {
			return;
		}
		/* translators: %s: number of things. */
		$needs = sprintf( _n( '%s needs you', '%s need you', $counts['needs'], 'igny8' ), number_format_i18n( $counts['needs'] ) );
		/* translators: %s: number of articles. */
		$review = sprintf( __( '%s to review', 'igny8' ), number_format_i18n( $counts['review'] ) );
		/* translators: %s: number of runs. */
		$live  = sprintf( __( '%s running', 'igny8' ), number_format_i18n( $counts['live'] ) );
		$parts = array_filter( array( $needs => $counts['needs'], $review => $counts['review'], $live => $counts['live'] ) ); // phpcs:ignore WordPress.Arrays
		$words = 'IGNY8: ' . implode( ', ', array_keys( $parts ) );
		$url   = $counts['review'] ? Menu::url( Menu::CONTENTS, array( 'status' => 'review' ) ) : Menu::url( Menu::OVERVIEW );
		$bar->add_node(
			array(
				'id'    => 'igny8',
				'title' => esc_html( $words ),
				'href'  => $counts['live'] ? Menu::url( Menu::ACTIVITY ) : ( $counts['needs'] ? Menu::url( Menu::OVERVIEW ) : $url ),
			)
		);
	}
}
