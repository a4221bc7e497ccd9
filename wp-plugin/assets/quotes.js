/**
 * What a click would cost, before the click: on every button that spends, and beside the bulk actions.
 * Offers igny8.quotes = { text( quote ), page( buttons ), bulk( places, buttons, act, rows ), stands( act, rows ), fail( place, error, again ) }.
 */
( function ( wp, igny8 ) {
	'use strict';

	const { __, _n, sprintf } = wp.i18n;
	const CENT = 0.01;
	const PAUSE_MS = 300;
	let timer = 0;
	let asked = 0;
	let told = ''; // The choice of rows whose price stands there, or could not be had.

	function ask( work ) {
		return wp.apiFetch( { path: '/igny8/v1/estimate', method: 'POST', data: work } );
	}

	/** Dollars, or a span of dollars; `parts` divides a quote among its rows. */
	function moneyText( cost, parts ) {
		if ( ! cost ) {
			return __( 'price not known', 'igny8' );
		}
		const low = cost.low / parts;
		const high = cost.high / parts;
		if ( high < CENT ) {
			/* translators: %s: one cent. */
			return sprintf( __( 'under %s', 'igny8' ), igny8.money( CENT ) );
		}
		if ( low < CENT ) {
			/* translators: %s: amount of money. */
			return sprintf( __( 'up to %s', 'igny8' ), igny8.money( high ) );
		}
		/* translators: 1: lowest amount, 2: highest amount. */
		return igny8.money( low ) === igny8.money( high ) ? igny8.money( low ) : sprintf( __( '%1$s to %2$s', 'igny8' ), igny8.money( low ), igny8.money( high ) );
	}

	function creditText( credits ) {
		/* translators: %s: number of credits. */
		return sprintf( _n( '%s credit', '%s credits', credits, 'igny8' ), new Intl.NumberFormat( igny8.language() ).format( credits ) );
	}

	function words( quote, parts ) {
		if ( ! quote.count ) {
			return __( 'nothing to do', 'igny8' );
		}
		const credits = Math.ceil( quote.credits / parts );
		const text = moneyText( quote.cost_usd, parts ) + ' · ' + creditText( credits );
		return quote.over_budget ? text + ' · ' + __( 'over budget', 'igny8' ) : text;
	}

	/** The place for the quote of a button, right behind it. */
	function noteAt( button ) {
		const act = button.dataset.igny8Act;
		let note = button.parentNode.querySelector( '.igny8-quote[data-for="' + act + '"]' );
		if ( ! note ) {
			note = igny8.el( 'span', { class: 'igny8-quote', 'data-for': act } );
			button.insertAdjacentElement( 'afterend', note );
		}
		note.id = 'igny8-quote-' + act + '-' + ( button.dataset.ids || 'all' ) + ( button.classList.contains( 'button-link' ) ? '-link' : '' );
		button.setAttribute( 'aria-describedby', note.id );
		return note;
	}

	/** Says that there is no quote, with a button that asks again. */
	function fail( place, error, again ) {
		const button = igny8.el( 'button', { type: 'button', class: 'button-link', text: __( 'Ask again', 'igny8' ) } );
		const isRefused = error && error.data && 422 === error.data.status; // Then the service says why.
		button.addEventListener( 'click', again );
		place.textContent = ( isRefused ? error.message : __( 'The price could not be loaded.', 'igny8' ) ) + ' ';
		place.appendChild( button );
	}

	/** The quote of some rows; where all together are over budget, whether a single one is. */
	function askFor( act, rows ) {
		const work = igny8.acts.work( act, rows );
		return ask( work ).then( ( quote ) => {
			if ( ! quote.over_budget || ! work.ids || 1 === work.ids.length ) {
				return quote;
			}
			return ask( igny8.acts.work( act, rows.slice( 0, 1 ) ) ).then( ( one ) => Object.assign( quote, { over_budget: one.over_budget, reason: one.reason } ) );
		} );
	}

	/** Lets buttons rest: they keep the focus, lists.js ignores the press. */
	function rest( buttons, isResting ) {
		buttons.forEach( ( button ) => button.setAttribute( 'aria-disabled', String( isResting ) ) );
	}

	const choice = ( act, rows ) => [ act ].concat( rows.map( ( row ) => row.id ) ).join( ' ' );

	/** One question for all buttons of an act; each rests until its share stands beside it. */
	function forAct( act, buttons, rows ) {
		const work = igny8.acts.work( act, rows );
		if ( ! work ) {
			return;
		}
		const parts = work.ids ? work.ids.length : 1;
		const notes = buttons.map( noteAt );
		rest( buttons, true );
		notes.forEach( ( note ) => {
			note.textContent = '…'; // Its place, so that nothing moves when the price comes.
		} );
		askFor( act, rows ).then( ( quote ) => {
			/* translators: %d: number of runs. */
			const count = work.ids || quote.count < 2 ? '' : sprintf( _n( '%d run', '%d runs', quote.count, 'igny8' ), quote.count ) + ' · ';
			rest( buttons, false );
			buttons.forEach( ( button ) => {
				button.disabled = button.disabled || ! quote.count;
			} );
			notes.forEach( ( note ) => {
				note.textContent = count + words( quote, parts );
				note.classList.toggle( 'is-over', Boolean( quote.over_budget ) );
			} );
			if ( quote.over_budget ) {
				igny8.say( quote.reason, 'warning' );
			}
		}, ( error ) => {
			rest( buttons, false );
			notes.forEach( ( note ) => fail( note, error, () => forAct( act, buttons, rows ) ) );
		} );
	}

	igny8.quotes = {
		fail,
		/** Said where a price will stand. */
		AWAITED: __( 'The price is on its way…', 'igny8' ),
		/** A quote in words. */
		text: ( quote ) => words( quote, 1 ) + ( quote.over_budget ? ' – ' + quote.reason : '' ),
		/** Quotes for everything the page offers: a list of { button, row }. */
		page( offers ) {
			const acts = {};
			offers.forEach( ( offer ) => {
				const act = offer.button.dataset.igny8Act;
				acts[ act ] = acts[ act ] || { buttons: [], rows: [] };
				acts[ act ].buttons.push( offer.button );
				acts[ act ].rows = offer.row ? acts[ act ].rows.concat( offer.row ) : acts[ act ].rows;
			} );
			Object.keys( acts ).forEach( ( act ) => forAct( act, acts[ act ].buttons, igny8.acts.usable( act, acts[ act ].rows ).slice( 0, igny8.acts.most( act ) ) ) );
		},
		/** The quote of a choice of rows, written to some places; the buttons that begin it rest until it stands there. The last question wins. */
		bulk( places, buttons, act, rows ) {
			const tell = ( text ) => places.forEach( ( place ) => {
				place.textContent = text;
			} );
			const fit = igny8.acts.usable( act, rows );
			const surplus = igny8.acts.surplus( act, fit );
			const work = surplus ? null : igny8.acts.work( act, fit );
			const mine = ++asked;
			const heed = ( hear ) => ( answer ) => {
				if ( mine === asked ) {
					told = choice( act, fit );
					rest( buttons, false );
					hear( answer );
				}
			};
			window.clearTimeout( timer );
			told = '';
			rest( buttons, Boolean( work ) );
			tell( work ? igny8.quotes.AWAITED : surplus );
			if ( ! work ) {
				return;
			}
			timer = window.setTimeout( () => ask( work ).then( heed( ( quote ) => {
				/* translators: %d: number of rows. */
				const count = sprintf( _n( '%d row', '%d rows', fit.length, 'igny8' ), fit.length );
				tell( count + ': ' + igny8.quotes.text( quote ) );
			} ), heed( ( error ) => places.forEach( ( place ) => fail( place, error, () => igny8.quotes.bulk( places, buttons, act, rows ) ) ) ) ), PAUSE_MS );
		},
		/** Whether this choice of rows may begin: it costs nothing, or the person was told the price, or that there is none. */
		stands: ( act, rows ) => ! igny8.acts.work( act, rows ) || choice( act, rows ) === told,
	};
}( window.wp, window.igny8 ) );
