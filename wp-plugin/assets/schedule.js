/**
 * When articles go public. Offers igny8.schedule = { choose( rows ), clear( rows ), halt( wish ) }: promises, of false when nothing was asked for.
 */
( function ( wp, igny8 ) {
	'use strict';

	const { __, _n, sprintf } = wp.i18n;
	const el = igny8.el;

	function send( row, wish ) {
		const data = Object.assign( { content_id: row.content, once: igny8.onceKey() }, wish );
		return wp.apiFetch( { path: '/igny8/v1/schedule', method: 'POST', data } );
	}

	/** A local time as this person reads times; the offset in it is the site's, not the browser's. */
	function read( local ) {
		const shown = new Intl.DateTimeFormat( igny8.language(), { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' } );
		return shown.format( new Date( local.slice( 0, 16 ) + 'Z' ) );
	}

	function words( error ) {
		return [ error.message ].concat( ...Object.values( ( error.data && error.data.fields ) || {} ) )
			.filter( ( one, i, all ) => all.indexOf( one ) === i ).join( ' ' );
	}

	/* One article: a date and a time. */

	function input( id, type, label, value ) {
		const field = el( 'input', { id, type, required: '' } );
		field.value = value;
		return { field, line: el( 'p', {}, [ el( 'label', { for: id, text: label } ), field ] ) };
	}

	function one( row, calendar ) {
		const start = row.planned || calendar.next_free || '';
		const date = input( 'igny8-schedule-date', 'date', __( 'Date', 'igny8' ), start.slice( 0, 10 ) );
		const time = input( 'igny8-schedule-time', 'time', __( 'Time', 'igny8' ), start.slice( 11, 16 ) );
		const free = ! row.planned && start ? ' ' + __( 'This is the next free time by the rules of this site.', 'igny8' ) : '';
		return {
			/* translators: %s: title of an article. */
			title: sprintf( __( 'Schedule: %s', 'igny8' ), row.title ),
			/* translators: %s: name of a time zone. */
			fields: [ date.line, time.line, el( 'p', { class: 'description', text: sprintf( __( 'The time is the one of this site (%s).', 'igny8' ), calendar.zone ) + free } ) ],
			label: row.planned ? __( 'Move', 'igny8' ) : __( 'Schedule', 'igny8' ),
			/** Sends it; the work that follows opens in the progress dialog. */
			send: () => {
				if ( ! date.field.value || ! time.field.value ) {
					return Promise.reject( new Error( __( 'Choose a date and a time.', 'igny8' ) ) );
				}
				return send( row, { publish_at: date.field.value + 'T' + time.field.value } ).then( ( answer ) => () => follow( row, answer ) );
			},
		};
	}

	function follow( row, answer ) {
		/* translators: 1: title of an article, 2: date and time. */
		const told = answer.plan ? sprintf( __( '“%1$s” goes public on %2$s.', 'igny8' ), row.title, read( answer.plan.local ) ) : sprintf( __( '“%s” is not scheduled any more.', 'igny8' ), row.title );
		igny8.say( told, 'success' );
		if ( answer.route ) {
			igny8.jobs.follow( answer.route, told );
		}
	}

	/* Several: each at the next free time. */

	function many( rows, calendar ) {
		const first = calendar.next_free ? read( calendar.next_free ) : '';
		/* translators: %s: date and time. */
		const from = first ? ' ' + sprintf( __( 'The next one is %s.', 'igny8' ), first ) : '';
		const done = [];
		return {
			/* translators: %d: number of articles. */
			title: sprintf( _n( 'Schedule %d article', 'Schedule %d articles', rows.length, 'igny8' ), rows.length ),
			/* translators: %s: name of a time zone. */
			fields: [ el( 'p', { text: __( 'Each gets the next free time by the rules of this site.', 'igny8' ) + from + ' ' + sprintf( __( 'The times are those of this site (%s).', 'igny8' ), calendar.zone ) } ) ],
			label: __( 'Schedule', 'igny8' ),
			send: ( tell ) => rows.filter( ( row ) => done.indexOf( row ) < 0 ).reduce( ( before, row ) => before.then( () => igny8.acts.patiently( () => send( row, { next_free: true } ), tell ).then( ( answer ) => {
				done.push( row );
				return answer.plan.local;
			}, ( error ) => {
				throw new Error( row.title + ': ' + words( error ) );
			} ) ), Promise.resolve() ).then( ( last ) => () => {
				/* translators: 1: number of articles, 2: date and time. */
				igny8.say( sprintf( _n( '%1$d article scheduled; it goes public on %2$s.', '%1$d articles scheduled; the last one goes public on %2$s.', rows.length, 'igny8' ), rows.length, read( last ) ), 'success' );
			} ),
		};
	}

	/* The dialog around both. */

	function open( form, calendar ) {
		const answer = el( 'p', { class: 'igny8-form-answer', role: 'alert' } );
		const go = el( 'button', { type: 'submit', class: 'button button-primary', text: form.label } );
		const leave = el( 'button', { type: 'button', class: 'button', text: __( 'Cancel', 'igny8' ) } );
		const paused = calendar.paused ? [ el( 'p', { class: 'igny8-flag', text: __( 'Publishing by itself is paused; a time that you set here holds all the same.', 'igny8' ) } ) ] : [];
		const body = el( 'form', { novalidate: '' }, [ el( 'h2', { id: 'igny8-schedule-title', text: form.title } ) ].concat( paused, form.fields, [ answer, el( 'p', { class: 'igny8-buttons' }, [ go, leave ] ) ] ) );
		const dialog = el( 'dialog', { class: 'igny8-dialog igny8-edit', 'aria-labelledby': 'igny8-schedule-title' }, [ body ] );
		return new Promise( ( resolve ) => {
			let after = null;
			leave.addEventListener( 'click', () => dialog.close() );
			dialog.addEventListener( 'close', () => {
				dialog.remove();
				resolve( after ? after() : false );
			} );
			body.addEventListener( 'submit', ( event ) => {
				event.preventDefault();
				go.disabled = true;
				answer.textContent = '';
				form.send( ( text ) => {
					answer.textContent = text;
				} ).then( ( next ) => {
					after = next;
					dialog.close();
				}, ( error ) => {
					answer.textContent = words( error );
					go.disabled = false;
				} );
			} );
			document.querySelector( '.igny8' ).appendChild( dialog );
			dialog.showModal();
		} );
	}

	igny8.schedule = {
		/** Asks for a time. */
		choose( rows ) {
			return wp.apiFetch( { path: '/igny8/v1/calendar' } )
				.then( ( calendar ) => open( 1 === rows.length ? one( rows[ 0 ], calendar ) : many( rows, calendar ), calendar ) );
		},
		/** Takes the time of one article back. */
		clear( rows ) {
			return send( rows[ 0 ], { publish_at: null } ).then( ( answer ) => follow( rows[ 0 ], answer ) );
		},
		/** Stops publishing by itself, or goes on. */
		halt( wish ) {
			const question = __( 'Pause publishing? Nothing goes public by itself, and what is scheduled becomes a draft again until you resume.', 'igny8' );
			if ( 'pause' === wish && ! window.confirm( question ) ) {
				return Promise.resolve( false );
			}
			return wp.apiFetch( { path: '/igny8/v1/publishing/' + wish, method: 'POST', data: { once: igny8.onceKey() } } ).then( ( answer ) => {
				wp.a11y.speak( answer.paused ? __( 'Publishing is paused.', 'igny8' ) : __( 'Publishing goes on.', 'igny8' ), 'assertive' );
			} );
		},
	};
}( window.wp, window.igny8 ) );
