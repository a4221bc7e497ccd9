/**
 * What the person sees of jobs outside the dialog. Offers igny8.badge = { draw( jobs, show ), announce( job, show ) }.
 */
( function ( wp, igny8 ) {
	'use strict';

	const { __, _n, sprintf } = wp.i18n;

	function announce( job, show ) {
		const words = {
			/* translators: %s: title of the work. */
			success: __( 'Finished: %s', 'igny8' ),
			/* translators: %s: title of the work. */
			failed: __( 'Did not work: %s', 'igny8' ),
			/* translators: %s: title of the work. */
			cancelled: __( 'Stopped: %s', 'igny8' ),
		};
		const text = sprintf( words[ job.done ], job.title ) + ( job.error ? ' – ' + job.error : '' ) + ' ';
		const open = igny8.el( 'button', { type: 'button', class: 'button-link', text: __( 'Details', 'igny8' ) } );
		const dismiss = igny8.el( 'button', { type: 'button', class: 'notice-dismiss', 'aria-label': __( 'Dismiss', 'igny8' ) } );
		const notice = igny8.el( 'div', { class: 'notice is-dismissible notice-' + ( 'failed' === job.done ? 'error' : 'success' ) }, [ igny8.el( 'p', { text }, [ open ] ), dismiss ] );
		dismiss.addEventListener( 'click', () => notice.remove() );
		open.addEventListener( 'click', () => {
			notice.remove();
			show( job );
		} );
		const head = document.querySelector( '.igny8 .wp-header-end, .igny8-panel-head' );
		if ( head ) {
			head.insertAdjacentElement( 'afterend', notice );
		}
		wp.a11y.speak( text );
	}

	function draw( running, show ) {
		const place = document.querySelector( '.igny8-badge-place' );
		if ( ! place ) {
			return;
		}
		const open = Boolean( place.querySelector( 'details[open]' ) ); // Stays so while the list changes.
		place.textContent = '';
		if ( ! running.length ) {
			return;
		}
		/* translators: %d: number of jobs. */
		const words = sprintf( _n( '%d running', '%d running', running.length, 'igny8' ), running.length );
		const list = igny8.el( 'ul', {}, running.map( ( job ) => {
			const button = igny8.el( 'button', { type: 'button', class: 'button-link', text: job.title } );
			button.addEventListener( 'click', () => show( job ) );
			return igny8.el( 'li', {}, [ button ] );
		} ) );
		place.appendChild( Object.assign( igny8.el( 'details', { class: 'igny8-badge' }, [ igny8.el( 'summary', { text: words } ), list ] ), { open } ) );
	}

	igny8.badge = { draw, announce };
}( window.wp, window.igny8 ) );
