<?php
/**
 * Runs the code on standard input inside a WordPress: `eval.php <root> <url> <login>`.
 * Prints {"value": what it returned, "output": what it printed} as its last line.
 */

require __DIR__ . '/request.php';
lab_pretend_request( $argv[2] );
require $argv[1] . '/wp-load.php';
require_once ABSPATH . 'wp-admin/includes/admin.php';

if ( '' !== $argv[3] ) {
	wp_set_current_user( get_user_by( 'login', $argv[3] )->ID );
}

$lab_code = stream_get_contents( STDIN );
ob_start();
$lab_value = ( function () use ( $lab_code ) {
	return eval( $lab_code );
} )();
$lab_output = ob_get_clean();

echo "\n", json_encode(
	array(
		'value'  => $lab_value,
		'output' => $lab_output,
	),
	JSON_UNESCAPED_UNICODE | JSON_INVALID_UTF8_SUBSTITUTE
), "\n";
