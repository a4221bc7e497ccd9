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
	 * Draws the screen.
	 */
	public static function render(): void {
		Screen::open( __( 'Overview', 'igny8' ) );
		if ( Screen::is_connected() ) {
			$usage = Client::of_site()->get( '/v1/system/usage/', array( 'days' => self::DAYS ), false );
			if ( is_wp_error( $usage ) ) {
				Screen::failure( $usage );
			} else {
				self::pipeline();
				echo '<div class="igny8-columns">';
				self::waiting();
				self::spend( $usage );
				self::health();
				echo '</div>';
			}
		}
		Screen::close();
	}

	/**
	 * From keywords to posts: what is there.
	 */
	private static function pipeline(): void {
		$stages = array(
			array( __( 'Keywords', 'igny8' ), Menu::KEYWORDS, '/v1/planner/keywords/' ),
			array( __( 'Clusters', 'igny8' ), Menu::CLUSTERS, '/v1/planner/clusters/' ),
			array( __( 'Ideas', 'igny8' ), Menu::IDEAS, '/v1/planner/ideas/' ),
			array( __( 'Tasks', 'igny8' ), Menu::TASKS, '/v1/writer/tasks/' ),
			array( __( 'Content', 'igny8' ), Menu::CONTENTS, '/v1/writer/content/' ),
			array( __( 'Images', 'igny8' ), Menu::IMAGES, '/v1/writer/images/' ),
		);
		echo '<ol class="igny8-pipeline">';
		foreach ( $stages as list( $title, $slug, $path ) ) {
			$count = self::count( $path, array() );
			printf( '<li><a href="%s"><span>%s</span> <strong>%s</strong></a></li>', esc_url( Menu::url( $slug ) ), esc_html( $title ), esc_html( null === $count ? '—' : number_format_i18n( $count ) ) );
		}
		echo '</ol>';
	}

	/**
	 * How many rows the backend has; null when it did not say.
	 *
	 * @param string   $path  Of the collection.
	 * @param string[] $query Filters.
	 */
	private static function count( string $path, array $query ): ?int {
		$answer = Client::of_site()->get( $path, $query + array( 'page_size' => 1 ), false );
		return is_wp_error( $answer ) ? null : (int) ( $answer['count'] ?? 0 );
	}

	/**
	 * What a person has to look at.
	 */
	private static function waiting(): void {
		$items = array(
			/* translators: %s: number of articles. */
			'review' => array( '/v1/writer/content/', array( 'status' => 'review' ), __( 'Articles to review: %s', 'igny8' ), Menu::url( Menu::CONTENTS, array( 'status' => 'review' ) ) ),
			/* translators: %s: number of tasks. */
			array( '/v1/writer/tasks/', array( 'status' => 'pending' ), __( 'Tasks not written yet: %s', 'igny8' ), Menu::url( Menu::TASKS, array( 'status' => 'pending' ) ) ),
			/* translators: %s: number of keywords. */
			array( '/v1/planner/keywords/', array( 'status' => 'new' ), __( 'Keywords without a cluster: %s', 'igny8' ), Menu::url( Menu::KEYWORDS, array( 'status' => 'new' ) ) ),
			/* translators: %s: number of images. */
			array( '/v1/writer/images/', array( 'state' => 'failed' ), __( 'Images that failed: %s', 'igny8' ), Menu::url( Menu::IMAGES, array( 'status' => 'failed' ) ) ),
			/* translators: %s: number of runs. */
			'live'   => array( '/v1/system/tasks/', array( 'live' => 'true' ), __( 'Running now: %s', 'igny8' ), Menu::url( Menu::ACTIVITY ) ),
		);
		echo '<section class="igny8-card"><h2>' . esc_html__( 'What waits', 'igny8' ) . '</h2>';
		$lines = array();
		foreach ( $items as $name => list( $path, $query, $words, $url ) ) {
			$count = self::count( $path, $query );
			if ( null !== $count && isset( Counts::QUESTIONS[ $name ] ) ) {
				Counts::learn( $name, $count );
			}
			if ( $count ) {
				$lines[] = '<li>' . Cells::link( $url, sprintf( $words, number_format_i18n( $count ) ) ) . '</li>';
			}
		}
		if ( $lines ) {
			echo '<ul class="igny8-waiting">' . implode( '', $lines ) . '</ul>'; // phpcs:ignore WordPress.Security.EscapeOutput -- escaped in Cells.
		} else {
			printf( '<p>%s %s</p>', esc_html__( 'Nothing waits for you.', 'igny8' ), wp_kses_post( Cells::link( Menu::url( Menu::KEYWORDS ), __( 'Add keywords', 'igny8' ) ) ) );
		}
		echo '</section>';
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
	 */
	private static function health(): void {
		$view = Connection::describe();
		$bad  = array_filter( $view['checks'], static fn( $check ) => ! $check['ok'] );
		echo '<section class="igny8-card"><h2>' . esc_html__( 'Connection', 'igny8' ) . '</h2>';
		if ( ! array_filter( $bad, array( Self_Test::class, 'is_blocker' ) ) ) {
			printf( '<p><span class="igny8-check is-ok">%s</span> %s</p>', esc_html__( 'Works', 'igny8' ), esc_html__( 'Articles reach this site.', 'igny8' ) );
		}
		foreach ( $bad as $check ) {
			printf( '<p><span class="igny8-check %s">%s</span> %s</p>', Self_Test::is_blocker( $check ) ? 'is-bad' : 'is-remark', esc_html( $check['label'] ), esc_html( $check['message'] ) );
		}
		self::pull( $view['mode'] );
		self::index();
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
	 */
	private static function index(): void {
		$answer = Client::of_site()->get( '/v1/sites/me/posts/', array( 'page_size' => 1 ), false );
		if ( is_wp_error( $answer ) ) {
			return;
		}
		$count = number_format_i18n( (int) ( $answer['count'] ?? 0 ) );
		/* translators: %s: number of posts. */
		printf( '<p>%s %s</p>', esc_html( sprintf( __( 'Public posts that articles can link to: %s', 'igny8' ), $count ) ), empty( $answer['told_at'] ) ? '' : wp_kses_post( '(' . Cells::time( (string) $answer['told_at'] ) . ')' ) );
	}
}
