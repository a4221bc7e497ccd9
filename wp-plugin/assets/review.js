/**
 * One article: a preview that follows the text, saving, approving, publishing.
 */
( function ( wp, igny8 ) {
	'use strict';

	const form = document.getElementById( 'igny8-review' );
	if ( ! igny8 || ! form ) {
		return;
	}

	const { __ } = wp.i18n;
	const html = form.elements.html;
	let frame = form.querySelector( '.igny8-preview' );
	const answer = form.querySelector( '.igny8-form-answer' );
	const buttons = form.querySelectorAll( '[type=submit]' );
	const fields = Array.from( form.elements ).filter( ( field ) => field.name );
	const before = new Map( fields.map( ( field ) => [ field, field.value ] ) );
	const isDirty = () => fields.some( ( field ) => before.get( field ) !== field.value );
	const rest = ( isResting ) => buttons.forEach( ( button ) => {
		button.disabled = isResting;
	} );

	/** Has the text drawn by the site's theme in a fresh frame, so that “Back” leaves the page as ever. */
	function preview() {
		const fresh = frame.cloneNode();
		frame.replaceWith( fresh );
		frame = fresh;
		const { url, nonce, post } = frame.dataset;
		const values = { _wpnonce: nonce, post, title: form.elements.title.value, html: html.value };
		const inputs = Object.keys( values ).map( ( name ) => {
			const input = igny8.el( 'textarea', { name } );
			input.value = values[ name ];
			return input;
		} );
		const sender = igny8.el( 'form', { method: 'post', action: url, target: frame.name, hidden: '' }, inputs );
		document.body.appendChild( sender );
		sender.submit();
		sender.remove();
	}

	function data( status ) {
		const found = {};
		const list = ( text ) => text.split( ',' ).map( ( word ) => word.trim() ).filter( Boolean );
		fields.filter( ( field ) => before.get( field ) !== field.value ).forEach( ( field ) => {
			const [ area, name ] = field.name.split( '.' );
			const value = 'terms' === area ? list( field.value ) : field.value.trim();
			if ( name ) {
				found[ area ] = Object.assign( found[ area ] || {}, { [ name ]: value } );
			} else {
				found[ area ] = value;
			}
		} );
		if ( 'approved' === status ) {
			found.status = status;
		}
		return found;
	}

	function save( status ) {
		const changes = data( status );
		if ( ! Object.keys( changes ).length ) {
			return Promise.resolve( false );
		}
		changes.version = Number( form.dataset.version );
		return wp.apiFetch( { path: '/igny8/v1/contents/' + form.dataset.id, method: 'PATCH', data: changes } ).then( ( saved ) => {
			form.dataset.version = saved.content.version;
			fields.forEach( ( field ) => before.set( field, field.value ) );
			return true;
		} );
	}

	/** Somebody else saved meanwhile: the next press knowingly saves over that version. */
	function stale( error ) {
		return wp.apiFetch( { path: '/igny8/v1/contents/' + form.dataset.id } ).then( ( present ) => {
			form.dataset.version = present.content.version;
			answer.textContent = error.message + ' ';
			answer.appendChild( igny8.el( 'a', { href: window.location.href, target: '_blank', text: __( 'Open the present version in another tab', 'igny8' ) } ) );
		} );
	}

	function told( error ) {
		if ( 'content_stale' === error.code ) {
			return stale( error );
		}
		answer.textContent = [ error.message ].concat( ...Object.values( ( error.data && error.data.fields ) || {} ) ).join( ' ' );
		return undefined;
	}

	form.addEventListener( 'submit', ( event ) => {
		event.preventDefault();
		const wish = event.submitter ? event.submitter.value : '';
		rest( true );
		answer.textContent = '';
		save( wish ).then( ( isSaved ) => {
			if ( 'publish' === wish ) {
				/* translators: %s: title of an article. */
				const title = wp.i18n.sprintf( __( 'Publish: %s', 'igny8' ), form.elements.title.value );
				igny8.jobs.start( { path: '/igny8/v1/publish', data: { ids: [ form.dataset.id ], force: false }, title } );
			} else if ( 'approved' === wish ) {
				window.location.reload();
			} else {
				document.dispatchEvent( new CustomEvent( 'igny8:changed' ) );
				answer.textContent = isSaved ? __( 'Saved.', 'igny8' ) : __( 'Nothing was changed.', 'igny8' );
			}
		} ).catch( told ).catch( ( error ) => {
			answer.textContent = error.message;
		} ).then( () => rest( false ) );
	} );
	form.addEventListener( 'change', preview );
	window.addEventListener( 'beforeunload', ( event ) => isDirty() && event.preventDefault() );
	igny8.review = { isDirty };
	rest( false );
	preview();
}( window.wp, window.igny8 ) );
