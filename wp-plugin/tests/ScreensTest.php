<?php
/**
 * What the screens say of the backend's answers.
 *
 * @package Igny8
 */

use Igny8\Admin\Activity_Table;
use Igny8\Admin\Overview_Page;
use Igny8\Admin\Work_Words;

class ScreensTest extends Igny8_TestCase {

	const ID = '11111111-2222-4333-8444-555555555555';

	protected function setUp(): void {
		parent::setUp();
		$this->connect();
		$this->as_role( 'administrator' );
	}

	/** The Overview as text with its links, for an answer of the backend. */
	private function overview( array $told, int $status = 200 ): string {
		$this->backend( 'GET /v1/system/overview/', $status, $told );
		ob_start();
		Overview_Page::render();
		return html_entity_decode( (string) ob_get_clean() );
	}

	/** The address behind the line that begins with these words. */
	private static function link( string $html, string $words ): string {
		return preg_match( '/<a href="([^"]*)">' . preg_quote( $words, '/' ) . '/', $html, $found ) ? $found[1] : '';
	}

	public function test_the_overview_asks_once(): void {
		$html = $this->overview( array( 'pipeline' => array( 'keywords' => 1234 ), 'connection' => array( 'mode' => 'push', 'checks' => array() ), 'posts' => array( 'count' => 7, 'told_at' => null ) ) );
		$this->assertSame( array( 'GET /v1/system/overview/' ), array_column( $this->calls, 'call' ) );
		$this->assertStringContainsString( '<strong>1,234</strong>', $html );
		$this->assertStringContainsString( 'articles can link to: 7', $html );
		$this->assertStringContainsString( 'Nothing: all that was started went well.', $html );
	}

	/** Name in the answer, words, what the address holds. */
	public function needs(): array {
		return array(
			'decision'   => array( 'decision', 'Posts that somebody changed here', 'page=igny8-activity&needs=decision' ),
			'redelivery' => array( 'redelivery', 'Articles that did not reach this site', 'page=igny8-activity&needs=redelivery' ),
			'retry'      => array( 'retry', 'Runs that failed', 'page=igny8-activity&needs=retry' ),
			'resume'     => array( 'resume', 'Paused work', 'page=igny8-activity&needs=resume' ),
			'missed'     => array( 'missed', 'Posts that did not go public', 'page=igny8-calendar' ),
			'images'     => array( 'images', 'Images that failed', 'page=igny8-images&status=failed' ),
			'proposals'  => array( 'proposals', 'Rewritten texts to decide about', 'page=igny8-content&proposal=true' ),
			'review'     => array( 'review', 'Articles to review', 'page=igny8-content&status=review' ),
			'tasks'      => array( 'tasks', 'Tasks not written yet', 'page=igny8-tasks&status=pending' ),
		);
	}

	/** @dataProvider needs */
	public function test_what_waits_has_a_count_and_a_way_to_mend_it( string $name, string $words, string $address ): void {
		$html = $this->overview( array( 'waiting' => array( $name => 1200 ) ) );
		$this->assertStringEndsWith( $address, self::link( $html, $words ) );
		$this->assertMatchesRegularExpression( '/>' . $words . '[^<]*: 1,200</', $html );
	}

	public function test_a_pause_and_a_budget_that_is_used_up_stand_first(): void {
		$cap  = array( 'scope' => 'site', 'period' => 'day', 'cap_usd' => 5.0, 'used_usd' => 5.0, 'left_usd' => 0.0 );
		$free = array( 'left_usd' => 1.0, 'period' => 'month' ) + $cap;
		$run  = array( 'period' => 'run' ) + $cap;
		$html = $this->overview( array( 'paused' => true, 'waiting' => array( 'retry' => 1 ), 'usage' => array( 'caps' => array( $cap, $free, $run ) ) ) );
		$this->assertStringEndsWith( 'page=igny8-calendar', self::link( $html, 'Publishing is paused' ) );
		$this->assertStringEndsWith( 'page=igny8-settings&section=budgets', self::link( $html, 'A budget is used up. This site: $5.00 of $5.00 today' ) );
		$this->assertSame( 1, substr_count( $html, 'A budget is used up' ) );
		$this->assertLessThan( strpos( $html, 'Runs that failed' ), strpos( $html, 'A budget is used up' ) );
	}

	public function test_who_may_not_change_budgets_reads_of_them_without_a_link(): void {
		$this->as_role( 'editor' );
		$cap  = array( 'scope' => 'account', 'period' => 'month', 'cap_usd' => 5.0, 'used_usd' => 5.0, 'left_usd' => 0.0 );
		$html = $this->overview( array( 'usage' => array( 'caps' => array( $cap ) ) ) );
		$this->assertStringContainsString( '<li>A budget is used up. Account: $5.00 of $5.00 this month', $html );
	}

	public function test_a_service_that_does_not_answer_is_asked_once_and_said(): void {
		$html = $this->overview( array( 'success' => false, 'error' => 'Not now.', 'code' => 'busy' ), 503 );
		$this->assertStringContainsString( 'Not now.', $html );
		$this->assertCount( 1, $this->calls );
	}

	/** Work as the backend tells it, and what people call it. */
	public function works(): array {
		return array(
			'one'      => array( array( 'function' => 'generate_content', 'title' => 'On <b>soil</b>', 'count' => 1 ), 'Generate content: On <b>soil</b>' ),
			'anew'     => array( array( 'function' => 'generate_content', 'title' => 'Soil', 'count' => 1, 'proposal' => true ), 'Write anew: Soil' ),
			'many'     => array( array( 'function' => 'publish', 'title' => '', 'count' => 1500 ), 'Send to this site: 1,500 items' ),
			'trash'    => array( array( 'function' => 'trash', 'title' => 'Soil', 'count' => 1 ), 'Move to the trash: Soil' ),
			'deleted'  => array( array( 'function' => 'auto_cluster', 'title' => '', 'count' => 1 ), 'Cluster keywords' ),
			'too new'  => array( array( 'function' => 'make_coffee', 'title' => 'Cup', 'count' => 1 ), 'make_coffee: Cup' ),
		);
	}

	/** @dataProvider works */
	public function test_work_has_a_name_for_people( array $work, string $name ): void {
		$this->assertSame( $name, Work_Words::name( $work ) );
	}

	public function test_running_deliveries_of_others_are_listed_with_their_names(): void {
		$row = array( 'task_id' => self::ID, 'kind' => 'delivery', 'function' => 'publish', 'title' => 'Soil', 'count' => 1, 'status_url' => '/v1/publisher/deliveries/' . self::ID . '/status/' );
		$this->backend( 'GET /v1/system/activity/', 200, array( 'count' => 1, 'results' => array( $row ) ) );
		list( $live ) = $this->rest( 'GET', '/igny8/v1/runs' )->get_data()['results'];
		$this->assertSame( array( 'Send to this site: Soil', '/igny8/v1/deliveries/' . self::ID ), array( $live['title'], $live['route'] ) );
		$this->assertStringContainsString( 'live=true', $this->calls[0]['url'] );
	}

	/** A row of the activity, role, and what is offered: act or part of an address, or ''. */
	public function rows(): array {
		$delivery = array( 'kind' => 'delivery', 'function' => 'publish', 'content_id' => self::ID, 'title' => 'Soil', 'count' => 1 );
		$run      = array( 'kind' => 'run', 'function' => 'auto_cluster', 'title' => '', 'count' => 3 );
		return array(
			'run that runs'     => array( $run + array( 'state' => 'PROGRESS' ), 'administrator', 'stop' ),
			'paused run'        => array( $run + array( 'state' => 'PENDING', 'paused' => true ), 'administrator', 'resume' ),
			'failed run'        => array( $run + array( 'state' => 'FAILURE' ), 'administrator', 'retry' ),
			'run with gaps'     => array( $run + array( 'state' => 'SUCCESS', 'failed' => 2 ), 'administrator', 'retry' ),
			'good run'          => array( $run + array( 'state' => 'SUCCESS', 'failed' => 0 ), 'administrator', '' ),
			'delivery under way' => array( $delivery + array( 'state' => 'PROGRESS' ), 'administrator', '' ),
			'failed delivery'   => array( $delivery + array( 'state' => 'FAILURE', 'code' => 'wp_auth' ), 'administrator', 'redeliver' ),
			'conflict'          => array( $delivery + array( 'state' => 'FAILURE', 'code' => 'wp_changed' ), 'administrator', 'content=' . self::ID ),
			'failed, a reader'  => array( $run + array( 'state' => 'FAILURE' ), 'subscriber', '' ),
		);
	}

	/** @dataProvider rows */
	public function test_each_row_of_the_activity_offers_what_helps( array $row, string $role, string $offered ): void {
		$this->as_role( $role );
		$this->backend( 'GET /v1/system/activity/', 200, array( 'count' => 1, 'results' => array( $row + array( 'task_id' => self::ID ) ) ) );
		set_current_screen( 'igny8_page_igny8-activity' );
		$table = new Activity_Table();
		$table->prepare_items();
		ob_start();
		$table->display_rows();
		$html = (string) ob_get_clean();
		set_current_screen( 'front' );
		$acts = array( 'stop', 'resume', 'retry', 'redeliver' );
		foreach ( $acts as $act ) {
			$this->assertSame( $act === $offered, false !== strpos( $html, 'data-igny8-act="' . $act . '"' ), $act );
		}
		$this->assertSame( 'FAILURE' === $row['state'] && 'subscriber' !== $role, (bool) preg_match( '/data-igny8-act="(give_up|keep_back)"/', $html ) );
		$this->assertSame( 'content=' . self::ID === $offered, false !== strpos( $html, 'Compare and decide' ) );
		$this->assertStringContainsString( 'data-kind="' . ( 'run' === $row['kind'] ? 'runs' : 'deliveries' ) . '"', $html );
	}
}
