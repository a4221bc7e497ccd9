<?php
/**
 * The Overview screen.
 *
 * @package Igny8
 */

namespace Igny8\Admin;

use Igny8\Client;
use Igny8\Connection;
use Igny8\Counts;
use Igny8\Rest\Contents_Controller;
use Igny8\Self_Test;
use Igny8\Sync;

defined( 'ABSPATH' ) || exit;

/**
 * How much there is of everything, what waits for a person, what was spent, and whether the connection holds.
 */
final class Overview_Page {

	const DAYS = 30;

	/**
	 * Draws the screen from one answer of the backend.
	 */
	public static function render(): void {
		Screen::open( __( 'Overview', 'igny8' ) );
		if ( Screen::is_connected() ) {
			$told = Client::of_site()->get( Counts::OVERVIEW, array( 'days' => self::DAYS ), isset( $_GET['igny8_retry'] ) ); // phpcs:ignore WordPress.Security.NonceVerification
			if ( is_wp_error( $told ) ) {
				Screen::failure( $told );
			} else {
				Counts::learn_all( $told );
				self::pipeline( (array) ( $told['pipeline'] ?? array() ) );
				echo '<div class="igny8-columns">';
				Waiting_List::render( $told );
				self::spend( (array) ( $told['usage'] ?? array() ) );
				self::health( $told );
				echo '</div>';
			}
		}
		Screen::close();
	}

	/**
	 * From keywords to posts: what is there.
	 *
	 * @param array $counts Rows by kind.
	 */
	private static function pipeline( array $counts ): void {
		$stages = array(
			'keywords' => array( __( 'Keywords', 'igny8' ), Menu::KEYWORDS ),
			'clusters' => array( __( 'Clusters', 'igny8' ), Menu::CLUSTERS ),
			'ideas'    => array( __( 'Ideas', 'igny8' ), Menu::IDEAS ),
			'tasks'    => array( __( 'Tasks', 'igny8' ), Menu::TASKS ),
			'content'  => array( __( 'Content', 'igny8' ), Menu::CONTENTS ),
			'images'   => array( __( 'Images', 'igny8' ), Menu::IMAGES ),
		);
		echo '<ol class="igny8-pipeline">';
		foreach ( $stages as $name => list( $title, $slug ) ) {
			$count = isset( $counts[ $name ] ) ? number_format_i18n( (int) $counts[ $name ] ) : '—';
			printf( '<li><a href="%s"><span>%s</span> <strong>%s</strong></a></li>', esc_url( Menu::url( $slug ) ), esc_html( $title ), esc_html( $count ) );
		}
		echo '</ol>';
	}

	/**
	 * Spend by day, in sum, and how far the caps are used.
	 *
	 * @param array $usage Of the backend.
	 */
	private static function spend( array $usage ): void {
		$total = (array) ( $usage['total'] ?? array() );
		echo '<section class="igny8-card"><h2>' . esc_html__( 'Spend of the last 30 days', 'igny8' ) . '</h2>';
		/* translators: 1: amount of money, 2: number of credits, 3: number of runs. */
		$words = __( '%1$s, %2$s credits, %3$s runs', 'igny8' );
		printf( '<p>%s</p>', esc_html( sprintf( $words, Money::text( $total['cost_usd'] ?? null ), number_format_i18n( (int) ( $total['credits'] ?? 0 ) ), number_format_i18n( (int) ( $total['runs'] ?? 0 ) ) ) ) );
		Chart::render( array_column( (array) ( $usage['per_day'] ?? array() ), null, 'day' ), self::DAYS );
		echo '<ul class="igny8-caps">';
		foreach ( (array) ( $usage['caps'] ?? array() ) as $cap ) {
			if ( isset( $cap['cap_usd'] ) ) {
				printf( '<li>%s</li>', esc_html( Money::cap( $cap ) ) );
			}
		}
		echo '</ul></section>';
	}

	/**
	 * Whether the connection holds.
	 *
	 * @param array $told The backend's overview.
	 */
	private static function health( array $told ): void {
		$view = Connection::describe( false, $told );
		$bad  = array_filter( $view['checks'], static fn( $check ) => ! $check['ok'] );
		echo '<section class="igny8-card"><h2>' . esc_html__( 'Connection', 'igny8' ) . '</h2>';
		if ( ! array_filter( $bad, array( Self_Test::class, 'is_blocker' ) ) ) {
			printf( '<p><span class="igny8-check is-ok">%s</span> %s</p>', esc_html__( 'Works', 'igny8' ), esc_html__( 'Articles reach this site.', 'igny8' ) );
		}
		foreach ( $bad as $check ) {
			printf( '<p><span class="igny8-check %s">%s</span> %s</p>', esc_attr( Self_Test::is_blocker( $check ) ? 'is-bad' : 'is-remark' ), esc_html( $check['label'] ), esc_html( $check['message'] ) );
		}
		self::pull( $view['mode'] );
		self::index( (array) ( $told['posts'] ?? array() ) );
		if ( current_user_can( \Igny8\Capabilities::MANAGE ) ) {
			printf( '<p>%s</p>', wp_kses_post( Cells::link( Menu::url( Menu::SETTINGS ), __( 'Self-test and settings', 'igny8' ) ) ) );
		}
		echo '</section>';
	}

	/**
	 * When the plugin fetches articles itself, and the button that does it now.
	 */
	private static function pull( string $mode ): void {
		if ( 'pull' !== $mode ) {
			return;
		}
		$next = (int) wp_next_scheduled( Sync::EVENT );
		/* translators: %s: a span of time such as "5 minutes". */
		$when = $next > time() ? sprintf( __( 'The next time is in %s.', 'igny8' ), human_time_diff( $next ) ) : __( 'The next time is due.', 'igny8' );
		printf( '<p>%s %s</p>', esc_html__( 'The service can’t reach this site; the plugin fetches the posts.', 'igny8' ), esc_html( $when ) );
		if ( Contents_Controller::may_publish() ) {
			printf( '<p class="igny8-buttons"><button type="button" class="button" id="igny8-collect" disabled>%s</button> <span class="igny8-form-answer" role="status"></span></p>', esc_html__( 'Collect now', 'igny8' ) );
		}
	}

	/**
	 * How many posts of this site articles can link to.
	 *
	 * @param array $posts How many the backend knows, and since when.
	 */
	private static function index( array $posts ): void {
		$count = number_format_i18n( (int) ( $posts['count'] ?? 0 ) );
		/* translators: %s: number of posts. */
		printf( '<p>%s %s</p>', esc_html( sprintf( __( 'Public posts that articles can link to: %s', 'igny8' ), $count ) ), empty( $posts['told_at'] ) ? '' : wp_kses_post( '(' . Cells::time( (string) $posts['told_at'] ) . ')' ) );
	}
}
