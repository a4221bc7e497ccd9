/**
 * The list screens: new task, row buttons, bulk actions, and the list fetched anew when work has moved.
 */
( function ( wp, igny8 ) {
	'use strict';

	if ( ! igny8 ) {
		return; // Not connected: there is no list.
	}

	const { __, _n, sprintf } = wp.i18n;
	const list = () => document.getElementById( 'igny8-list' );
	let refreshing = null;

	/* Starting work. */

	function titleFor( act, titles ) {
		/* translators: %s: title of a task. */
		const one = { generate: __( 'Generate content: %s', 'igny8' ), publish: __( 'Publish: %s', 'igny8' ) }[ act ];
		/* translators: %d: number of rows. */
		const many = sprintf( _n( '%d item', '%d items', titles.length, 'igny8' ), titles.length );
		return sprintf( one, 1 === titles.length ? titles[ 0 ] : many );
	}

	function start( act, ids, titles ) {
		const title = titleFor( act, titles );
		if ( 'publish' === act ) {
			igny8.jobs.start( { path: '/igny8/v1/publish', data: { ids, force: false }, title } );
			return;
		}
		const options = { images: true, publish: Boolean( igny8.mayPublish ) };
		igny8.jobs.start( { path: '/igny8/v1/runs', data: { function: 'auto_generate_content', ids, options }, title } );
	}

	function act( button ) {
		const ids = button.dataset.ids.split( ',' );
		if ( 'follow' === button.dataset.igny8Act ) {
			igny8.jobs.follow( '/igny8/v1/runs/' + ids[ 0 ], button.dataset.title );
			return;
		}
		button.closest( 'tr' ).querySelectorAll( '[data-igny8-act]' ).forEach( ( one ) => {
			one.disabled = true;
		} );
		start( button.dataset.igny8Act, ids, [ button.dataset.title ] );
	}

	function bulk( event ) {
		const from = event.submitter && 'doaction2' === event.submitter.id ? 'action2' : 'action';
		const isApply = event.submitter && /^doaction/.test( event.submitter.id );
		const chosen = isApply ? event.target.elements[ from ].value : '-1';
		if ( ! isApply ) {
			return;
		}
		event.preventDefault();
		const rows = Array.from( event.target.querySelectorAll( 'input[name="ids[]"]:checked' ), ( box ) => box.closest( 'tr' ) );
		const usable = rows.filter( ( row ) => ( 'publish' === chosen ? row.dataset.content : ! row.dataset.live ) );
		if ( '-1' === chosen || ! usable.length ) {
			say( '-1' === chosen ? __( 'Choose an action first.', 'igny8' ) : __( 'None of the chosen rows is ready for this.', 'igny8' ) );
			return;
		}
		const ids = usable.map( ( row ) => ( 'publish' === chosen ? row.dataset.content : row.dataset.id ) );
		start( chosen, ids, usable.map( ( row ) => row.dataset.title ) );
	}

	function say( text ) {
		const old = document.querySelector( '.igny8-say' );
		if ( old ) {
			old.remove();
		}
		const notice = igny8.el( 'div', { class: 'notice notice-warning igny8-say' }, [ igny8.el( 'p', { text } ) ] );
		list().insertAdjacentElement( 'beforebegin', notice );
		wp.a11y.speak( text, 'assertive' );
	}

	/* The list itself: drawn by the server, so that there is one way to draw a row. */

	function refresh() {
		if ( refreshing || document.querySelector( 'dialog[open]' ) ) {
			return; // Asked again when the dialog closes.
		}
		refreshing = window.fetch( window.location.href, { credentials: 'same-origin' } )
			.then( ( answer ) => answer.text() )
			.then( ( html ) => {
				const fresh = new DOMParser().parseFromString( html, 'text/html' ).getElementById( 'igny8-list' );
				if ( fresh ) {
					list().replaceWith( document.importNode( fresh, true ) );
					disableBusy();
				}
			} )
			.catch( () => say( __( 'The list could not be brought up to date. Reload the page.', 'igny8' ) ) )
			.then( () => {
				refreshing = null;
			} );
	}

	/** No second press while work goes on for a row, even between two of its stages. */
	function disableBusy() {
		const busy = igny8.jobs.busy();
		list().querySelectorAll( 'tr[data-id]' ).forEach( ( row ) => {
			const isBusy = [ row.dataset.id, row.dataset.content, row.dataset.task ].some( ( id ) => id && busy.indexOf( id ) >= 0 );
			row.querySelectorAll( '[data-igny8-act]:not([data-igny8-act=follow])' ).forEach( ( button ) => {
				button.disabled = isBusy;
			} );
		} );
	}

	/* New task. */

	function openForm( button ) {
		const form = document.getElementById( 'igny8-new-task' );
		form.hidden = ! form.hidden;
		button.setAttribute( 'aria-expanded', String( ! form.hidden ) );
		if ( ! form.hidden ) {
			form.elements.title.focus();
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

	document.addEventListener( 'click', ( event ) => {
		const button = event.target.closest( '[data-igny8-act], .igny8-add' );
		if ( ! button ) {
			return;
		}
		event.preventDefault();
		if ( button.dataset.igny8Act ) {
			act( button );
		} else {
			openForm( button );
		}
	} );
	document.addEventListener( 'submit', ( event ) => {
		if ( 'igny8-new-task' === event.target.id ) {
			add( event );
		} else if ( event.target.classList.contains( 'igny8-list-form' ) ) {
			bulk( event );
		}
	} );
	document.addEventListener( 'igny8:changed', refresh );
	disableBusy();
}( window.wp, window.igny8 ) );
