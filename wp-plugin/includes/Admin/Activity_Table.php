<?php
/**
 * The table of runs and deliveries.
 *
 * @package Igny8
 */

namespace Igny8\Admin;

defined( 'ABSPATH' ) || exit;

/**
 * One row a run of an AI function, or the hand-over of an article.
 */
final class Activity_Table extends List_Table {

	const NAME   = 'igny8-run';
	const PATH   = '/v1/system/activity/';
	const SLUG   = Menu::ACTIVITY;
	const STATUS = 'state';

	/** Why a person has to decide about a post. */
	const CHOICES = array( 'wp_changed', 'wp_locked', 'wp_trashed' );

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
	 * Drop-downs: by function, by what a person can do about it.
	 */
	protected function filters(): array {
		$needs = array(
			'retry'      => __( 'Runs that failed', 'igny8' ),
			'redelivery' => __( 'Articles that did not reach this site', 'igny8' ),
			'decision'   => __( 'Posts that somebody changed here', 'igny8' ),
			'resume'     => __( 'Paused work', 'igny8' ),
		);
		return array(
			'function' => array( __( 'Any work', 'igny8' ), Work_Words::all() ),
			'needs'    => array( __( 'Any outcome', 'igny8' ), $needs ),
		);
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
	 * What the scripts must know.
	 *
	 * @param array $item Run or delivery.
	 */
	protected function facts( array $item ): array {
		return array(
			'id'    => (string) ( $item['task_id'] ?? '' ),
			'title' => Work_Words::name( $item ),
			'kind'  => self::is_delivery( $item ) ? 'deliveries' : 'runs',
		);
	}

	/**
	 * Whether it hands an article over instead of making something.
	 *
	 * @param array $item Run or delivery.
	 */
	private static function is_delivery( array $item ): bool {
		return 'delivery' === ( $item['kind'] ?? '' );
	}

	/**
	 * Name of the work, which opens its steps.
	 *
	 * @param array $item Run or delivery.
	 */
	protected function column_title( $item ): string {
		$words = Work_Words::name( $item );
		return sprintf( '<button type="button" disabled class="button-link row-title" dir="auto" data-igny8-act="follow" data-ids="%s" data-title="%s">%s</button>', esc_attr( (string) $item['task_id'] ), esc_attr( $words ), esc_html( $words ) ) . Cells::sandbox( $item['sandbox'] ?? false );
	}

	/**
	 * Row actions below the name: leave what failed as it is, or look at the article.
	 *
	 * @param array  $item    Run or delivery.
	 * @param string $column  Column being drawn.
	 * @param string $primary The one that carries the actions.
	 */
	protected function handle_row_actions( $item, $column, $primary ): string {
		if ( $column !== $primary ) {
			return '';
		}
		$actions = array();
		if ( 'FAILURE' === ( $item['state'] ?? '' ) ) {
			$act             = self::is_delivery( $item ) ? 'keep_back' : 'give_up';
			$actions[ $act ] = Cells::act( __( 'Leave it', 'igny8' ), $act, array( (string) $item['task_id'] ), Work_Words::name( $item ) );
		}
		if ( ! empty( $item['content_id'] ) ) {
			$actions['review'] = Cells::link( Menu::url( Menu::CONTENTS, array( 'content' => (string) $item['content_id'] ) ), __( 'Review', 'igny8' ) );
		}
		return $this->row_actions( $actions );
	}

	/**
	 * The last word, or why it failed.
	 *
	 * @param array $item Run or delivery.
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
	 * @param array $item Run or delivery.
	 */
	protected function column_cost( $item ): string {
		if ( self::is_delivery( $item ) ) {
			return '—';
		}
		/* translators: 1: number of credits, 2: number of tokens. */
		$more = sprintf( __( '%1$s credits, %2$s tokens', 'igny8' ), number_format_i18n( (int) ( $item['credits'] ?? 0 ) ), number_format_i18n( (int) ( $item['tokens'] ?? 0 ) ) );
		return esc_html( Money::text( $item['cost_usd'] ?? null ) ) . '<p class="igny8-excerpt">' . esc_html( $more ) . '</p>';
	}

	/**
	 * When it started.
	 *
	 * @param array $item Run or delivery.
	 */
	protected function column_started_at( $item ): string {
		return Cells::time( (string) ( $item['started_at'] ?? '' ) );
	}

	/**
	 * How long it took.
	 *
	 * @param array $item Run or delivery.
	 */
	protected function column_duration( $item ): string {
		$from = strtotime( (string) ( $item['started_at'] ?? '' ) );
		$to   = strtotime( (string) ( $item['finished_at'] ?? '' ) );
		/* translators: %d: seconds. */
		return $from && $to ? esc_html( $to - $from < 120 ? sprintf( __( '%d s', 'igny8' ), $to - $from ) : human_time_diff( $from, $to ) ) : '—';
	}

	/**
	 * Stop, go on, decide, or try again what did not work.
	 *
	 * @param array $item Run or delivery.
	 */
	protected function column_act( $item ): string {
		$act   = self::act( $item, (string) ( $item['state'] ?? '' ) );
		$words = array(
			'stop'      => __( 'Stop', 'igny8' ),
			'resume'    => __( 'Go on', 'igny8' ),
			'retry'     => 'SUCCESS' === ( $item['state'] ?? '' ) ? __( 'Retry the failed ones', 'igny8' ) : __( 'Try again', 'igny8' ),
			'redeliver' => __( 'Send again', 'igny8' ),
		);
		if ( 'decide' === $act ) {
			return Cells::link( Menu::url( Menu::CONTENTS, array( 'content' => (string) $item['content_id'] ) ), __( 'Compare and decide', 'igny8' ) );
		}
		$button = '' === $act ? '' : Cells::act( $words[ $act ], $act, array( (string) $item['task_id'] ), Work_Words::name( $item ), 'button' );
		return '' === $button ? '—' : $button;
	}

	/**
	 * What can be done about it now, or ''.
	 *
	 * @param array  $item  Run or delivery.
	 * @param string $state Of it.
	 */
	private static function act( array $item, string $state ): string {
		if ( self::is_delivery( $item ) ) {
			$is_choice = in_array( $item['code'] ?? '', self::CHOICES, true ) && ! empty( $item['content_id'] );
			return 'FAILURE' === $state ? ( $is_choice ? 'decide' : 'redeliver' ) : '';
		}
		if ( in_array( $state, array( 'PENDING', 'PROGRESS' ), true ) ) {
			return empty( $item['paused'] ) ? 'stop' : 'resume';
		}
		return in_array( $state, array( 'FAILURE', 'CANCELLED' ), true ) || ! empty( $item['failed'] ) ? 'retry' : '';
	}
}
