/**
 * The list screens: row buttons, bulk actions, forms above the list, and the list drawn anew when work has moved.
 */
( function ( wp, igny8 ) {
	'use strict';

	if ( ! igny8 ) {
		return; // Not connected: there is no list.
	}

	const { __ } = wp.i18n;
	const list = () => document.getElementById( 'igny8-list' );
	const panels = () => document.querySelectorAll( '[data-panel]' );
	const spends = '[data-igny8-act=generate], [data-igny8-act=images], [data-igny8-act=cluster], [data-igny8-act=cluster_all], [data-igny8-act=ideas], [data-igny8-act=ideas_all]';
	let refreshing = null;
	let again = false;
	let pressed = []; // Where the focus belongs after the next drawing: selectors, the first that leads somewhere counts.

	/** A row as acts.js knows it. */
	function rowOf( element ) {
		const { id, title, kind, content, task, live, posted, planned, status } = element.dataset;
		return { id, title, kind, content, task, live, posted, planned, status, 'public': element.dataset.public };
	}

	function rowsChosen() {
		return Array.from( list().querySelectorAll( 'input[name="ids[]"]:checked' ), ( box ) => rowOf( box.closest( '[data-id]' ) ) );
	}

	/** A word above the list, with a way on. */
	function say( text, kind, url, label ) {
		document.querySelectorAll( '.igny8-say' ).forEach( ( old ) => old.remove() );
		const words = igny8.el( 'p', { text: text + ' ' }, url ? [ igny8.el( 'a', { href: url, text: label } ) ] : [] );
		const notice = igny8.el( 'div', { class: 'notice igny8-say notice-' + ( kind || 'warning' ) }, [ words ] );
		list().insertAdjacentElement( 'beforebegin', notice );
		wp.a11y.speak( text, 'assertive' );
	}

	/* Pressing. */

	function act( button ) {
		const name = button.dataset.igny8Act;
		const element = button.closest( '[data-id]' );
		const row = element && rowOf( element );
		if ( 'follow' === name ) {
			igny8.jobs.follow( '/igny8/v1/' + ( row && 'deliveries' === row.kind ? 'deliveries/' : 'runs/' ) + button.dataset.ids, button.dataset.title );
			return;
		}
		if ( 'edit' === name ) {
			igny8.edit( row, button ).then( ( changed ) => changed && refresh() );
			return;
		}
		pressed = placesOf( button );
		begin( name, row ? [ row ] : [], ( element || button.parentNode ).querySelectorAll( '[data-igny8-act]' ), button.dataset.ids );
	}

	/** How the same button is found after the list was drawn anew. */
	function selectorOf( button ) {
		return '[data-igny8-act="' + button.dataset.igny8Act + '"][data-ids="' + ( button.dataset.ids || '' ) + '"]';
	}

	/** Where the focus of an element belongs once the list was drawn anew: to the same one, or into its row. */
	function placesOf( element ) {
		const row = element.closest( '[data-id]' );
		const same = element.dataset.igny8Act ? selectorOf( element ) : '#' + element.id;
		return ( '#' === same ? [] : [ same ] ).concat( row ? [ '[data-id="' + row.dataset.id + '"] .button', '[data-id="' + row.dataset.id + '"] input' ] : [] );
	}

	/** Work that ends by itself takes nobody's focus away. */
	function holdFocus() {
		const focused = document.activeElement;
		if ( ! pressed.length && focused.closest( '#igny8-list, [data-panel]' ) ) {
			pressed = placesOf( focused );
		}
	}

	/** Puts the focus back to the button that was pressed, or to its row, where the drawing took it away. */
	function refocus() {
		const places = pressed;
		pressed = [];
		if ( places.length && document.activeElement === document.body ) {
			const usable = ( place ) => Array.from( document.querySelectorAll( '.igny8 ' + place ) ).filter( ( one ) => ! one.disabled )[ 0 ];
			const target = places.map( usable ).filter( Boolean )[ 0 ] || list();
			target.focus();
		}
	}

	/** Starts an act; its buttons rest until it is known what came of it. */
	function begin( name, rows, buttons, ids ) {
		const rest = ( isResting ) => buttons.forEach( ( one ) => {
			one.disabled = isResting;
		} );
		rest( true );
		const done = igny8.acts.run( name, rows, ids );
		if ( done ) {
			done.catch( ( error ) => say( error.message, 'error' ) ).then( ( outcome ) => {
				if ( false !== outcome ) {
					refresh();
					return;
				}
				rest( false ); // Nothing was done: what is ticked stays ticked.
				refocus();
			} );
		}
	}

	/** Why a bulk action can not begin, or ''. */
	function hindrance( chosen, ticked, usable ) {
		if ( '-1' === chosen ) {
			return __( 'Choose an action first.', 'igny8' );
		}
		if ( ! ticked.length ) {
			return __( 'Tick at least one row first.', 'igny8' );
		}
		return usable.length ? igny8.acts.surplus( chosen, usable ) : __( 'None of the chosen rows is ready for this.', 'igny8' );
	}

	function bulk( event ) {
		const from = event.submitter && 'doaction2' === event.submitter.id ? 'action2' : 'action';
		if ( ! event.submitter || ! /^doaction/.test( event.submitter.id ) ) {
			return; // Search and filters are the server's.
		}
		event.preventDefault();
		event.stopPropagation(); // WordPress looks for ticked rows of tables only, and only until the list is drawn anew.
		const chosen = event.target.elements[ from ].value;
		const ticked = rowsChosen();
		const rows = '-1' === chosen ? [] : igny8.acts.usable( chosen, ticked );
		const why = hindrance( chosen, ticked, rows );
		if ( why ) {
			say( why );
			return;
		}
		if ( ! igny8.quotes.stands( chosen, rows ) ) {
			awaitQuote( event.submitter, chosen );
			return;
		}
		pressed = [ '#' + event.submitter.id ];
		begin( chosen, rows, [ event.submitter ] );
	}

	/** Nothing is bought unseen: the press comes to nothing, and is asked for again when the price stands there. */
	function awaitQuote( button, chosen ) {
		if ( 'true' === button.getAttribute( 'aria-disabled' ) ) {
			wp.a11y.speak( igny8.quotes.AWAITED ); // Asked already.
		} else {
			quoteChoice( chosen );
		}
	}

	/* The list itself: drawn by the server, so that there is one way to draw a row. */

	function refresh() {
		if ( refreshing || document.querySelector( 'dialog[open]' ) ) {
			again = Boolean( refreshing ); // With a dialog open it is asked again when that closes.
			return;
		}
		refreshing = window.fetch( window.location.href, { credentials: 'same-origin' } )
			.then( ( answer ) => answer.text() )
			.then( ( html ) => {
				const page = new DOMParser().parseFromString( html, 'text/html' );
				const fresh = page.getElementById( 'igny8-list' );
				if ( fresh ) {
					holdFocus();
					list().replaceWith( document.importNode( fresh, true ) );
					panels().forEach( ( panel ) => {
						const found = page.querySelector( '[data-panel="' + panel.dataset.panel + '"]' );
						return found ? panel.replaceWith( document.importNode( found, true ) ) : panel.remove();
					} );
					prepare();
					refocus();
					document.dispatchEvent( new CustomEvent( 'igny8:drawn' ) );
				}
			} )
			.catch( () => say( __( 'The list could not be brought up to date. Reload the page.', 'igny8' ) ) )
			.then( () => {
				refreshing = null;
				if ( again ) {
					again = false;
					refresh();
				}
			} );
	}

	/** After each drawing: nothing is pressed twice, and prices stand at the buttons. */
	function prepare() {
		const busy = igny8.jobs.busy();
		list().parentNode.querySelectorAll( '[data-id]' ).forEach( ( element ) => {
			const row = rowOf( element );
			const isBusy = [ row.id, row.content, row.task ].some( ( id ) => id && busy.indexOf( id ) >= 0 );
			element.querySelectorAll( '[data-igny8-act]' ).forEach( ( button ) => {
				button.disabled = isBusy && 'follow' !== button.dataset.igny8Act;
			} );
		} );
		document.querySelectorAll( '.igny8 button.page-title-action' ).forEach( ( button ) => {
			button.disabled = busy.indexOf( button.dataset.igny8Act ) >= 0;
		} );
		list().querySelectorAll( '.igny8-unpaused button, .igny8-paused button' ).forEach( ( button ) => {
			button.disabled = false;
		} );
		list().querySelectorAll( '.bulkactions' ).forEach( ( bar ) => {
			bar.appendChild( igny8.el( 'span', { class: 'igny8-bulk-quote', role: 'status' } ) );
		} );
		const buttons = Array.from( document.querySelectorAll( '.igny8 ' + spends.split( ', ' ).join( ', .igny8 ' ) ) );
		igny8.quotes.page( buttons.filter( ( button ) => ! button.disabled ).map( ( button ) => {
			const element = button.closest( '[data-id]' );
			return { button, row: element ? rowOf( element ) : null };
		} ) );
	}

	/** The price of the ticked rows, for one action or the one that is chosen above or below the list. */
	function quoteChoice( act ) {
		const all = ( selector ) => Array.from( list().querySelectorAll( selector ) );
		const chosen = act || all( '.bulkactions select' ).map( ( select ) => select.value ).filter( ( value ) => '-1' !== value )[ 0 ];
		igny8.quotes.bulk( all( '.igny8-bulk-quote' ), all( '.bulkactions [type=submit]' ), chosen, chosen ? rowsChosen() : [] );
	}

	/* Forms and folds. */

	function open( button ) {
		const form = document.getElementById( button.getAttribute( 'aria-controls' ) );
		form.hidden = ! form.hidden;
		button.setAttribute( 'aria-expanded', String( ! form.hidden ) );
		if ( ! form.hidden ) {
			form.querySelector( 'input, textarea' ).focus();
		}
	}

	function add( event ) {
		event.preventDefault();
		const form = event.target;
		const answer = form.querySelector( '.igny8-form-answer' );
		const submit = form.querySelector( '[type=submit]' );
		const data = {
			title: form.elements.title.value.trim(),
			description: form.elements.description.value.trim(),
			keywords: form.elements.keywords.value.split( ',' ).map( ( word ) => word.trim() ).filter( Boolean ),
		};
		if ( form.elements.word_count.value ) {
			data.word_count = Number( form.elements.word_count.value );
		}
		submit.disabled = true;
		answer.textContent = '';
		wp.apiFetch( { path: '/igny8/v1/tasks', method: 'POST', data } ).then( () => {
			form.reset();
			form.elements.title.focus();
			wp.a11y.speak( __( 'The task was added.', 'igny8' ) );
			refresh();
		}, ( error ) => {
			answer.textContent = error.message;
		} ).then( () => {
			submit.disabled = false;
		} );
	}

	/** The keywords of a cluster, when somebody wants to see them. */
	function unfold( details ) {
		const place = details.querySelector( 'p' );
		if ( ! details.open || place.textContent ) {
			return;
		}
		place.textContent = __( 'One moment…', 'igny8' );
		wp.apiFetch( { path: '/igny8/v1/keywords?page_size=100&ordering=keyword&cluster_id=' + details.dataset.cluster } ).then( ( answer ) => {
			const rest = answer.count > answer.results.length ? ' …' : '';
			place.textContent = answer.results.map( ( one ) => one.keyword ).join( ', ' ) + rest;
		}, ( error ) => {
			place.textContent = error.message;
		} );
	}

	document.addEventListener( 'click', ( event ) => {
		const button = event.target.closest( '[data-igny8-act], .igny8-opener' );
		if ( ! button || ! button.closest( '.igny8' ) ) {
			return;
		}
		event.preventDefault();
		if ( 'true' === button.getAttribute( 'aria-disabled' ) ) {
			return; // Its price is not there yet.
		}
		if ( button.dataset.igny8Act ) {
			act( button );
		} else {
			open( button );
		}
	} );
	document.addEventListener( 'submit', ( event ) => {
		if ( 'igny8-new-task' === event.target.id ) {
			add( event );
		} else if ( event.target.classList.contains( 'igny8-list-form' ) ) {
			bulk( event );
		}
	}, true ); // Before WordPress's own look at the form.
	document.addEventListener( 'toggle', ( event ) => event.target.classList.contains( 'igny8-inside' ) && unfold( event.target ), true );
	document.addEventListener( 'change', ( event ) => event.target.closest( '#igny8-list' ) && quoteChoice() );
	document.addEventListener( 'igny8:changed', refresh );
	igny8.say = say;
	prepare();
}( window.wp, window.igny8 ) );
