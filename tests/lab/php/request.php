<?php
/**
 * What WordPress expects of a web request, for a script that runs on the command line.
 */

function lab_pretend_request( $url ) {
	$parts    = parse_url( $url );
	$_SERVER  = array(
		'HTTP_HOST'       => $parts['host'] . ':' . $parts['port'],
		'SERVER_NAME'     => $parts['host'],
		'SERVER_PROTOCOL' => 'HTTP/1.1',
		'REQUEST_METHOD'  => 'GET',
		'REQUEST_URI'     => '/',
		'REMOTE_ADDR'     => '127.0.0.1',
		'PHP_SELF'        => '/index.php',
		'SCRIPT_NAME'     => '/index.php',
	) + $_SERVER;
}
