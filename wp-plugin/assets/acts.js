/**
 * What the buttons of the lists do. Offers igny8.acts = { run( act, rows ), work( act, rows ), usable( act, rows ),
 * most( act ), surplus( act, rows ), patiently( send, tell ) };
 * a row is { id, title, kind, content, task, live, posted, public, planned, status }.
 */
( function ( wp, igny8 ) {
	'use strict';

	const { __, _n, sprintf } = wp.i18n;

	/* Runs of AI functions: which field of a row they are for, and what the dialog is called. */
	const RUNS = {
		/* translators: %s: title of a task. */
		generate: { function: 'auto_generate_content', id: 'id', title: __( 'Generate content: %s', 'igny8' ) },
		/* translators: %s: title of an article. */
		images: { function: 'auto_generate_images', id: 'task', title: __( 'Generate images: %s', 'igny8' ) },
		/* translators: %s: keyword or number of keywords. */
		cluster: { function: 'auto_cluster', id: 'id', title: __( 'Cluster: %s', 'igny8' ) },
		cluster_all: { function: 'auto_cluster', select: 'unclustered', title: __( 'Cluster all keywords without a cluster', 'igny8' ) },
		/* translators: %s: name of a cluster. */
		ideas: { function: 'auto_generate_ideas', id: 'id', title: __( 'Generate ideas: %s', 'igny8' ) },
		ideas_all: { function: 'auto_generate_ideas', select: 'without_ideas', title: __( 'Generate ideas for all clusters without ideas', 'igny8' ) },
	};

	/** How many rows an act takes: in one request, or one after the other. */
	const most = ( act ) => 'generate' === act || 'images' === act ? 1000 : 100;

	/** Whether an act makes sense for a row. */
	function fits( act, row ) {
		const rules = {
			generate: () => ! row.live && ! row.posted,
			images: () => row.task && row.content && ! row.live,
			publish: () => row.content,
			schedule: () => row.content && ! row.public,
			unlink: () => row.content,
			approve: () => 'draft' === row.status || 'review' === row.status,
		};
		return rules[ act ] ? Boolean( rules[ act ]() ) : true;
	}

	/** The rows an act makes sense for, each piece of work once. */
	function usable( act, rows ) {
		const seen = {};
		return rows.filter( ( row ) => {
			const id = idFor( act, row );
			const isNew = fits( act, row ) && ! seen[ id ];
			seen[ id ] = true;
			return isNew;
		} );
	}

	function idFor( act, row ) {
		return 'publish' === act ? row.content : row[ ( RUNS[ act ] || {} ).id || 'id' ];
	}

	function named( words, rows ) {
		/* translators: %d: number of rows. */
		const many = sprintf( _n( '%d item', '%d items', rows.length, 'igny8' ), rows.length );
		return sprintf( words, 1 === rows.length ? rows[ 0 ].title : many );
	}

	/** What the backend is told of a run: { function, ids | select }; null for other acts. */
	function work( act, rows ) {
		const run = RUNS[ act ];
		if ( ! run || ( ! run.select && ! rows.length ) ) {
			return null;
		}
		return run.select ? { function: run.function, select: run.select } : { function: run.function, ids: rows.map( ( row ) => row[ run.id ] ) };
	}

	function publish( rows ) {
		/* translators: %s: title of an article. */
		const title = named( __( 'Publish: %s', 'igny8' ), rows );
		igny8.jobs.start( { path: '/igny8/v1/publish', data: { ids: rows.map( ( row ) => row.content ), force: false }, title } );
	}

	/** Takes internal links out of posts again; posts that people changed are named, not touched. */
	function unlink( rows ) {
		const data = { ids: rows.map( ( row ) => row.content ), once: igny8.onceKey() };
		return wp.apiFetch( { path: '/igny8/v1/links/remove', method: 'POST', data } ).then( ( answer ) => {
			/* translators: %s: title of an article. */
			const title = named( __( 'Remove internal links: %s', 'igny8' ), rows );
			const edited = answer.changed.map( ( one ) => one.title );
			const words = edited.length
				/* translators: %s: titles of posts. */
				? sprintf( __( 'Changed by somebody on this site, so left as they are: %s', 'igny8' ), edited.join( ', ' ) )
				: __( 'No post had internal links of ours. New ones will not be made in these articles.', 'igny8' );
			if ( edited.length || ! answer.route ) {
				igny8.say( words, edited.length ? 'warning' : 'success' );
			}
			if ( answer.route ) {
				igny8.jobs.follow( answer.route, title );
			}
		} );
	}

	function createTasks( rows ) {
		const data = { ids: rows.map( ( row ) => row.id ), once: igny8.onceKey() };
		return wp.apiFetch( { path: '/igny8/v1/ideas/create_tasks', method: 'POST', data } ).then( ( answer ) => {
			const count = answer.results.length;
			/* translators: %d: number of tasks. */
			const words = sprintf( _n( '%d task made.', '%d tasks made.', count, 'igny8' ), count );
			igny8.say( words, 'success', igny8.screens.tasks, __( 'Go to the tasks', 'igny8' ) );
		} );
	}

	/** Sends; where the service asks for a pause, says so and sends again after it. */
	function patiently( send, tell ) {
		return send().catch( ( error ) => {
			const seconds = error.data && 429 === error.data.status ? Number( error.data.retry_after ) : 0;
			if ( ! seconds ) {
				throw error;
			}
			tell( __( 'The service takes only so many changes a minute. The rest follows by itself: leave this page open.', 'igny8' ) );
			return new Promise( ( resolve ) => window.setTimeout( resolve, 1000 * seconds ) ).then( () => patiently( send, tell ) );
		} );
	}

	/** Sends for one row after the other; says how many went well, and of each other row why not. */
	function each( rows, send, words ) {
		const refused = [];
		let done = 0;
		let isTold = false;
		const tell = ( text ) => {
			if ( ! isTold ) {
				igny8.say( text );
			}
			isTold = true;
		};
		const one = ( row ) => patiently( () => send( row ), tell ).then( () => {
			done++;
		}, ( error ) => {
			if ( ! error.data || 502 === error.data.status ) {
				throw error; // Nobody answers: the rest would wait for nothing.
			}
			refused.push( row.title + ': ' + error.message );
		} );
		return rows.reduce( ( before, row ) => before.then( () => one( row ) ), Promise.resolve() )
			.catch( ( error ) => refused.push( error.message ) )
			.then( () => igny8.say( ( done ? [ words( done ) ] : [] ).concat( refused ).join( ' ' ), refused.length ? 'error' : 'success' ) );
	}

	function remove( rows ) {
		const words = 1 === rows.length
			/* translators: %s: title of a row. */
			? sprintf( __( 'Delete “%s”?', 'igny8' ), rows[ 0 ].title )
			/* translators: %d: number of rows. */
			: sprintf( _n( 'Delete %d row?', 'Delete %d rows?', rows.length, 'igny8' ), rows.length );
		if ( ! window.confirm( words ) ) {
			return Promise.resolve( false );
		}
		const one = ( row ) => wp.apiFetch( { path: '/igny8/v1/' + row.kind + '/' + row.id, method: 'DELETE' } );
		/* translators: %d: number of rows. */
		return each( rows, one, ( done ) => sprintf( _n( '%d deleted.', '%d deleted.', done, 'igny8' ), done ) );
	}

	/** Says of articles that they may go out as they are. */
	function approve( rows ) {
		const one = ( row ) => wp.apiFetch( { path: '/igny8/v1/contents/' + row.id, method: 'PATCH', data: { status: 'approved' } } );
		/* translators: %d: number of articles. */
		return each( rows, one, ( done ) => sprintf( _n( '%d approved.', '%d approved.', done, 'igny8' ), done ) );
	}

	/** Has a run or a delivery go on or try again, and follows it like a new one. */
	function go( wish ) {
		return ( [ row ] ) => {
			const route = '/igny8/v1/' + row.kind + '/' + row.id;
			return wp.apiFetch( { path: route + '/' + wish, method: 'POST' } ).then( ( answer ) => igny8.jobs.follow( answer.route || route, row.title ) );
		};
	}

	/** Nobody tries it again: it no longer waits for anybody. */
	function giveUp( [ row ] ) {
		return wp.apiFetch( { path: '/igny8/v1/' + row.kind + '/' + row.id + '/give_up', method: 'POST' } )
			.then( () => igny8.say( __( 'It stays as it is and no longer waits for anybody.', 'igny8' ), 'success' ) );
	}

	function stop( rows ) {
		return wp.apiFetch( { path: '/igny8/v1/runs/' + rows[ 0 ].id + '/cancel', method: 'POST' } )
			.then( () => igny8.say( __( 'It will stop at the next step.', 'igny8' ), 'success' ) );
	}

	const times = igny8.schedule || {};
	const OTHERS = Object.assign( {
		publish, unlink, create_tasks: createTasks, 'delete': remove, approve, stop,
		retry: go( 'retry' ),
		redeliver: go( 'retry' ),
		resume: go( 'resume' ),
		give_up: giveUp,
		keep_back: giveUp,
		schedule: times.choose,
		unschedule: times.clear,
		pause_publishing: () => times.halt( 'pause' ),
		resume_publishing: () => times.halt( 'resume' ),
	}, igny8.changes );

	igny8.acts = {
		usable,
		work,
		patiently,
		most,
		/** That there are too many rows for an act, or ''. */
		surplus( act, rows ) {
			/* translators: %d: number of rows. */
			return rows.length > most( act ) ? sprintf( __( 'Choose at most %d rows.', 'igny8' ), most( act ) ) : '';
		},
		/** Does it; a promise where nothing is left to follow: of false when the person thought better of it. `ids` are the button's. */
		run( act, rows, ids ) {
			const about = work( act, rows );
			if ( about ) {
				igny8.jobs.start( { path: '/igny8/v1/runs', data: about, title: rows.length ? named( RUNS[ act ].title, rows ) : RUNS[ act ].title } );
				return undefined;
			}
			return OTHERS[ act ]( rows, ids );
		},
	};
}( window.wp, window.igny8 ) );
