<?php
/**
 * What waits for a person, each with a count and a link to the screen where it is mended.
 *
 * @package Igny8
 */

namespace Igny8\Admin;

use Igny8\Capabilities;

defined( 'ABSPATH' ) || exit;

/**
 * First what went wrong or stands still, then what comes next anyway.
 */
final class Waiting_List {

	/**
	 * Draws both lists.
	 *
	 * @param array $told The backend's overview.
	 */
	public static function render( array $told ): void {
		$waiting = array_map( 'intval', (array) ( $told['waiting'] ?? array() ) );
		$needs   = array_merge( self::halted( $told ), self::counted( self::needs(), $waiting ) );
		echo '<section class="igny8-card igny8-needs"><h2>' . esc_html__( 'What needs you', 'igny8' ) . '</h2>';
		if ( $needs ) {
			self::items( $needs );
		} else {
			printf( '<p>%s</p>', esc_html__( 'Nothing: all that was started went well.', 'igny8' ) );
		}
		$next = self::counted( self::steps(), $waiting );
		if ( ! $next && ! $needs ) {
			$next = array( Cells::link( Menu::url( Menu::KEYWORDS ), __( 'Add keywords', 'igny8' ) ) );
		}
		if ( $next ) {
			echo '<h3>' . esc_html__( 'What comes next', 'igny8' ) . '</h3>';
			self::items( $next );
		}
		echo '</section>';
	}

	/**
	 * How many things need a person.
	 *
	 * @param array $waiting Counts of the backend's overview.
	 */
	public static function sum( array $waiting ): int {
		return (int) array_sum( array_intersect_key( $waiting, self::needs() ) ) - (int) ( $waiting['review'] ?? 0 );
	}

	/**
	 * What only a person can end: name → words, address.
	 *
	 * @return array[]
	 */
	private static function needs(): array {
		$work = static fn( string $need ) => Menu::url( Menu::ACTIVITY, array( 'needs' => $need ) );
		return array(
			/* translators: %s: number of posts. */
			'decision'   => array( __( 'Posts that somebody changed here, so a new text was not put in: %s', 'igny8' ), $work( 'decision' ) ),
			/* translators: %s: number of articles. */
			'redelivery' => array( __( 'Articles that did not reach this site: %s', 'igny8' ), $work( 'redelivery' ) ),
			/* translators: %s: number of runs. */
			'retry'      => array( __( 'Runs that failed: %s', 'igny8' ), $work( 'retry' ) ),
			/* translators: %s: number of runs. */
			'resume'     => array( __( 'Paused work: %s', 'igny8' ), $work( 'resume' ) ),
			/* translators: %s: number of posts. */
			'missed'     => array( __( 'Posts that did not go public at their time: %s', 'igny8' ), Menu::url( Menu::CALENDAR ) ),
			/* translators: %s: number of images. */
			'images'     => array( __( 'Images that failed: %s', 'igny8' ), Menu::url( Menu::IMAGES, array( 'status' => 'failed' ) ) ),
			/* translators: %s: number of articles. */
			'proposals'  => array( __( 'Rewritten texts to decide about: %s', 'igny8' ), Menu::url( Menu::CONTENTS, array( 'proposal' => 'true' ) ) ),
			/* translators: %s: number of articles. */
			'review'     => array( __( 'Articles to review: %s', 'igny8' ), Menu::url( Menu::CONTENTS, array( 'status' => 'review' ) ) ),
		);
	}

	/**
	 * What is next in the pipeline, and what goes on by itself.
	 *
	 * @return array[]
	 */
	private static function steps(): array {
		return array(
			/* translators: %s: number of keywords. */
			'keywords' => array( __( 'Keywords without a cluster: %s', 'igny8' ), Menu::url( Menu::KEYWORDS, array( 'status' => 'new' ) ) ),
			/* translators: %s: number of tasks. */
			'tasks'    => array( __( 'Tasks not written yet: %s', 'igny8' ), Menu::url( Menu::TASKS, array( 'status' => 'pending' ) ) ),
			/* translators: %s: number of runs. */
			'live'     => array( __( 'Running now: %s', 'igny8' ), Menu::url( Menu::ACTIVITY ) ),
		);
	}

	/**
	 * Lines for those of which there are any.
	 *
	 * @param array[] $items   Name → words, address.
	 * @param int[]   $waiting Counts by name.
	 * @return string[] HTML.
	 */
	private static function counted( array $items, array $waiting ): array {
		$lines = array();
		foreach ( $items as $name => list( $words, $url ) ) {
			if ( ! empty( $waiting[ $name ] ) ) {
				$lines[] = Cells::link( $url, sprintf( $words, number_format_i18n( $waiting[ $name ] ) ) );
			}
		}
		return $lines;
	}

	/**
	 * What stands still as a whole: publishing, or spending.
	 *
	 * @param array $told The backend's overview.
	 * @return string[] HTML.
	 */
	private static function halted( array $told ): array {
		$lines = array();
		if ( ! empty( $told['paused'] ) ) {
			$lines[] = Cells::link( Menu::url( Menu::CALENDAR ), __( 'Publishing is paused: nothing goes public by itself.', 'igny8' ) );
		}
		foreach ( (array) ( $told['usage']['caps'] ?? array() ) as $cap ) {
			if ( 'run' !== $cap['period'] && isset( $cap['left_usd'] ) && $cap['left_usd'] <= 0 ) {
				/* translators: %s: a budget and its use, such as "This site: $5.00 of $5.00 today". */
				$words   = sprintf( __( 'A budget is used up. %s', 'igny8' ), Money::cap( $cap ) );
				$lines[] = current_user_can( Capabilities::MANAGE ) ? Cells::link( Menu::url( Menu::SETTINGS, array( 'section' => 'budgets' ) ), $words ) : esc_html( $words );
			}
		}
		return $lines;
	}

	/**
	 * A list.
	 *
	 * @param string[] $lines Ready HTML.
	 */
	private static function items( array $lines ): void {
		echo '<ul class="igny8-waiting"><li>' . implode( '</li><li>', $lines ) . '</li></ul>'; // phpcs:ignore WordPress.Security.EscapeOutput -- escaped in Cells.
	}
}
