<?php
/**
 * Router of PHP's built-in server: real files as they are, everything else to WordPress.
 */

$root = $_SERVER['DOCUMENT_ROOT'];
$path = rawurldecode( (string) parse_url( $_SERVER['REQUEST_URI'], PHP_URL_PATH ) );

if ( preg_match( '#/\.|/wp-config\.php$#', $path ) ) {
	http_response_code( 403 );
	return true;
}

$file = realpath( $root . $path );
if ( false !== $file && is_dir( $file ) && is_file( $file . '/index.php' ) ) {
	if ( '/' !== substr( $path, -1 ) ) {
		header( 'Location: ' . $path . '/', true, 301 );
		return true;
	}
	$path .= 'index.php';
	$file .= '/index.php';
}

if ( false !== $file && is_file( $file ) && '.php' !== substr( $file, -4 ) ) {
	return false;
}

if ( false === $file || ! is_file( $file ) ) {
	$path = '/index.php';
	$file = $root . '/index.php';
}

$_SERVER['SCRIPT_NAME']     = $path;
$_SERVER['PHP_SELF']        = $path;
$_SERVER['SCRIPT_FILENAME'] = $file;
chdir( dirname( $file ) );
require $file;
