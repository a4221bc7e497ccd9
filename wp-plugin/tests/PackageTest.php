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

	public function test_what_is_printed_is_escaped_where_it_is_printed(): void {
		foreach ( self::shipped( 'php' ) as $name => $code ) {
			$this->assertSame( array(), Igny8_DirectoryRules::unescaped( $code ), $name );
		}
	}

	public function test_nothing_forbidden_is_shipped(): void {
		$known = array(
			'includes/Connect_Code.php'           => array( 'hides text' ), // Connect codes are base64.
			'includes/Rest/Whoami_Controller.php' => array( 'open to everybody' ), // Tells strangers nothing telling.
			'includes/Site/Preview.php'           => array( 'script or style in the page', 'name without our prefix' ), // Takes scripts out; DONOTCACHEPAGE is the caching plugins' name.
			'includes/Content/Schema_Head.php'    => array( 'remote address', 'script or style in the page' ), // JSON-LD names schema.org and does not run.
		);
		foreach ( self::shipped( 'php' ) as $name => $code ) {
			$this->assertSame( array(), array_diff( Igny8_DirectoryRules::forbidden( $code ), $known[ $name ] ?? array() ), $name );
		}
		foreach ( self::shipped( 'js' ) as $name => $code ) {
			$this->assertSame( array(), Igny8_DirectoryRules::forbidden_in_scripts( $code ), $name );
		}
		foreach ( self::shipped( 'css' ) as $name => $code ) {
			$this->assertDoesNotMatchRegularExpression( '#@import|https?://|url\(#', $code, $name );
		}
	}

	/** @dataProvider breaches */
	public function test_a_breach_would_be_found( string $rule, string $code ): void {
		$found = array_merge( Igny8_DirectoryRules::forbidden( $code ), Igny8_DirectoryRules::unescaped( $code ) ? array( 'unescaped' ) : array() );
		$this->assertContains( $rule, $found );
	}

	public function breaches(): array {
		return array(
			array( 'unescaped', '<?php echo $title;' ),
			array( 'unescaped', '<?php printf( \'<p>%s</p>\', $title );' ),
			array( 'unescaped', '<?php echo esc_html( $a ), $b;' ),
			array( 'unescaped', '<p><?= $title ?></p>' ),
			array( 'unescaped', '<?php echo __( \'Title\', \'igny8\' );' ),
			array( 'unescaped', '<?php echo $is ? $title : \'\';' ),
			array( 'runs code or programs', '<?php eval( $a );' ),
			array( 'hides text', '<?php base64_decode( $a );' ),
			array( 'heredoc', "<?php \$a = <<<HTML\nx\nHTML;" ),
			array( 'remote address', '<?php wp_enqueue_script( \'a\', \'https://cdn.example/a.js\' );' ),
			array( 'script or style in the page', '<?php echo \'<script>a()</script>\';' ),
			array( 'redirect without safety', '<?php wp_redirect( $a );' ),
			array( 'input without cleaning', '<?php $a = $_GET[\'a\'];' ),
			array( 'query without prepare', '<?php $wpdb->query( "DELETE FROM a WHERE b = $c" );' ),
			array( 'name without our prefix', '<?php do_action( \'saved\' );' ),
			array( 'text without our text domain', '<?php $a = __( \'Title\' );' ),
			array( 'open to everybody', '<?php $a = array( \'permission_callback\' => \'__return_true\' );' ),
		);
	}

	/** @dataProvider breaches_in_scripts */
	public function test_a_breach_in_a_script_would_be_found( string $rule, string $code ): void {
		$this->assertContains( $rule, Igny8_DirectoryRules::forbidden_in_scripts( $code ) );
	}

	public function breaches_in_scripts(): array {
		return array(
			array( 'markup from a text', 'node.innerHTML = text;' ),
			array( 'runs a text', 'eval( text );' ),
			array( 'remote address', 'const a = "https://cdn.example/a.js";' ),
			array( 'own library', 'import React from "react";' ),
			array( 'global name', "'use strict';\nconst jobs = [];" ),
			array( 'text without our text domain', "__( 'Title' );" ),
		);
	}

	public function test_every_form_that_is_sent_is_checked_twice(): void {
		foreach ( self::shipped( 'php' ) as $name => $code ) {
			if ( preg_match( "/add_action\( 'admin_post_/", $code ) && 'includes/Plugin.php' !== $name ) {
				$this->assertStringContainsString( 'check_admin_referer', $code, $name );
				$this->assertMatchesRegularExpression( '/current_user_can|self::may\(\)/', $code, $name );
			}
		}
	}

	public function test_the_readme_keeps_the_rules_of_the_directory(): void {
		$readme = file_get_contents( dirname( __DIR__ ) . '/readme.txt' );
		preg_match( '/^Tested up to: (\S+)$/m', $readme, $tested );
		$this->assertMatchesRegularExpression( '/^\d+\.\d+$/', $tested[1] );
		preg_match( '/^Tags: (.+)$/m', $readme, $tags );
		$this->assertLessThanOrEqual( 5, count( explode( ',', $tags[1] ) ) );
		preg_match( '/^License URI: .+\n\n(.+)\n/m', $readme, $short );
		$this->assertLessThanOrEqual( 150, strlen( $short[1] ) );
		$this->assertSame( get_plugin_data( IGNY8_FILE )['TextDomain'], basename( IGNY8_FILE, '.php' ) );
		foreach ( array( 'Description', 'External services', 'Installation', 'Frequently Asked Questions', 'Changelog' ) as $section ) {
			$this->assertStringContainsString( "== $section ==", $readme );
		}
	}

	public function test_only_files_that_belong_into_an_archive_are_shipped(): void {
		$this->assertSame( array(), array_diff_key( self::shipped( '\w+' ), self::shipped( '(php|js|css|pot|txt|distignore)' ) ) );
		foreach ( array_keys( self::shipped( 'js' ) ) as $name ) {
			$this->assertStringNotContainsString( '.min.', $name );
		}
	}
}
