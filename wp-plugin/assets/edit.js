/**
 * A small form for one row, in a dialog. Offers igny8.edit( row, opener ): a promise of whether something was changed.
 */
( function ( wp, igny8 ) {
	'use strict';

	const { __, sprintf } = wp.i18n;
	const el = igny8.el;

	/* Name, label, kind of field. A list is written with commas. */
	const title = [ 'title', __( 'Title', 'igny8' ), 'text' ];
	const description = [ 'description', __( 'Description', 'igny8' ), 'textarea' ];
	const length = [ 'word_count', __( 'Words', 'igny8' ), 'number' ];
	const FORMS = {
		keywords: [
			[ 'volume', __( 'Searches a month', 'igny8' ), 'number' ],
			[ 'difficulty', __( 'Difficulty (0 to 100)', 'igny8' ), 'number' ],
			[ 'intent', __( 'Intent', 'igny8' ), 'text' ],
			[ 'sector', __( 'Sector', 'igny8' ), 'text' ],
		],
		clusters: [ [ 'name', __( 'Name', 'igny8' ), 'text' ], description ],
		ideas: [ title, description, [ 'target_keywords', __( 'Keywords, separated by commas', 'igny8' ), 'list' ], length ],
		tasks: [ title, description, [ 'keywords', __( 'Keywords, separated by commas', 'igny8' ), 'list' ], length ],
		images: [
			[ 'alt', __( 'Alternative text: what the picture shows, for those who cannot see it', 'igny8' ), 'textarea' ],
			[ 'caption', __( 'Caption', 'igny8' ), 'textarea' ],
			[ 'prompt', __( 'What the picture shall show when it is made again', 'igny8' ), 'textarea' ],
		],
	};

	/** A stored value as it stands in a field. */
	function textOf( value ) {
		return Array.isArray( value ) ? value.join( ', ' ) : String( null === value || undefined === value ? '' : value );
	}

	function field( [ name, label, kind ], value ) {
		const id = 'igny8-edit-' + name;
		const input = 'textarea' === kind
			? el( 'textarea', { id, name, rows: '3', class: 'large-text' } )
			: el( 'input', { id, name, type: 'number' === kind ? 'number' : 'text', class: 'number' === kind ? 'small-text' : 'large-text' } );
		input.value = textOf( value );
		input.dir = 'auto';
		return el( 'p', {}, [ el( 'label', { for: id, text: label } ), input ] );
	}

	function valueOf( kind, text ) {
		if ( 'number' === kind ) {
			return '' === text ? null : Number( text );
		}
		return 'list' === kind ? text.split( ',' ).map( ( word ) => word.trim() ).filter( Boolean ) : text.trim();
	}

	/** What differs from what was there; `seen` says what that was, so that nobody is overwritten unseen. */
	function changes( kind, form, row ) {
		const found = {};
		const seen = {};
		FORMS[ kind ].forEach( ( [ name, , type ] ) => {
			const value = valueOf( type, form.elements[ name ].value );
			if ( JSON.stringify( value ) !== JSON.stringify( null === row[ name ] && '' === value ? '' : row[ name ] ) ) {
				found[ name ] = value;
				seen[ name ] = row[ name ];
			}
		} );
		return Object.keys( found ).length ? Object.assign( found, { seen } ) : null;
	}

	/** Somebody was quicker: what was typed here stays, everything else follows, and the difference is told. */
	function merge( kind, form, before, now ) {
		const mine = changes( kind, form, before ) || {};
		form.querySelectorAll( '.igny8-theirs' ).forEach( ( note ) => note.remove() );
		FORMS[ kind ].forEach( ( [ name ] ) => {
			const input = form.elements[ name ];
			const theirs = textOf( now[ name ] );
			if ( ! ( name in mine ) ) {
				input.value = theirs;
			} else if ( theirs !== textOf( before[ name ] ) && theirs !== input.value ) {
				const id = input.id + '-theirs';
				/* translators: %s: text of a field. */
				const words = sprintf( __( 'By now it reads: %s', 'igny8' ), theirs || __( '(nothing)', 'igny8' ) );
				input.insertAdjacentElement( 'afterend', el( 'span', { id, class: 'igny8-theirs description', dir: 'auto', text: words } ) );
				input.setAttribute( 'aria-describedby', id );
			}
		} );
	}

	const read = ( row ) => wp.apiFetch( { path: '/igny8/v1/' + row.kind + '/' + row.id } ).then( ( answer ) => Object.values( answer ).find( ( value ) => value && 'object' === typeof value ) );

	/** Stores a change; where somebody was quicker, answers the row as it stands now. */
	function store( row, data ) {
		return wp.apiFetch( { path: '/igny8/v1/' + row.kind + '/' + row.id, method: 'PATCH', data } ).then( () => null, ( error ) => {
			if ( 'row_stale' !== error.code ) {
				throw error;
			}
			return read( row );
		} );
	}

	function open( row, values, opener, resolve ) {
		const answer = el( 'span', { class: 'igny8-form-answer', role: 'alert' } );
		const save = el( 'button', { type: 'submit', class: 'button button-primary', text: __( 'Save', 'igny8' ) } );
		const leave = el( 'button', { type: 'button', class: 'button', text: __( 'Cancel', 'igny8' ) } );
		const fields = FORMS[ row.kind ].map( ( one ) => field( one, values[ one[ 0 ] ] ) );
		/* translators: %s: title of a row. */
		const heading = el( 'h2', { id: 'igny8-edit-heading', text: sprintf( __( 'Edit: %s', 'igny8' ), row.title ) } );
		const form = el( 'form', {}, [ heading ].concat( fields, el( 'p', { class: 'igny8-buttons' }, [ save, leave, answer ] ) ) );
		const dialog = el( 'dialog', { class: 'igny8-dialog igny8-edit', 'aria-labelledby': 'igny8-edit-heading' }, [ form ] );
		let isChanged = false;
		leave.addEventListener( 'click', () => dialog.close() );
		dialog.addEventListener( 'close', () => {
			dialog.remove();
			opener.focus();
			resolve( isChanged );
		} );
		form.addEventListener( 'submit', ( event ) => {
			event.preventDefault();
			const data = changes( row.kind, form, values );
			if ( ! data ) {
				dialog.close();
				return;
			}
			save.disabled = true;
			answer.textContent = '';
			store( row, data ).then( ( now ) => {
				isChanged = true;
				if ( ! now ) {
					dialog.close();
					wp.a11y.speak( __( 'Saved.', 'igny8' ) );
					return;
				}
				merge( row.kind, form, values, now );
				values = now;
				save.textContent = __( 'Save over it', 'igny8' );
				answer.textContent = __( 'Somebody else changed this while you had it open. Your text is still here, with theirs beside it.', 'igny8' );
			} ).catch( ( error ) => {
				const about = Object.values( ( error.data && error.data.fields ) || {} );
				answer.textContent = [ error.message ].concat( ...about ).join( ' ' );
			} ).then( () => {
				save.disabled = false;
			} );
		} );
		document.querySelector( '.igny8' ).appendChild( dialog );
		dialog.showModal();
	}

	igny8.edit = ( row, opener ) => new Promise( ( resolve ) => {
		opener.disabled = true;
		read( row ).then( ( one ) => {
			opener.disabled = false;
			open( row, one, opener, resolve );
		}, ( error ) => {
			opener.disabled = false;
			igny8.say( error.message, 'error' );
			resolve( false );
		} );
	} );
}( window.wp, window.igny8 ) );
