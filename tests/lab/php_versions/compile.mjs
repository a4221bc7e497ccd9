// Compiles PHP files under real PHP 7.4 and 8.5: node compile.mjs FILE…
// Prints one JSON line: {"7.4": {file: words}, "8.5": {…}}; a file without complaints is left out.
// Nothing of a file runs: each of ours ends at its guard, and a request compiles a file whole before that.
import { readFileSync } from 'node:fs';
import { PHP, loadPHPRuntime } from '@php-wasm/universal';

const REPORT = "<?php error_reporting( -1 ); ini_set( 'display_errors', '1' ); ini_set( 'html_errors', '0' ); include '/file.php';";
const found = {};
for ( const version of [ '7.4', '8.5' ] ) {
	const { getPHPLoaderModule } = await import( '@php-wasm/node-' + version.replace( '.', '-' ) );
	const php = new PHP( await loadPHPRuntime( await getPHPLoaderModule(), { processId: 1 } ) );
	found[ version ] = {};
	for ( const file of process.argv.slice( 2 ) ) {
		php.writeFile( '/file.php', readFileSync( file ) );
		const answer = await php.run( { code: REPORT } ).catch( ( error ) => error.response || { text: String( error ) } );
		const words = answer.text.trim();
		if ( words ) {
			found[ version ][ file ] = words;
		}
	}
	php.exit();
}
process.stdout.write( JSON.stringify( found ) + '\n' );
