/**
 * The Settings screen: connect with a confirmation, test, disconnect. Buttons rest until somebody listens, so that no press is lost.
 */
( function ( wp ) {
	'use strict';

	const { __ } = wp.i18n;
	const find = ( selector ) => document.querySelector( selector );

	function call( path, data, button, answer ) {
		button.disabled = true;
		answer.textContent = __( 'One moment…', 'igny8' );
		const request = data ? { path: '/igny8/v1/' + path, method: 'POST', data } : { path: '/igny8/v1/' + path };
		return wp.apiFetch( request ).then( ( result ) => {
			answer.textContent = '';
			return result;
		}, ( error ) => {
			answer.textContent = error.message || __( 'The request did not arrive.', 'igny8' );
			throw error;
		} ).finally( () => {
			button.disabled = false;
		} );
	}

	const reload = () => window.location.assign( window.location.pathname + '?page=igny8-settings' );
	const shown = () => undefined; // The words stand beside the button already.

	function connectForm( form ) {
		const dialog = find( '#igny8-confirm' );
		const answer = form.querySelector( '.igny8-form-answer' );
		const yes = dialog.querySelector( '[data-answer=yes]' );
		const go = form.querySelector( '[type=submit]' );
		go.disabled = false;
		form.addEventListener( 'submit', ( event ) => {
			event.preventDefault();
			call( 'connect', { code: form.elements.code.value, confirm: false }, go, answer ).then( ( facts ) => {
				dialog.querySelectorAll( '[data-fact]' ).forEach( ( place ) => {
					place.textContent = facts[ place.dataset.fact ];
				} );
				dialog.querySelector( '.igny8-form-answer' ).textContent = '';
				dialog.showModal();
			}, shown );
		} );
		yes.addEventListener( 'click', () => {
			call( 'connect', { code: form.elements.code.value, confirm: true }, yes, dialog.querySelector( '.igny8-form-answer' ) ).then( reload, shown );
		} );
		dialog.querySelector( '[data-answer=no]' ).addEventListener( 'click', () => dialog.close() );
	}

	function onClick( selector, work ) {
		const button = find( selector );
		if ( button ) {
			button.disabled = false;
			button.addEventListener( 'click', () => work( button, button.parentNode.querySelector( '.igny8-form-answer' ) ) );
		}
	}

	if ( find( '#igny8-connect' ) ) {
		connectForm( find( '#igny8-connect' ) );
	}
	onClick( '#igny8-resume', ( button, answer ) => {
		call( 'connect', { code: '', confirm: true }, button, answer ).then( reload, shown );
	} );
	onClick( '#igny8-test', ( button, answer ) => {
		call( 'connection?test=1', null, button, answer ).then( reload, shown );
	} );
	onClick( '#igny8-rotate', ( button, answer ) => {
		call( 'rotate_key', {}, button, answer ).then( () => {
			answer.textContent = __( 'The site has a new key.', 'igny8' );
		}, shown );
	} );
	onClick( '#igny8-disconnect', ( button, answer ) => {
		if ( window.confirm( __( 'Disconnect this site? Posts stay. The key and the password of the service user are removed.', 'igny8' ) ) ) {
			call( 'disconnect', {}, button, answer ).then( reload, shown );
		}
	} );
}( window.wp ) );
