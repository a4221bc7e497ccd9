/**
 * Jobs: starts work, follows it through every stage, finds it again after a reload.
 * Offers igny8.jobs = { start( request ), follow( route, title ), busy(), redraw() }; fires "igny8:changed" on document.
 */
( function ( wp, igny8 ) {
	'use strict';

	const { __ } = wp.i18n;
	const FIRST_MS = 400;
	const LONGEST_MS = 8000;
	const KEPT_MS = 24 * 3600 * 1000;
	const STORE = 'igny8_jobs_' + igny8.user;
	const HUMAN = [ 'wp_changed', 'wp_locked', 'wp_trashed' ]; // A person stands in the way.
	const SELECTIONS = { unclustered: 'cluster_all', without_ideas: 'ideas_all' }; // The buttons they belong to.
	const jobs = [];

	const STAGES = {
		generate_content: __( 'Writing', 'igny8' ),
		generate_images: __( 'Images', 'igny8' ),
		auto_cluster: __( 'Clustering', 'igny8' ),
		generate_ideas: __( 'Ideas', 'igny8' ),
		publish: __( 'Publishing', 'igny8' ),
	};

	/** A key that makes a repeated request harmless. */
	function onceKey() {
		const bytes = window.crypto.getRandomValues( new Uint8Array( 16 ) );
		return Array.from( bytes, ( b ) => ( '0' + b.toString( 16 ) ).slice( -2 ) ).join( '' );
	}

	igny8.onceKey = onceKey;

	/** A job; `kept` is what an earlier page knew of it. */
	function makeJob( kept ) {
		return Object.assign( {
			title: '', route: '', started: Date.now(), ended: 0, ids: [], past: [], stages: [], costs: {}, steps: {}, sandbox: false, status: {},
			done: '', error: '', lost: '', barred: '', wait: FIRST_MS, timer: 0, mayCancel: false, mayRetry: false, mayForce: false, stopping: false, request: null, onEnd: null,
		}, kept );
	}

	/** The part of a job that is worth keeping. */
	const keep = ( { title, route, started, ids, past, stages, costs, sandbox } ) => ( { title, route, started, ids, past, stages, costs, sandbox } );

	function changed() {
		document.dispatchEvent( new CustomEvent( 'igny8:changed' ) );
	}

	/* Jobs that survive a reload. */

	function live() {
		return jobs.filter( ( job ) => job.route && ! job.done );
	}

	function save() {
		try {
			window.localStorage.setItem( STORE, JSON.stringify( live().map( keep ) ) );
		} catch ( e ) {
			window.console.info( 'IGNY8: this browser keeps nothing; the service lists running work.' );
		}
		igny8.badge.draw( live(), show );
	}

	/** Follows what earlier pages and other tabs of this person follow. */
	function adopt() {
		let kept = [];
		try {
			kept = JSON.parse( window.localStorage.getItem( STORE ) ) || [];
		} catch ( e ) {
			kept = []; // Nothing kept, or not by us: the list of the service still finds running work.
		}
		kept.filter( ( one ) => Date.now() - one.started < KEPT_MS ).forEach( track );
	}

	function load() {
		adopt();
		wp.apiFetch( { path: '/igny8/v1/runs' } ).then( ( answer ) => {
			( answer.results || [] ).forEach( ( { route, title, started_at: at } ) => track( { route, title, started: Date.parse( at ) || Date.now() } ) );
		}, () => igny8.badge.draw( live(), show ) );
	}

	function track( kept ) {
		const past = kept.past || [];
		const known = jobs.find( ( one ) => one.route === kept.route || one.past.indexOf( kept.route ) >= 0 || past.indexOf( one.route ) >= 0 );
		if ( known ) {
			return known;
		}
		const job = makeJob( kept );
		jobs.push( job );
		save();
		poll( job );
		return job;
	}

	/** Ends a twin: the service had listed a later stage of the job as work of its own. */
	function absorb( twin, job ) {
		window.clearTimeout( twin.timer );
		twin.route = '';
		if ( igny8.dialog.shown() === twin ) {
			show( job );
		}
	}

	/* Polling. */

	function later( job ) {
		window.clearTimeout( job.timer );
		job.timer = window.setTimeout( () => poll( job ), job.wait );
	}

	function poll( job ) {
		if ( job.done ) {
			return;
		}
		if ( document.hidden ) {
			return; // Goes on with visibilitychange.
		}
		const asked = job.route;
		const heed = ( hear ) => ( answer ) => asked === job.route && ! job.done && hear( job, answer ); // Late answers are no news.
		wp.apiFetch( { path: asked } ).then( heed( news ), heed( trouble ) );
	}

	function wake() {
		if ( ! document.hidden ) {
			live().forEach( ( job ) => {
				job.wait = FIRST_MS;
				later( job );
			} );
		}
	}

	function news( job, status ) {
		const stage = STAGES[ status.function ] || status.function || '';
		if ( stage && job.stages[ job.stages.length - 1 ] !== stage ) {
			job.stages.push( stage );
		}
		const moved = status.percentage !== job.status.percentage || status.phase !== job.status.phase;
		const goesOn = 'SUCCESS' === status.state && status.next && status.next.route;
		job.status = goesOn ? job.status : status; // The end of a stage is not the end of the job.
		job.lost = job.barred = '';
		job.costs[ job.route ] = 'publish' === status.function ? 0 : status.cost_usd; // Publishing never pays.
		job.steps[ job.route ] = ( status.request_steps || [] ).concat( status.response_steps || [] );
		job.sandbox = job.sandbox || Boolean( status.sandbox );
		const isRun = /\/runs\//.test( job.route );
		const may = isRun ? igny8.mayGenerate : igny8.mayPublish;
		job.mayCancel = isRun && may;
		if ( goesOn ) {
			job.past.push( job.route );
			job.route = status.next.route;
			job.wait = 0;
			job.stopping = false;
			jobs.filter( ( one ) => one !== job && one.route === job.route ).forEach( ( twin ) => absorb( twin, job ) );
			save();
		} else if ( 'SUCCESS' === status.state ) {
			job.mayRetry = may && ( status.result || {} ).failed > 0;
			return end( job, 'success' );
		} else if ( 'FAILURE' === status.state ) {
			job.error = status.error || __( 'The service gave no reason.', 'igny8' );
			job.mayRetry = may && 'wp_changed' !== status.code; // Two texts need a choice; sending again is none.
			job.mayForce = HUMAN.indexOf( status.code ) >= 0 && igny8.mayPublish && 1 === job.ids.length;
			return end( job, 'failed' );
		} else if ( 'CANCELLED' === status.state ) {
			return end( job, 'cancelled' );
		} else {
			const slower = moved ? FIRST_MS : job.wait * 1.5;
			job.wait = Math.min( LONGEST_MS, Math.max( FIRST_MS, status.poll_after_ms || slower ) );
		}
		igny8.dialog.update( job );
		later( job );
	}

	const statusOf = ( error ) => ( error && error.data && error.data.status ) || ( error && error.status ) || 0;

	/** Why WordPress does not let this person look: 'login', 'denied', or '' when that is not the matter. */
	function barrier( error ) {
		const code = ( error && error.code ) || '';
		const isOut = 401 === statusOf( error ) || ( ! code && 400 === statusOf( error ) ); // No new nonce for visitors.
		if ( isOut || 'rest_cookie_invalid_nonce' === code ) {
			return 'login';
		}
		return 'rest_forbidden' === code ? 'denied' : '';
	}

	function trouble( job, error ) {
		job.barred = barrier( error );
		if ( job.barred ) {
			igny8.dialog.update( job );
			return; // The work goes on; so does this with the next look at the page.
		}
		if ( 404 === statusOf( error ) ) {
			job.error = __( 'This work is no longer known to the service.', 'igny8' );
			return end( job, 'failed' );
		}
		job.lost = error && 'igny8_backend_unreachable' === error.code ? error.message : __( 'Connection lost. Trying again…', 'igny8' );
		job.wait = Math.min( LONGEST_MS, Math.max( FIRST_MS, job.wait * 2 ) );
		igny8.dialog.update( job );
		later( job );
	}

	function end( job, how ) {
		window.clearTimeout( job.timer );
		job.done = how;
		job.ended = Date.now();
		save();
		igny8.dialog.update( job );
		if ( igny8.dialog.shown() !== job ) {
			igny8.badge.announce( job, show );
		}
		if ( job.onEnd ) {
			job.onEnd( how );
		}
		changed();
	}

	function show( job ) {
		igny8.dialog.show( job, { cancel, retry, force, left: changed } );
	}

	/* What the person asks for. */

	function cancel( job ) {
		job.stopping = true;
		igny8.dialog.update( job );
		wp.apiFetch( { path: job.route + '/cancel', method: 'POST' } ).then( () => {
			job.wait = FIRST_MS;
			later( job );
		}, ( error ) => {
			job.stopping = false;
			job.lost = error.message;
			igny8.dialog.update( job );
		} );
	}

	function retry( job ) {
		const call = job.route ? { path: job.route + '/retry', method: 'POST' } : job.request;
		Object.assign( job, { done: '', error: '', ended: 0, status: {}, steps: {}, stopping: false, started: Date.now() } );
		send( job, call );
	}

	/** Publishes once more, over what a person did on the site; a run knows its task, publishing its article. */
	function force( job ) {
		const again = ( id ) => igny8.jobs.start( { path: '/igny8/v1/publish', title: job.title, data: { ids: [ id ], force: true } } );
		if ( job.request && job.request.path.endsWith( '/publish' ) ) {
			again( job.ids[ 0 ] );
			return;
		}
		wp.apiFetch( { path: '/igny8/v1/tasks/' + job.ids[ 0 ] } ).then( ( answer ) => again( answer.task.content.id ), ( error ) => {
			job.error = error.message;
			igny8.dialog.update( job );
		} );
	}

	/** Sends the request of a job; the same request again is harmless, its key stays the same. */
	function send( job, call ) {
		igny8.dialog.update( job );
		wp.apiFetch( call ).then( ( answer ) => {
			job.route = answer.route || job.route;
			job.wait = FIRST_MS;
			job.status = { message: answer.message || '' };
			save();
			changed();
			poll( job );
		}, ( error ) => {
			const isOut = 'login' === barrier( error );
			job.error = isOut ? __( 'You have been logged out. Log in again in another tab, then try again here.', 'igny8' ) : ( error && error.message ) || __( 'The request did not arrive.', 'igny8' );
			job.mayRetry = true;
			end( job, 'failed' );
		} );
	}

	igny8.jobs = {
		/** Starts work: { path, data, title, ids?, onEnd? }; one key for each call of this function. */
		start( request ) {
			const ids = request.ids || request.data.ids || [ SELECTIONS[ request.data.select ] ];
			const job = makeJob( { title: request.title, ids, onEnd: request.onEnd || null } );
			job.request = { path: request.path, method: 'POST', data: Object.assign( { once: onceKey() }, request.data ) };
			jobs.push( job );
			show( job );
			send( job, job.request );
		},
		/** Opens the dialog on work that runs already. */
		follow( route, title ) {
			show( track( { route, title } ) );
		},
		/** Draws the badge anew, where its place was. */
		redraw: () => igny8.badge.draw( live(), show ),
		/** The ids that work goes on for. */
		busy() {
			return live().reduce( ( ids, job ) => ids.concat( job.ids ), [] );
		},
	};

	document.addEventListener( 'visibilitychange', wake );
	window.addEventListener( 'online', wake );
	window.addEventListener( 'focus', wake );
	window.addEventListener( 'storage', ( event ) => STORE === event.key && adopt() );
	load();
}( window.wp, window.igny8 ) );
