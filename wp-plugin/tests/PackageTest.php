<?php
/**
 * The cheap rules of the plugin directory.
 *
 * @package Igny8
 */

class PackageTest extends Igny8_TestCase {

	private static function shipped( string $ending ): array {
		$root  = dirname( __DIR__ );
		$files = new RecursiveIteratorIterator( new RecursiveDirectoryIterator( $root, FilesystemIterator::SKIP_DOTS ) );
		$found = array();
		foreach ( $files as $file ) {
			$name = substr( $file->getPathname(), strlen( $root ) + 1 );
			if ( ! preg_match( '#^(tests|bin)/#', $name ) && preg_match( '/\.' . $ending . '$/', $name ) ) {
				$found[ $name ] = file_get_contents( $file->getPathname() );
			}
		}
		return $found;
	}

	public function test_the_version_is_the_same_everywhere(): void {
		$readme = file_get_contents( dirname( __DIR__ ) . '/readme.txt' );
		$this->assertStringContainsString( 'Stable tag: ' . Igny8\Plugin::version() . "\n", $readme );
		$this->assertStringContainsString( '= ' . Igny8\Plugin::version() . ' =', $readme );
		foreach ( array( 'Requires at least' => 'RequiresWP', 'Requires PHP' => 'RequiresPHP' ) as $line => $header ) {
			$this->assertStringContainsString( $line . ': ' . get_plugin_data( IGNY8_FILE )[ $header ] . "\n", $readme );
		}
	}

	public function test_no_file_can_be_called_directly(): void {
		foreach ( self::shipped( 'php' ) as $name => $code ) {
			$guard = 'index.php' === basename( $name ) ? 'Silence is golden' : ( 'uninstall.php' === $name ? 'WP_UNINSTALL_PLUGIN' : "defined( 'ABSPATH' ) || exit;" );
			$this->assertStringContainsString( $guard, $code, $name );
		}
	}

	public function test_one_class_calls_out_and_no_address_is_shipped(): void {
		foreach ( self::shipped( '(php|js)' ) as $name => $code ) {
			$this->assertDoesNotMatchRegularExpression( '/127\.0\.0\.1|localhost/', $code, $name );
			if ( 'includes/Client.php' !== $name ) {
				$this->assertDoesNotMatchRegularExpression( '/wp_(safe_)?remote_|curl_|fsockopen/', $code, $name );
			}
		}
	}

	public function test_files_stay_short(): void {
		foreach ( self::shipped( '(php|js|css)' ) as $name => $code ) {
			$this->assertLessThanOrEqual( 300, substr_count( $code, "\n" ), $name );
		}
	}

	public function test_every_text_of_ours_has_our_text_domain(): void {
		foreach ( self::shipped( 'php' ) as $name => $code ) {
			preg_match_all( "/\b(?:__|_e|_n|_x|esc_html__|esc_html_e|esc_attr__|esc_attr_e)\( '(?:[^'\\\\]|\\\\.)*'(?:, '(?:[^'\\\\]|\\\\.)*', [^)]*?)?(, 'igny8')? \)/", $code, $calls );
			$this->assertNotContains( '', $calls[1], $name );
		}
	}
}
