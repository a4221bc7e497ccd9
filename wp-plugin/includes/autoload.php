<?php
/**
 * Loads Igny8\Some_Folder\Some_Class from includes/Some_Folder/Some_Class.php.
 *
 * @package Igny8
 */

defined( 'ABSPATH' ) || exit;

spl_autoload_register(
	static function ( $name ) {
		if ( 0 !== strpos( $name, 'Igny8\\' ) ) {
			return;
		}
		$file = __DIR__ . '/' . str_replace( '\\', '/', substr( $name, 6 ) ) . '.php';
		if ( is_file( $file ) ) {
			require $file;
		}
	}
);
