/**
 * The “Collect now” button of sites that the service cannot reach.
 */
( function ( wp ) {
	'use strict';

	const { __, _n, sprintf } = wp.i18n;
	const button = document.getElementById( 'igny8-collect' );
	if ( ! button ) {
		return;
	}
	const answer = button.parentNode.querySelector( '[role=status]' );

	function words( done ) {
		/* translators: %d: number of posts. */
		const failed = done.failed ? [ sprintf( _n( '%d failed.', '%d failed.', done.failed, 'igny8' ), done.failed ) ] : [];
		if ( ! done.collected ) {
			return [ __( 'Nothing waits to be collected.', 'igny8' ) ].concat( failed ).join( ' ' );
		}
		/* translators: %d: number of posts. */
		return [ sprintf( _n( '%d collected.', '%d collected.', done.collected, 'igny8' ), done.collected ) ].concat( failed ).join( ' ' );
	}

	button.addEventListener( 'click', () => {
		button.disabled = true;
		answer.textContent = __( 'One moment…', 'igny8' );
		wp.apiFetch( { path: '/igny8/v1/collect', method: 'POST' } ).then( ( done ) => {
			answer.textContent = words( done );
		}, ( error ) => {
			answer.textContent = error.message;
		} ).then( () => {
			button.disabled = false;
		} );
	} );
	button.disabled = false;
}( window.wp ) );
