<?php
/**
 * Images are stored once by their hash, whatever name they come under.
 *
 * @package Igny8
 */

class MediaWriterTest extends Igny8_TestCase {

	/** @var string[] Files to remove. */
	private $files = array();

	protected function setUp(): void {
		parent::setUp();
		$this->as_service();
	}

	protected function tearDown(): void {
		array_map( 'unlink', array_filter( array_unique( $this->files ), 'is_file' ) );
		parent::tearDown();
	}

	private static function png( int $shade ): string {
		$image = imagecreatetruecolor( 8, 6 );
		imagefill( $image, 0, 0, imagecolorallocate( $image, $shade, $shade, $shade ) );
		ob_start();
		imagepng( $image );
		return ob_get_clean();
	}

	private function put( string $bytes, array $about = array(), string $hash = '' ): WP_REST_Response {
		$answer = $this->rest( 'PUT', '/igny8/v1/media/' . ( $hash ? $hash : hash( 'sha256', $bytes ) ), $about, $bytes );
		if ( ! $answer->is_error() ) {
			$this->files[] = get_attached_file( $answer->get_data()['id'] );
		}
		return $answer;
	}

	public function test_the_same_bytes_are_stored_once(): void {
		$first  = $this->put( self::png( 10 ), array( 'filename' => 'a.png', 'alt' => 'A "grey" \\ square', 'title' => 'Grey', 'caption' => 'Cap' ) );
		$second = $this->put( self::png( 10 ), array( 'filename' => 'other.png' ) );
		$this->assertSame( array( 201, 200 ), array( $first->get_status(), $second->get_status() ) );
		$this->assertSame( $first->get_data()['id'], $second->get_data()['id'] );
		$this->assertSame( array( 8, 6, 'image/png', 'A "grey" \\ square' ), array( $first->get_data()['width'], $first->get_data()['height'], $first->get_data()['mime'], $second->get_data()['alt'] ) );
	}

	public function test_an_image_whose_file_is_gone_is_stored_anew(): void {
		$first = $this->put( self::png( 20 ) )->get_data();
		unlink( get_attached_file( $first['id'] ) );
		$this->assertSame( 201, $this->put( self::png( 20 ) )->get_status() );
		$this->assertSame( 200, $this->put( self::png( 20 ) )->get_status() );
	}

	public function test_damaged_bytes_are_refused(): void {
		$answer = $this->put( self::png( 30 ), array(), str_repeat( 'a', 64 ) );
		$this->assertSame( array( 422, 'igny8_hash_mismatch' ), array( $answer->get_status(), $answer->get_data()['code'] ) );
	}

	/** @dataProvider not_images */
	public function test_what_is_no_image_is_refused( string $bytes ): void {
		$answer = $this->put( $bytes );
		$this->assertSame( array( 422, 'igny8_not_an_image' ), array( $answer->get_status(), $answer->get_data()['code'] ) );
	}

	public function not_images(): array {
		return array(
			'text' => array( 'hello' ),
			'php'  => array( '<?php echo 1;' ),
			'svg'  => array( '<svg xmlns="http://www.w3.org/2000/svg"/>' ),
			'none' => array( '' ),
		);
	}

	public function test_the_name_gets_the_ending_of_the_real_type(): void {
		$answer = $this->put( self::png( 40 ), array( 'filename' => '../../Évil näme.php' ) )->get_data();
		$this->assertStringEndsWith( '/evil-name.png', $answer['source_url'] );
	}
}
