/**
 * What an article was, is and could be: differences, proposals, versions, wishes, and posts that somebody changed.
 * Offers igny8.changes, one function an act; each takes the rows of the act.
 */
( function ( wp, igny8 ) {
	'use strict';

	const { __, sprintf } = wp.i18n;
	const el = igny8.el;
	const PAUSE_MS = 400;
	let timer = 0;
	let asked = 0;

	const post = ( path, data ) => wp.apiFetch( { path: '/igny8/v1/' + path, method: 'POST', data: Object.assign( { once: igny8.onceKey() }, data ) } );

	/** The text of the page is not the present one any more; unsaved words are asked about by the browser. */
	function renew() {
		window.location.reload();
	}

	/* Differences: a unified diff as lines that are inserted, deleted, or neither. */

	const MARKS = {
		'+': [ 'ins', __( 'Added:', 'igny8' ) ],
		'-': [ 'del', __( 'Removed:', 'igny8' ) ],
	};

	function line( text ) {
		const mark = MARKS[ text[ 0 ] ];
		if ( '@' === text[ 0 ] ) {
			return el( 'hr' );
		}
		const words = el( 'span', { text: text.slice( 1 ), dir: 'auto' } );
		return el( 'p', {}, [ mark ? el( mark[ 0 ], {}, [ el( 'span', { class: 'screen-reader-text', text: mark[ 1 ] + ' ' } ), words ] ) : words ] );
	}

	/** Lines of the text, then title and excerpt where they differ. */
	function lines( answer ) {
		const found = ( answer.text || '' ).split( '\n' ).filter( ( one ) => one && ! /^(---|\+\+\+) /.test( one ) ).map( line );
		const parts = { title: __( 'Title', 'igny8' ), excerpt: __( 'Excerpt', 'igny8' ) };
		Object.keys( parts ).filter( ( name ) => answer[ name ] && answer[ name ].ours !== answer[ name ].theirs ).forEach( ( name ) => {
			found.push( el( 'h3', { text: parts[ name ] } ), line( '-' + answer[ name ].theirs ), line( '+' + answer[ name ].ours ) );
		} );
		return found.length ? found : [ el( 'p', { text: __( 'The words are the same.', 'igny8' ) } ) ];
	}

	function pathOf( fold ) {
		const value = ( name ) => fold.parentNode.querySelector( '[data-pair=' + name + ']' ).value;
		return /\?$/.test( fold.dataset.path ) ? fold.dataset.path + 'older=' + value( 'older' ) + '&newer=' + value( 'newer' ) : fold.dataset.path;
	}

	function unfold( fold ) {
		const place = fold.querySelector( '.igny8-lines' );
		const path = pathOf( fold );
		if ( ! fold.open || place.dataset.shown === path ) {
			return;
		}
		place.dataset.shown = path;
		place.textContent = __( 'One moment…', 'igny8' );
		wp.apiFetch( { path } ).then( ( answer ) => {
			place.textContent = '';
			lines( answer ).forEach( ( node ) => place.appendChild( node ) );
		}, ( error ) => {
			place.textContent = error.message;
			delete place.dataset.shown;
		} );
	}

	function unfoldAll() {
		document.querySelectorAll( '.igny8-diff[open]' ).forEach( unfold );
	}

	/* Wishes. */

	function wished() {
		return {
			instruction: document.getElementById( 'igny8-wish-words' ).value.trim(),
			section: document.getElementById( 'igny8-wish-section' ).value || null,
		};
	}

	/** The price of the wish as it stands; the last question wins. */
	function quote() {
		const panel = document.querySelector( '.igny8-wish' );
		const mine = ++asked;
		window.clearTimeout( timer );
		if ( ! panel ) {
			return;
		}
		const place = panel.querySelector( '.igny8-wish-quote' );
		timer = window.setTimeout( () => wp.apiFetch( { path: '/igny8/v1/contents/' + panel.dataset.id + '/wish/quote', method: 'POST', data: wished() } ).then( ( answer ) => {
			if ( mine === asked ) {
				place.textContent = igny8.quotes.text( answer );
				place.classList.toggle( 'is-over', answer.over_budget );
			}
		}, ( error ) => mine === asked && igny8.quotes.fail( place, error, quote ) ), PAUSE_MS );
	}

	igny8.changes = {
		/** Has a proposal written. */
		wish( [ row ] ) {
			if ( igny8.review.isDirty() ) {
				return Promise.reject( new Error( __( 'Save your changes first: the model works on the saved text.', 'igny8' ) ) );
			}
			/* translators: %s: title of an article. */
			igny8.jobs.start( { path: '/igny8/v1/contents/' + row.content + '/wish', data: wished(), ids: [ row.task ], title: sprintf( __( 'Proposal: %s', 'igny8' ), row.title ) } );
			return undefined;
		},
		/** Takes the proposal; a post on the site follows in the progress dialog. */
		accept( [ row ] ) {
			return post( 'contents/' + row.content + '/proposal/accept', {} ).then( ( answer ) => {
				if ( ! answer.route ) {
					return renew();
				}
				document.addEventListener( 'igny8:changed', () => ! document.querySelector( 'dialog[open]' ) && renew() );
				/* translators: %s: title of an article. */
				igny8.jobs.follow( answer.route, sprintf( __( 'Update the post: %s', 'igny8' ), row.title ) );
				return undefined;
			} );
		},
		discard( [ row ] ) {
			return post( 'contents/' + row.content + '/proposal/discard', {} ).then( () => igny8.say( __( 'The proposal was dropped; the article stays as it is.', 'igny8' ), 'success' ) );
		},
		/** Brings a version back; its number is the button's. */
		restore( [ row ], ids ) {
			return post( 'contents/' + row.content + '/versions/' + ids + '/restore', {} ).then( renew );
		},
		keep_theirs( [ row ] ) {
			return post( 'deliveries/' + row.id + '/choose', { choice: 'keep' } ).then( () => igny8.say( __( 'The post stays as it is.', 'igny8' ), 'success' ) );
		},
		take_theirs( [ row ] ) {
			return post( 'deliveries/' + row.id + '/choose', { choice: 'take' } ).then( renew );
		},
		overwrite( [ row ] ) {
			/* translators: %s: title of an article. */
			igny8.jobs.start( { path: '/igny8/v1/publish', data: { ids: [ row.content ], force: true }, title: sprintf( __( 'Publish: %s', 'igny8' ), row.title ) } );
			return undefined;
		},
	};

	document.addEventListener( 'toggle', ( event ) => event.target.classList.contains( 'igny8-diff' ) && unfold( event.target ), true );
	document.addEventListener( 'change', ( event ) => {
		if ( event.target.dataset.pair ) {
			unfoldAll();
		} else if ( 'igny8-wish-section' === event.target.id ) {
			quote();
		}
	} );
	document.addEventListener( 'input', ( event ) => 'igny8-wish-words' === event.target.id && quote() );
	document.addEventListener( 'igny8:drawn', unfoldAll );
	unfoldAll();
	quote();
}( window.wp, window.igny8 ) );
