<?php
/**
 * The table of runs.
 *
 * @package Igny8
 */

namespace Igny8\Admin;

defined( 'ABSPATH' ) || exit;

/**
 * One row a run of an AI function.
 */
final class Activity_Table extends List_Table {

	const NAME   = 'igny8-run';
	const PATH   = '/v1/system/tasks/';
	const SLUG   = Menu::ACTIVITY;
	const STATUS = 'state';

	/** Rows start when they are asked for; the backend sorts by that. */
	const SORTABLE = array( 'started_at' => 'created_at' );

	/**
	 * Words by state.
	 */
	protected function statuses(): array {
		return array(
			'PENDING'   => __( 'Waiting', 'igny8' ),
			'PROGRESS'  => __( 'Running', 'igny8' ),
			'SUCCESS'   => __( 'Finished', 'igny8' ),
			'FAILURE'   => __( 'Failed', 'igny8' ),
			'CANCELLED' => __( 'Stopped', 'igny8' ),
		);
	}

	/**
	 * Words by AI function.
	 *
	 * @return string[]
	 */
	public static function functions(): array {
		return array(
			'auto_cluster'     => __( 'Cluster keywords', 'igny8' ),
			'generate_ideas'   => __( 'Generate ideas', 'igny8' ),
			'generate_content' => __( 'Generate content', 'igny8' ),
			'generate_images'  => __( 'Generate images', 'igny8' ),
		);
	}

	/**
	 * Drop-down: by function.
	 */
	protected function filters(): array {
		return array( 'function' => array( __( 'Any work', 'igny8' ), self::functions() ) );
	}

	/**
	 * Columns.
	 */
	public function get_columns(): array {
		return array(
			'title'      => __( 'Work', 'igny8' ),
			'status'     => __( 'Status', 'igny8' ),
			'message'    => __( 'What it says', 'igny8' ),
			'cost'       => __( 'Cost', 'igny8' ),
			'started_at' => __( 'Started', 'igny8' ),
			'duration'   => __( 'Took', 'igny8' ),
			'act'        => __( 'Next step', 'igny8' ),
		);
	}

	/**
	 * Where runs come from.
	 */
	protected function next_step(): array {
		return array( __( 'Nothing has been running yet.', 'igny8' ), Menu::url( Menu::KEYWORDS ), __( 'Go to the keywords', 'igny8' ) );
	}

	/**
	 * Name of the work.
	 *
	 * @param array $item Run.
	 */
	private static function name( array $item ): string {
		$function = (string) ( $item['function'] ?? '' );
		return self::functions()[ $function ] ?? $function;
	}

	/**
	 * What the scripts must know.
	 *
	 * @param array $item Run.
	 */
	protected function facts( array $item ): array {
		return array(
			'id'    => (string) ( $item['task_id'] ?? '' ),
			'title' => self::name( $item ),
			'kind'  => 'runs',
		);
	}

	/**
	 * Name of the work, which opens its steps.
	 *
	 * @param array $item Run.
	 */
	protected function column_title( $item ): string {
		return Cells::act( self::name( $item ), 'follow', array( (string) $item['task_id'] ), __( 'Details', 'igny8' ), 'button-link row-title' ) . Cells::sandbox( $item['sandbox'] ?? false );
	}

	/**
	 * The last word, or why it failed.
	 *
	 * @param array $item Run.
	 */
	protected function column_message( $item ): string {
		if ( ! empty( $item['error'] ) ) {
			return '<span class="igny8-flag">' . esc_html( (string) $item['error'] ) . '</span>';
		}
		return esc_html( (string) ( $item['message'] ?? '' ) );
	}

	/**
	 * Money, credits and tokens.
	 *
	 * @param array $item Run.
	 */
	protected function column_cost( $item ): string {
		/* translators: 1: number of credits, 2: number of tokens. */
		$more = sprintf( __( '%1$s credits, %2$s tokens', 'igny8' ), number_format_i18n( (int) ( $item['credits'] ?? 0 ) ), number_format_i18n( (int) ( $item['tokens'] ?? 0 ) ) );
		return esc_html( Money::text( $item['cost_usd'] ?? null ) ) . '<p class="igny8-excerpt">' . esc_html( $more ) . '</p>';
	}

	/**
	 * When it started.
	 *
	 * @param array $item Run.
	 */
	protected function column_started_at( $item ): string {
		return Cells::time( (string) ( $item['started_at'] ?? '' ) );
	}

	/**
	 * How long it took.
	 *
	 * @param array $item Run.
	 */
	protected function column_duration( $item ): string {
		$from = strtotime( (string) ( $item['started_at'] ?? '' ) );
		$to   = strtotime( (string) ( $item['finished_at'] ?? '' ) );
		/* translators: %d: seconds. */
		return $from && $to ? esc_html( $to - $from < 120 ? sprintf( __( '%d s', 'igny8' ), $to - $from ) : human_time_diff( $from, $to ) ) : '—';
	}

	/**
	 * Stop, or try again what did not work.
	 *
	 * @param array $item Run.
	 */
	protected function column_act( $item ): string {
		$ids   = array( (string) $item['task_id'] );
		$state = (string) ( $item['state'] ?? '' );
		if ( in_array( $state, array( 'PENDING', 'PROGRESS' ), true ) ) {
			return Cells::act( __( 'Stop', 'igny8' ), 'stop', $ids, self::name( $item ), 'button' );
		}
		if ( 'SUCCESS' === $state && ! empty( $item['failed'] ) ) {
			return Cells::act( __( 'Retry the failed ones', 'igny8' ), 'retry', $ids, self::name( $item ), 'button' );
		}
		return in_array( $state, array( 'FAILURE', 'CANCELLED' ), true ) ? Cells::act( __( 'Try again', 'igny8' ), 'retry', $ids, self::name( $item ), 'button' ) : '—';
	}
}
