/**
 * Keywords from a pasted list or a file: checked first, then added, with a report a line.
 */
( function ( wp, igny8 ) {
	'use strict';

	const form = document.getElementById( 'igny8-import' );
	if ( ! igny8 || ! form ) {
		return;
	}

	const { __, sprintf } = wp.i18n;
	const SHOWN = 500;
	const MAX_BYTES = 5242880;
	const answer = form.querySelector( '.igny8-form-answer' );
	const report = form.querySelector( '.igny8-report' );
	const el = igny8.el;

	/** The UTF-16 of a file by its mark, or by the zeros that its Latin letters and commas leave; '' for other files. */
	function utf16( bytes ) {
		const [ first, second ] = bytes;
		if ( ( 0xff === first && 0xfe === second ) || 0 === second ) {
			return 'utf-16le';
		}
		return ( 0xfe === first && 0xff === second ) || 0 === first ? 'utf-16be' : '';
	}

	/** Text of a file in any of the encodings that spreadsheets write. */
	function decode( buffer ) {
		const encoding = utf16( new Uint8Array( buffer ) );
		try {
			return new TextDecoder( encoding || 'utf-8', { fatal: ! encoding } ).decode( buffer );
		} catch ( e ) {
			return new TextDecoder( 'windows-1252' ).decode( buffer ); // Not UTF-8: what Excel writes in the West.
		}
	}

	function read( file ) {
		if ( file.size > MAX_BYTES ) {
			answer.textContent = __( 'The file is larger than 5 MB. Split it.', 'igny8' );
			return;
		}
		file.arrayBuffer().then( ( buffer ) => {
			form.elements.text.value = decode( buffer );
			send( true );
		}, () => {
			answer.textContent = __( 'The file cannot be read. Choose it again.', 'igny8' );
		} );
	}

	function stateWords( state ) {
		return {
			added: __( 'New', 'igny8' ),
			known: __( 'Known already', 'igny8' ),
			refused: __( 'Refused', 'igny8' ),
		}[ state ] || state;
	}

	function show( result ) {
		const words = result.preview
			/* translators: 1: new keywords, 2: known ones, 3: refused ones. */
			? __( '%1$d to add, %2$d known already, %3$d refused. Nothing has been added yet.', 'igny8' )
			/* translators: 1: new keywords, 2: known ones, 3: refused ones. */
			: __( '%1$d added, %2$d known already, %3$d refused.', 'igny8' );
		const lines = result.lines.slice().sort( ( a, b ) => ( 'added' === a.state ) - ( 'added' === b.state ) || a.line - b.line );
		const body = report.querySelector( 'tbody' );
		let text = sprintf( words, result.added, result.known, result.refused );
		if ( lines.length > SHOWN ) {
			/* translators: %d: number of lines. */
			text += ' ' + sprintf( __( 'The first %d lines are shown, those with a remark first.', 'igny8' ), SHOWN );
		}
		body.textContent = '';
		lines.slice( 0, SHOWN ).forEach( ( line ) => {
			const outcome = stateWords( line.state ) + ( 'refused' === line.state && line.message ? ': ' + line.message : '' );
			body.appendChild( el( 'tr', { class: 'is-' + line.state }, [ el( 'td', { text: String( line.line ) } ), el( 'td', { dir: 'auto', text: line.keyword } ), el( 'td', { text: outcome } ) ] ) );
		} );
		report.hidden = false;
		report.querySelector( '[role=status]' ).textContent = text;
		if ( ! result.preview && result.added ) {
			form.elements.text.value = '';
			form.elements.file.value = '';
			document.dispatchEvent( new CustomEvent( 'igny8:changed' ) );
		}
	}

	function send( preview ) {
		const buttons = form.querySelectorAll( '[type=submit]' );
		const text = form.elements.text.value;
		if ( ! text.trim() ) {
			answer.textContent = __( 'Paste at least one keyword.', 'igny8' );
			form.elements.text.focus();
			return;
		}
		answer.textContent = '';
		buttons.forEach( ( button ) => {
			button.disabled = true;
		} );
		wp.apiFetch( { path: '/igny8/v1/keywords/import', method: 'POST', data: { text, preview, once: igny8.onceKey() } } ).then( show, ( error ) => {
			answer.textContent = error.message;
		} ).then( () => buttons.forEach( ( button ) => {
			button.disabled = false;
		} ) );
	}

	form.addEventListener( 'submit', ( event ) => {
		event.preventDefault();
		send( ! event.submitter || 'add' !== event.submitter.value );
	} );
	form.elements.file.addEventListener( 'change', () => form.elements.file.files[ 0 ] && read( form.elements.file.files[ 0 ] ) );
}( window.wp, window.igny8 ) );
