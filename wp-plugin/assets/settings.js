/**
 * The sections of the settings: sends what was changed, shows what was wrong beside its field; trials of prompts.
 */
( function ( wp, igny8 ) {
	'use strict';

	const { __, sprintf } = wp.i18n;
	const send = ( path, method, data ) => wp.apiFetch( { path: '/igny8/v1/' + path, method, data } );

	/** What the service wrote about single fields. */
	const problems = ( error ) => ( error.data && error.data.fields ) || {};
	const words = ( error ) => [ error.message ].concat( ...Object.values( problems( error ) ) ).join( ' ' );

	function readable( input ) {
		const text = input.value.trim();
		return {
			bool: () => input.checked,
			'number-select': () => Number( text ),
			number: () => Number( text ),
			money: () => ( '' === text ? null : Number( text ) ),
			list: () => text.split( ',' ).map( ( word ) => word.trim() ).filter( Boolean ),
		}[ input.dataset.kind ];
	}

	function valueOf( input ) {
		const read = readable( input );
		return read ? read() : input.value.trim();
	}

	/** Puts a value where its path leads. */
	function put( tree, path, value ) {
		const names = path.split( '.' );
		const last = names.pop();
		const branch = names.reduce( ( at, name ) => {
			at[ name ] = at[ name ] || {};
			return at[ name ];
		}, tree );
		branch[ last ] = value;
	}

	function settingsForm( form ) {
		const inputs = Array.from( form.querySelectorAll( '[data-kind]' ) );
		const submit = form.querySelector( '[type=submit]' );
		const answer = form.querySelector( '.igny8-buttons .igny8-form-answer' );
		const before = new Map( inputs.map( ( input ) => [ input, JSON.stringify( valueOf( input ) ) ] ) );
		submit.disabled = false;
		form.addEventListener( 'submit', ( event ) => {
			event.preventDefault();
			const changes = {};
			const changed = inputs.filter( ( input ) => before.get( input ) !== JSON.stringify( valueOf( input ) ) );
			changed.forEach( ( input ) => put( changes, input.name, valueOf( input ) ) );
			form.querySelectorAll( '[data-problem]' ).forEach( ( place ) => {
				place.textContent = '';
			} );
			if ( ! changed.length ) {
				answer.textContent = __( 'Nothing was changed.', 'igny8' );
				return;
			}
			submit.disabled = true;
			send( 'settings', 'PATCH', changes ).then( () => {
				changed.forEach( ( input ) => before.set( input, JSON.stringify( valueOf( input ) ) ) );
				answer.textContent = __( 'Saved.', 'igny8' );
			}, ( error ) => {
				answer.textContent = error.message;
				Object.keys( problems( error ) ).forEach( ( path ) => {
					const place = form.querySelector( '[data-problem="' + path + '"]' );
					if ( place ) {
						place.textContent = problems( error )[ path ].join( ' ' );
					}
				} );
			} ).then( () => {
				submit.disabled = false;
			} );
		} );
	}

	function promptForm( form ) {
		const answer = form.querySelector( '.igny8-form-answer' );
		const trial = form.querySelector( '.igny8-trial' );
		const buttons = form.querySelectorAll( '[type=submit]' );
		const rest = ( isResting ) => buttons.forEach( ( button ) => {
			button.disabled = isResting;
		} );
		const show = ( result ) => {
			const cost = null === result.max_cost_usd ? __( 'price not known', 'igny8' ) : igny8.money( result.max_cost_usd );
			trial.hidden = false;
			/* translators: 1: name of a model, 2: number of tokens, 3: amount of money. */
			trial.querySelector( '[role=status]' ).textContent = sprintf( __( 'Model %1$s, %2$d tokens, at most %3$s. Nothing was sent.', 'igny8' ), result.model, result.tokens, cost );
			trial.querySelector( 'pre' ).textContent = [ result.system, result.user ].filter( Boolean ).join( '\n\n' );
		};
		rest( false );
		form.addEventListener( 'submit', ( event ) => {
			event.preventDefault();
			const isTrial = event.submitter && 'try' === event.submitter.value;
			const data = { prompt_type: form.dataset.type, template: form.elements.template.value };
			rest( true );
			answer.textContent = '';
			send( isTrial ? 'prompts/dry_run' : 'prompts', 'POST', data ).then( ( result ) => ( isTrial ? show( result ) : window.location.reload() ), ( error ) => {
				answer.textContent = words( error );
			} ).then( () => rest( false ) );
		} );
		document.querySelectorAll( '[data-version]' ).forEach( ( button ) => {
			button.disabled = false; // Not before somebody listens, so that no press is lost.
			button.addEventListener( 'click', () => {
				button.disabled = true;
				send( 'prompts/rollback', 'POST', { prompt_type: form.dataset.type, version: Number( button.dataset.version ) } ).then( () => window.location.reload(), ( error ) => {
					button.disabled = false;
					answer.textContent = words( error );
				} );
			} );
		} );
	}

	/** Role → what it may do; administrators' boxes are fixed and not sent. */
	function rolesForm( form ) {
		const answer = form.querySelector( '.igny8-form-answer' );
		const submit = form.querySelector( '[type=submit]' );
		submit.disabled = false;
		form.addEventListener( 'submit', ( event ) => {
			event.preventDefault();
			const roles = {};
			form.querySelectorAll( 'input:not(:disabled)' ).forEach( ( box ) => {
				roles[ box.name ] = ( roles[ box.name ] || [] ).concat( box.checked ? box.value : [] );
			} );
			submit.disabled = true;
			send( 'roles', 'POST', { roles } ).then( () => {
				answer.textContent = __( 'Saved.', 'igny8' );
			}, ( error ) => {
				answer.textContent = words( error );
			} ).then( () => {
				submit.disabled = false;
			} );
		} );
	}

	document.querySelectorAll( 'form.igny8-roles' ).forEach( rolesForm );
	document.querySelectorAll( 'form.igny8-settings' ).forEach( settingsForm );
	document.querySelectorAll( '#igny8-prompt' ).forEach( promptForm );
}( window.wp, window.igny8 ) );
