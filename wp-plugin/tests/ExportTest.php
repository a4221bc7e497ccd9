<?php
/**
 * The lists as CSV files.
 *
 * @package Igny8
 */

use Igny8\Admin\List_Export;
use Igny8\Rest\Rows_Controller;

class ExportTest extends Igny8_TestCase {

	protected function setUp(): void {
		parent::setUp();
		$this->connect();
		$this->as_role( 'administrator' );
	}

	/** Lines of a file, read as a spreadsheet reads them. */
	private static function read( string $csv ): array {
		$file = fopen( 'php://memory', 'w+' );
		fwrite( $file, substr( $csv, 3 ) );
		rewind( $file );
		$lines = array();
		while ( $line = fgetcsv( $file, 0, ',', '"', '' ) ) {
			$lines[] = $line;
		}
		return $lines;
	}

	/** What a spreadsheet would run, and numbers, which it may read. */
	public function cells(): array {
		$rows = array( 'negative number' => array( '-5', '-5' ), 'plain' => array( 'soil = good', 'soil = good' ) );
		foreach ( array( '=', '+', '-', '@', "\t", "\r", "\n", '＝', '＋', '－', '＠' ) as $start ) {
			$rows[ rawurlencode( $start ) ] = array( $start . 'HYPERLINK("x")', "'" . $start . 'HYPERLINK("x")' );
		}
		return $rows;
	}

	/** @dataProvider cells */
	public function test_no_cell_of_any_list_starts_a_formula( string $given, string $written ): void {
		foreach ( array( 'keywords' => 'keyword', 'clusters' => 'name', 'ideas' => 'title', 'tasks' => 'title', 'contents' => 'title' ) as $kind => $name ) {
			$this->assertSame( $written, self::read( List_Export::csv( $kind, array( array( $name => $given ) ) ) )[1][0], $kind );
		}
		$this->assertSame( $written, self::read( List_Export::csv( 'ideas', array( array( 'target_keywords' => array( $given ) ) ) ) )[1][2] );
	}

	public function test_each_list_has_a_line_of_headings_and_its_values_below(): void {
		$task = array( 'title' => 'Über “Erde”, "roh"', 'keywords' => array( 'soil', 'bed' ), 'word_count' => 900, 'status' => 'pending', 'content' => array( 'wp_link' => 'https://example.org/x' ) );
		list( $names, $cells ) = self::read( List_Export::csv( 'tasks', array( $task ) ) );
		$line = array_combine( $names, $cells );
		$this->assertSame( array( 'Über “Erde”, "roh"', 'soil, bed', '900', 'https://example.org/x', '' ), array( $line['title'], $line['keywords'], $line['words'], $line['post'], $line['created'] ) );
		list( , $cells ) = self::read( List_Export::csv( 'tasks', array( array( 'title' => 'x', 'content' => null ) ) ) );
		$this->assertSame( '', array_combine( $names, $cells )['post'] );
	}

	public function test_all_pages_are_in_the_file(): void {
		foreach ( array_keys( List_Export::LISTS ) as $kind ) {
			$this->calls = array();
			$call = 'GET ' . Rows_Controller::PATHS[ $kind ];
			$this->backend( $call, 200, array( 'count' => 150, 'results' => array_fill( 0, 100, array( 'title' => 'x' ) ) ) );
			$this->backend( $call, 200, array( 'count' => 150, 'results' => array_fill( 0, 50, array( 'title' => 'x' ) ) ) );
			$this->assertCount( 150, List_Export::rows( $kind ), $kind );
			$this->assertCount( 2, $this->calls, $kind );
		}
	}

	public function test_half_a_list_is_no_file(): void {
		$call = 'GET ' . Rows_Controller::PATHS['ideas'];
		$this->backend( $call, 200, array( 'count' => 150, 'results' => array_fill( 0, 100, array( 'title' => 'x' ) ) ) );
		$this->backend( $call, 503, array( 'success' => false, 'error' => 'Not now.', 'code' => 'busy' ) );
		$this->assertSame( 'Not now.', List_Export::rows( 'ideas' )->get_error_message() );
	}

	public function test_rows_that_vanish_meanwhile_end_the_file(): void {
		$call = 'GET ' . Rows_Controller::PATHS['tasks'];
		$this->backend( $call, 200, array( 'count' => 150, 'results' => array_fill( 0, 100, array( 'title' => 'x' ) ) ) );
		$this->backend( $call, 200, array( 'count' => 150, 'results' => array() ) );
		$this->assertCount( 100, List_Export::rows( 'tasks' ) );
	}
}
