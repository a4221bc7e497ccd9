<?php
/**
 * The widget on the dashboard and the badge in the admin bar.
 *
 * @package Igny8
 */

namespace Igny8\Site;

use Igny8\Admin\Menu;
use Igny8\Capabilities;
use Igny8\Client;
use Igny8\Options;
use WP_Admin_Bar;

defined( 'ABSPATH' ) || exit;

/**
 * Neither slows a page down: the widget asks once, for a moment; the badge asks nobody.
 */
final class Dashboard {

	const COUNTS   = 'igny8_counts';
	const COUNTS_S = 60;

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
	 * How much waits and runs; kept for a minute.
	 *
	 * @return int[]|null {review, live}; null when the service does not answer.
	 */
	public static function counts(): ?array {
		$kept = get_transient( self::COUNTS );
		if ( is_array( $kept ) ) {
			return $kept;
		}
		$review = Client::of_site()->get( '/v1/writer/content/', array( 'status' => 'review', 'page_size' => 1 ), false ); // phpcs:ignore WordPress.Arrays
		$live   = is_wp_error( $review ) ? $review : Client::of_site()->get( '/v1/system/tasks/', array( 'live' => 'true', 'page_size' => 1 ), false ); // phpcs:ignore WordPress.Arrays
		if ( is_wp_error( $live ) ) {
			return null;
		}
		$counts = array(
			'review' => (int) ( $review['count'] ?? 0 ),
			'live'   => (int) ( $live['count'] ?? 0 ),
		);
		set_transient( self::COUNTS, $counts, self::COUNTS_S );
		return $counts;
	}

	/**
	 * Draws the widget.
	 */
	public static function widget(): void {
		if ( ! Options::has_key() ) {
			printf( '<p>%s <a href="%s">%s</a></p>', esc_html__( 'This site is not connected yet.', 'igny8' ), esc_url( Menu::url( Menu::OVERVIEW ) ), esc_html__( 'Open IGNY8', 'igny8' ) );
			return;
		}
		$counts = self::counts();
		if ( null === $counts ) {
			printf( '<p>%s</p>', esc_html__( 'The IGNY8 service does not answer just now.', 'igny8' ) );
			return;
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
		$counts = is_admin() && current_user_can( Capabilities::SEE ) ? get_transient( self::COUNTS ) : false;
		if ( ! is_array( $counts ) || ( ! $counts['review'] && ! $counts['live'] ) ) {
			return;
		}
		/* translators: %s: number of articles. */
		$review = sprintf( __( '%s to review', 'igny8' ), number_format_i18n( $counts['review'] ) );
		/* translators: %s: number of runs. */
		$live  = sprintf( __( '%s running', 'igny8' ), number_format_i18n( $counts['live'] ) );
		$words = 'IGNY8: ' . implode( ', ', array_keys( array_filter( array( $review => $counts['review'], $live => $counts['live'] ) ) ) ); // phpcs:ignore WordPress.Arrays
		$bar->add_node(
			array(
				'id'    => 'igny8',
				'title' => esc_html( $words ),
				'href'  => Menu::url( $counts['live'] ? Menu::ACTIVITY : Menu::OVERVIEW ),
			)
		);
	}
}
