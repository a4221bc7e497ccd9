<?php
/**
 * Loads a real WordPress, whose folder WP_ROOT names, with the plugin active in it.
 *
 *   WP_ROOT=/path/to/wordpress phpunit -c wp-plugin/tests/phpunit.xml
 *
 * @package Igny8
 */

$igny8_root = getenv( 'WP_ROOT' );
if ( ! $igny8_root || ! is_file( $igny8_root . '/wp-load.php' ) ) {
	fwrite( STDERR, "WP_ROOT must name the folder of an installed WordPress.\n" );
	exit( 2 );
}
$_SERVER += array(
	'HTTP_HOST'       => '127.0.0.1',
	'SERVER_NAME'     => '127.0.0.1',
	'SERVER_PROTOCOL' => 'HTTP/1.1',
	'REQUEST_METHOD'  => 'GET',
	'REQUEST_URI'     => '/',
	'REMOTE_ADDR'     => '127.0.0.1',
);
define( 'WP_ADMIN', true );
require $igny8_root . '/wp-load.php';
require_once ABSPATH . 'wp-admin/includes/admin.php';
if ( ! class_exists( 'Igny8\Plugin' ) ) {
	require dirname( __DIR__ ) . '/igny8.php';
	Igny8\Capabilities::install();
}
if ( version_compare( get_bloginfo( 'version' ), '6.4', '<' ) ) {
	error_reporting( E_ALL & ~E_DEPRECATED ); // These are older than PHP 8.2 and their own classes set undeclared properties.
}
add_filter( 'wp_hash_password_options', static fn() => array( 'cost' => 4 ) ); // Hundreds of users: a strong hash would take most of the time.
require __DIR__ . '/TestCase.php';
require __DIR__ . '/DirectoryRules.php';
