/**
 * The progress dialog: draws one job, decides nothing.
 * Offers igny8.dialog = { show( job, on ), update( job ), shown() }.
 */
( function ( wp, igny8 ) {
	'use strict';

	const { __, sprintf } = wp.i18n;
	/** Why nobody may look, and what to do. */
	const BARRED = {
		login: [ __( 'You have been logged out', 'igny8' ), __( 'The work goes on. Log in again, here or in another tab, and come back to see it.', 'igny8' ) ],
		denied: [ __( 'You may not see this any more', 'igny8' ), __( 'The work goes on. Your role was changed; an administrator of this site can give you the right back.', 'igny8' ) ],
	};
	const parts = {};
	let dialog = null;
	let current = null;
	let handlers = {};
	let clock = 0;
	let spoken = '';

	/** Whether a click may follow an address: to a page, never to a script. */
	function isPage( href ) {
		try {
			return /^(https?|mailto):$/.test( new URL( href, window.location.href ).protocol );
		} catch ( e ) {
			return false; // No address at all.
		}
	}

	/** Makes an element; text never becomes markup, an address never a script. */
	function el( name, props, children ) {
		const node = document.createElement( name );
		Object.keys( props || {} ).forEach( ( key ) => {
			if ( 'text' === key ) {
				node.textContent = props.text;
			} else if ( 'href' !== key || isPage( props.href ) ) {
				node.setAttribute( key, props[ key ] );
			}
		} );
		( children || [] ).forEach( ( child ) => node.appendChild( child ) );
		return node;
	}

	function part( key, name, props ) {
		parts[ key ] = el( name, props );
		return parts[ key ];
	}

	function button( key, text, css ) {
		const node = part( key, 'button', { type: 'button', class: css || 'button', text } );
		node.addEventListener( 'click', () => handlers[ key ] && handlers[ key ]( current ) );
		return node;
	}

	function build() {
		dialog = el( 'dialog', { class: 'igny8-dialog igny8-progress', 'aria-labelledby': 'igny8-progress-title' }, [
			part( 'title', 'h2', { id: 'igny8-progress-title' } ),
			part( 'stages', 'ol', { class: 'igny8-stages' } ),
			el( 'div', { class: 'igny8-bar' }, [
				part( 'bar', 'progress', { max: '100', 'aria-label': __( 'Progress', 'igny8' ) } ),
				part( 'percent', 'span', { class: 'igny8-percent' } ),
			] ),
			part( 'phase', 'p', { role: 'status', class: 'igny8-phase' } ),
			part( 'message', 'p', { class: 'igny8-message' } ),
			part( 'error', 'p', { role: 'alert', class: 'igny8-error' } ),
			part( 'links', 'p', { class: 'igny8-links' } ),
			el( 'dl', { class: 'igny8-facts' }, [
				el( 'dt', { text: __( 'Time', 'igny8' ) } ), part( 'time', 'dd' ),
				el( 'dt', { text: __( 'Cost', 'igny8' ) } ), part( 'cost', 'dd' ),
			] ),
			el( 'details', { class: 'igny8-steps' }, [
				el( 'summary', { text: __( 'Steps', 'igny8' ) } ),
				part( 'steps', 'ol' ),
			] ),
			el( 'p', { class: 'igny8-buttons' }, [
				button( 'background', __( 'Run in background', 'igny8' ), 'button button-primary' ),
				button( 'cancel', __( 'Stop', 'igny8' ) ),
				button( 'retry', __( 'Try again', 'igny8' ), 'button button-primary' ),
				button( 'force', __( 'Overwrite the post', 'igny8' ), 'button igny8-danger' ),
				button( 'close', __( 'Close', 'igny8' ) ),
			] ),
		] );
		dialog.addEventListener( 'close', () => {
			window.clearInterval( clock );
			const left = current;
			current = null;
			if ( handlers.left ) {
				handlers.left( left );
			}
		} );
		handlers.close = handlers.background = () => dialog.close();
		document.body.appendChild( dialog );
	}

	/** What a phase of the engine, or of a delivery, is called. */
	function phaseName( status ) {
		const names = {
			INIT: __( 'Checking', 'igny8' ),
			PREP: __( 'Preparing', 'igny8' ),
			AI_CALL: __( 'Waiting for the model', 'igny8' ),
			PARSE: __( 'Reading the answer', 'igny8' ),
			SAVE: __( 'Saving', 'igny8' ),
			DONE: __( 'Finished', 'igny8' ),
		};
		const own = {
			generate_content: { AI_CALL: __( 'Writing', 'igny8' ) },
			generate_images: { AI_CALL: __( 'Making images', 'igny8' ) },
			auto_cluster: { AI_CALL: __( 'Grouping keywords', 'igny8' ) },
			generate_ideas: { AI_CALL: __( 'Finding ideas', 'igny8' ) },
			publish: { AI_CALL: __( 'Sending images', 'igny8' ), SAVE: __( 'Sending the article', 'igny8' ) },
		}[ status.function ] || {};
		const waiting = ! status.phase || 'PENDING' === status.state;
		return waiting ? __( 'Waiting for a free worker', 'igny8' ) : own[ status.phase ] || names[ status.phase ] || status.phase;
	}

	function duration( ms ) {
		const s = Math.max( 0, Math.round( ms / 1000 ) );
		const seconds = ( '0' + ( s % 60 ) ).slice( -2 );
		return Math.floor( s / 60 ) + ':' + seconds;
	}

	function costText( job ) {
		const known = Object.keys( job.costs ).map( ( key ) => job.costs[ key ] ).filter( ( c ) => 'number' === typeof c );
		if ( ! known.length ) {
			return job.done ? __( 'not known', 'igny8' ) : '—';
		}
		const text = igny8.money( known.reduce( ( a, b ) => a + b, 0 ) );
		/* translators: %s: amount of money. */
		return job.sandbox ? sprintf( __( '%s (sandbox: a stand-in model, nothing was paid)', 'igny8' ), text ) : text;
	}

	function drawStages( job ) {
		parts.stages.textContent = '';
		job.stages.forEach( ( stage, i ) => {
			const here = i === job.stages.length - 1;
			const item = el( 'li', { class: here && 'success' !== job.done ? 'is-current' : 'is-done', text: stage } );
			if ( here ) {
				item.setAttribute( 'aria-current', 'step' );
			}
			parts.stages.appendChild( item );
		} );
		parts.stages.hidden = job.stages.length < 2;
	}

	/** The steps of all stages so far. */
	function drawSteps( job ) {
		const steps = [].concat( ...Object.values( job.steps ) );
		parts.steps.textContent = '';
		steps.forEach( ( step ) => {
			const item = el( 'li', { class: 'is-' + String( step.status || '' ) }, [ el( 'strong', { text: step.stepName || '' } ) ] );
			const time = 'number' === typeof step.duration ? ' · ' + step.duration.toFixed( 1 ) + ' s' : '';
			item.appendChild( document.createTextNode( ' ' + ( step.error || step.message || '' ) + time ) );
			parts.steps.appendChild( item );
		} );
		parts.steps.parentNode.hidden = ! steps.length;
	}

	/** What of the work found no place; nothing is dropped silently. */
	function leftOver( result ) {
		const left = ( result.unassigned || [] ).filter( ( one ) => 'string' === typeof one );
		const words = left.length ? [
			/* translators: %s: list of keywords. */
			sprintf( __( 'No place was found for: %s', 'igny8' ), left.slice( 0, 20 ).join( ', ' ) + ( left.length > 20 ? ' …' : '' ) ),
		] : [];
		return words.concat( ( result.warnings || [] ).filter( ( one ) => 'string' === typeof one ).slice( 0, 3 ) ).join( ' ' );
	}

	/** The line below the phase: what the work is at, or where it ended. */
	function messageText( job ) {
		const status = job.status;
		const item = status.current_item ? ' – ' + status.current_item : '';
		const ends = {
			publish: __( 'The post is public.', 'igny8' ),
			future: __( 'The post is scheduled.', 'igny8' ),
			pending: __( 'The post waits for review.', 'igny8' ),
			draft: __( 'The post waits as a draft.', 'igny8' ),
		};
		if ( 'success' === job.done ) {
			return [ ends[ ( status.result || {} ).status ] || status.message || '', leftOver( status.result || {} ) ].join( ' ' ).trim();
		}
		return job.barred ? BARRED[ job.barred ][ 1 ] : job.lost || ( job.done ? '' : ( status.message || '' ) + item );
	}

	/** Where the outcome of the work can be seen. */
	function placeOf( job ) {
		const places = {
			auto_cluster: [ igny8.screens.clusters, __( 'See the clusters', 'igny8' ) ],
			generate_ideas: [ igny8.screens.ideas, __( 'See the ideas', 'igny8' ) ],
			generate_images: [ igny8.screens.images, __( 'See the images', 'igny8' ) ],
		};
		return places[ job.status.function ] || [ igny8.screens.contents, __( 'See the content', 'igny8' ) ];
	}

	/** The review page of the one article that the work was about. */
	function reviewOf( job ) {
		const id = job.status.content_id || ( job.status.result || {} ).content_id;
		return id ? [ igny8.screens.contents + '&content=' + id, __( 'Review', 'igny8' ) ] : [ '' ];
	}

	function drawLinks( job ) {
		const result = job.status.result || {};
		const isWritten = 'success' === job.done || ( 'failed' === job.done && job.past.length );
		const links = ! isWritten ? [] : [
			[ result.link, __( 'View post', 'igny8' ) ],
			[ result.edit_link, __( 'Edit post', 'igny8' ) ],
			reviewOf( job ),
			result.link ? [ '' ] : placeOf( job ),
		];
		if ( 'login' === job.barred ) {
			links.push( [ igny8.login, __( 'Log in again', 'igny8' ) ] );
		}
		parts.links.textContent = '';
		links.filter( ( link ) => link[ 0 ] ).forEach( ( link, i ) => {
			parts.links.appendChild( el( 'a', { href: link[ 0 ], class: i ? 'button' : 'button button-primary', text: link[ 1 ] } ) );
		} );
		parts.links.hidden = ! parts.links.childNodes.length;
	}

	function phaseText( job ) {
		const done = {
			success: __( 'Finished', 'igny8' ),
			failed: __( 'This did not work', 'igny8' ),
			cancelled: __( 'Stopped', 'igny8' ),
		};
		if ( job.barred ) {
			return BARRED[ job.barred ][ 0 ];
		}
		if ( job.stopping && ! job.done ) {
			return __( 'Stopping…', 'igny8' );
		}
		return done[ job.done ] || ( job.route ? phaseName( job.status ) : __( 'Starting…', 'igny8' ) );
	}

	function draw( job ) {
		const status = job.status;
		const phase = phaseText( job );
		const percent = 'success' === job.done ? 100 : Math.round( status.percentage || 0 );
		parts.title.textContent = job.title;
		parts.bar.value = percent;
		/* translators: %d: percentage. */
		parts.percent.textContent = sprintf( __( '%d %%', 'igny8' ), percent );
		if ( parts.phase.textContent !== phase ) {
			parts.phase.textContent = phase;
		}
		parts.message.textContent = messageText( job );
		parts.error.textContent = 'failed' === job.done ? job.error : '';
		parts.error.hidden = 'failed' !== job.done;
		parts.time.textContent = duration( ( job.ended || Date.now() ) - job.started );
		parts.cost.textContent = costText( job );
		drawStages( job );
		drawSteps( job );
		drawLinks( job );
		const isOver = Boolean( job.done || job.barred );
		parts.background.hidden = isOver || ! job.route;
		parts.close.hidden = ! isOver;
		parts.retry.hidden = ! job.mayRetry || [ 'failed', 'success' ].indexOf( job.done ) < 0;
		parts.retry.textContent = 'success' === job.done ? __( 'Retry the failed ones', 'igny8' ) : __( 'Try again', 'igny8' );
		parts.force.hidden = 'failed' !== job.done || ! job.mayForce;
		parts.cancel.hidden = isOver || ! job.mayCancel;
		parts.cancel.disabled = job.stopping;
		if ( isOver && spoken !== phase ) {
			wp.a11y.speak( phase, 'assertive' );
		}
		spoken = phase;
	}

	igny8.dialog = {
		/** Opens the dialog on a job. */
		show( job, on ) {
			if ( ! dialog ) {
				build();
			}
			Object.assign( handlers, on );
			current = job;
			draw( job );
			if ( ! dialog.open ) {
				dialog.showModal();
			}
			window.clearInterval( clock );
			clock = window.setInterval( () => current && ! current.done && draw( current ), 1000 );
		},
		/** Draws news of a job, if it is the one shown. */
		update( job ) {
			if ( job === current ) {
				draw( job );
			}
		},
		/** The job in the open dialog, or null. */
		shown() {
			return current;
		},
	};
	igny8.el = el;
	igny8.language = () => document.documentElement.lang || undefined;
	/** Dollars; small amounts keep the digits that matter. */
	igny8.money = ( amount ) => new Intl.NumberFormat( igny8.language(), {
		style: 'currency', currency: 'USD', minimumFractionDigits: 2, maximumFractionDigits: amount && amount < 0.01 ? 4 : 2,
	} ).format( amount );
}( window.wp, window.igny8 ) );
