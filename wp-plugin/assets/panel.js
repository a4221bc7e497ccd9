/**
 * IGNY8 beside one post, the same in both editors: write, refresh, compare, images, search fields, receipt.
 * Offers igny8.panel = { isAsked(), mount( place, host ) }; host = { id, title(), isDirty(), save(), hold( isHeld ), reload(),
 * setFeatured( id ), insertImage( image ), reveal() where the panel can be out of sight }.
 */
( function ( wp, igny8 ) {
	'use strict';

	const { __, _n, sprintf } = wp.i18n;
	const el = igny8.el;

	/* Whether the address asks for the panel (Editor_Panel::url); once, on arrival. */
	let isAsked = 'panel' === new URLSearchParams( window.location.search ).get( 'igny8' );

	/* By then the classic editor has its boxes under control and has scrolled to where it wants to be. */
	const isLoaded = new Promise( ( resolve ) => 'complete' === document.readyState ? resolve() : window.addEventListener( 'load', resolve ) );

	/* What is asked for: names of the buttons, titles of the dialog. */
	const ACTS = {
		write: __( 'Write from this title', 'igny8' ),
		refresh: __( 'Write anew', 'igny8' ),
		images: __( 'Make images', 'igny8' ),
	};

	function button( text, onClick, css ) {
		const node = el( 'button', { type: 'button', class: 'button ' + ( css || '' ), text } );
		node.addEventListener( 'click', () => onClick( node ) );
		return node;
	}

	function section( title, children ) {
		return el( 'section', { class: 'igny8-panel-part' }, [ el( 'h3', { text: title } ) ].concat( children ) );
	}

	function words( text, css ) {
		return el( 'p', css ? { class: css, text } : { text } );
	}

	class Panel {
		constructor( place, host ) {
			this.place = place;
			this.host = host;
			this.facts = null;
			this.typed = {}; // Search fields that are not saved yet, kept while the panel is drawn anew.
			this.news = '';
			this.isOver = false;
		}

		route( rest ) {
			return '/igny8/v1/posts/' + this.host.id + ( rest || '' );
		}

		/** Says something in the panel and aloud. */
		say( text ) {
			this.news = text;
			const place = this.place.querySelector( '.igny8-panel-news' );
			if ( place ) {
				place.textContent = text;
			}
			if ( text ) {
				wp.a11y.speak( text );
			}
		}

		fail( error ) {
			this.say( error.message || __( 'The request did not arrive.', 'igny8' ) );
		}

		load() {
			return wp.apiFetch( { path: this.route() } ).then( ( facts ) => {
				this.facts = facts;
				this.draw();
			}, ( error ) => {
				this.place.textContent = '';
				this.place.appendChild( words( error.message, 'igny8-flag' ) );
			} );
		}

		/** Brings the person to the panel, unless they are at something else by now. */
		arrive() {
			isAsked = false;
			if ( this.host.reveal ) {
				this.host.reveal();
			}
			if ( document.activeElement === document.body ) {
				this.place.tabIndex = -1;
				( this.place.querySelector( '.igny8-panel-part button' ) || this.place ).focus();
			}
		}

		/** Work has moved somewhere. */
		changed() {
			if ( document.querySelector( 'dialog.igny8-progress[open]' ) ) {
				return;
			}
			if ( this.isOver ) {
				this.host.reload();
				return;
			}
			this.load();
		}

		draw() {
			const facts = this.facts;
			const parts = [
				el( 'div', { class: 'igny8-panel-head igny8-badge-place' } ),
				el( 'p', { class: 'igny8-panel-news', role: 'status', text: this.news } ),
			];
			if ( facts.problem ) {
				parts.push( words( facts.problem, 'igny8-flag' ) );
			}
			parts.push( this.text(), this.images(), igny8.seoFields( this ), this.receipt() );
			const focused = this.place.querySelector( ':focus' );
			this.place.textContent = '';
			parts.filter( Boolean ).forEach( ( part ) => this.place.appendChild( part ) );
			this.refocus( focused );
			igny8.jobs.redraw();
		}

		/** Puts the focus, and the place in a text, back where a drawing has taken it away. */
		refocus( before ) {
			const now = before && before.id && document.getElementById( before.id );
			if ( now ) {
				now.focus();
				now.setSelectionRange( before.selectionStart, before.selectionEnd );
			}
		}

		/* The text: written, refreshed, compared, taken. */

		text() {
			const facts = this.facts;
			const parts = [];
			if ( facts.run ) {
				parts.push( words( __( 'IGNY8 is working on this post.', 'igny8' ) ), button( __( 'Show progress', 'igny8' ), () => igny8.jobs.follow( facts.run, this.host.title() ) ) );
			} else if ( facts.offer ) {
				parts.push( ...this.offer( facts.offer ) );
			} else if ( ! facts.ours ) {
				parts.push( words( igny8.mayGenerate
					? __( 'IGNY8 writes this post from its title. You compare the text and put it in; nothing is overwritten without you.', 'igny8' )
					: __( 'This post is not by IGNY8.', 'igny8' ) ) );
			}
			if ( ! facts.run && igny8.mayGenerate ) {
				parts.push( this.act( facts.ours ? 'refresh' : 'write' ) );
			}
			return parts.length ? section( __( 'Text', 'igny8' ), parts ) : null;
		}

		offer( offer ) {
			const isProposal = 'proposal' === offer.kind;
			const told = isProposal ? __( 'A rewritten text waits for you.', 'igny8' ) : __( 'IGNY8 has another text for this post.', 'igny8' );
			/* translators: %d: number of words. */
			const size = sprintf( _n( '%d word', '%d words', offer.word_count, 'igny8' ), offer.word_count );
			const take = button( __( 'Put into this post', 'igny8' ), ( node ) => this.take( node ), 'button-primary' );
			const drop = button( __( 'Drop it', 'igny8' ), ( node ) => this.drop( node ) );
			return [
				words( told + ' ' + offer.title + ' (' + size + ')' ),
				el( 'details', { class: 'igny8-compare' }, [ el( 'summary', { text: __( 'Compare with this post', 'igny8' ) } ), this.lines( offer.lines ) ] ),
				el( 'p', { class: 'igny8-buttons' }, isProposal ? [ take, drop ] : [ take ] ),
			];
		}

		lines( lines ) {
			const names = { removed: 'del', added: 'ins' };
			const marks = { removed: __( 'Removed:', 'igny8' ), added: __( 'Added:', 'igny8' ) };
			return el( 'div', { class: 'igny8-diff', dir: 'auto', tabindex: '0', role: 'region', 'aria-label': __( 'Changes', 'igny8' ) }, lines.map( ( line ) => {
				const hidden = marks[ line.kind ] ? [ el( 'span', { class: 'screen-reader-text', text: marks[ line.kind ] + ' ' } ) ] : [];
				const node = el( names[ line.kind ] || 'p', {}, hidden );
				node.appendChild( document.createTextNode( line.text ) );
				return node;
			} ) );
		}

		/** A button that tells the price first and starts on the second press. */
		act( act ) {
			const place = el( 'div', { class: 'igny8-ask' } );
			const open = button( ACTS[ act ], ( node ) => {
				node.disabled = true;
				this.say( '' );
				this.ready().then( () => wp.apiFetch( { path: this.route( '/estimate' ), method: 'POST', data: { act, title: this.host.title() } } ) ).then( ( quote ) => {
					const start = button( __( 'Start', 'igny8' ), () => this.start( act ), 'button-primary' );
					const stop = button( __( 'Not now', 'igny8' ), () => this.draw() );
					const note = el( 'p', { class: 'igny8-quote' + ( quote.over_budget ? ' is-over' : '' ), role: 'status', text: igny8.quotes.text( quote ) } );
					start.disabled = ! quote.count;
					place.textContent = '';
					[ note, el( 'p', { class: 'igny8-buttons' }, [ start, stop ] ) ].forEach( ( part ) => place.appendChild( part ) );
					start.focus();
				} ).catch( ( error ) => {
					node.disabled = false;
					this.fail( error );
				} );
			} );
			place.appendChild( open );
			return place;
		}

		/** The post is stored as it stands here, so that the server speaks of the same text. */
		ready() {
			return this.host.isDirty() ? this.host.save() : Promise.resolve();
		}

		start( act ) {
			const title = ACTS[ act ] + ': ' + this.host.title();
			igny8.jobs.start( { path: this.route( '/runs' ), title, ids: [], data: { act, title: this.host.title() } } );
			this.draw();
		}

		take( node ) {
			node.disabled = true;
			this.ready().then( () => wp.apiFetch( { path: this.route() } ) ).then( ( facts ) => {
				/* translators: %s: title of a post. */
				const title = sprintf( __( 'Put into this post: %s', 'igny8' ), this.host.title() );
				this.host.hold( true );
				igny8.jobs.start( {
					path: this.route( '/take' ), title, ids: [], data: { words: facts.words },
					onEnd: ( how ) => {
						this.isOver = 'success' === how;
						this.host.hold( this.isOver );
					},
				} );
			} ).catch( ( error ) => {
				node.disabled = false;
				this.fail( error );
			} );
		}

		drop( node ) {
			node.disabled = true;
			wp.apiFetch( { path: this.route( '/discard' ), method: 'POST' } ).then( () => this.load(), ( error ) => this.fail( error ) );
		}

		/* Images. */

		images() {
			const facts = this.facts;
			const isWritten = facts.ours || facts.images.length || ( facts.offer && 'article' === facts.offer.kind );
			const mayMake = igny8.mayGenerate && ! facts.run;
			if ( ! isWritten || ! ( facts.images.length || mayMake ) ) {
				return null;
			}
			const list = el( 'ul', { class: 'igny8-panel-images' }, facts.images.map( ( image ) => el( 'li', {}, [
				el( 'img', { src: image.url, alt: image.alt, loading: 'lazy' } ),
				words( image.heading || ( 'featured' === image.kind ? __( 'Featured image', 'igny8' ) : image.alt ) ),
				el( 'p', { class: 'igny8-buttons' }, ! igny8.mayUpload ? [] : [
					button( __( 'Set as featured image', 'igny8' ), ( node ) => this.fetch( image, node, ( stored ) => this.host.setFeatured( stored.id ) ) ),
					button( __( 'Insert', 'igny8' ), ( node ) => this.fetch( image, node, ( stored ) => this.host.insertImage( stored ) ) ),
				] ),
			] ) ) );
			return section( __( 'Images', 'igny8' ), ( facts.images.length ? [ list ] : [] ).concat( mayMake ? [ this.act( 'images' ) ] : [] ) );
		}

		fetch( image, node, use ) {
			node.disabled = true;
			wp.apiFetch( { path: this.route( '/images/' + image.id ), method: 'POST' } ).then( ( stored ) => {
				use( stored );
				this.say( __( 'Done. Save the post to keep it.', 'igny8' ) );
			} ).catch( ( error ) => this.fail( error ) ).then( () => {
				node.disabled = false;
			} );
		}

		/* The receipt. */

		receipt() {
			const facts = this.facts;
			if ( ! facts.ours ) {
				return null;
			}
			const marks = { applied: '✓', failed: '✕' };
			const list = el( 'ul', { class: 'igny8-receipt' }, facts.receipt.map( ( field ) => el( 'li', {}, [
				el( 'span', { 'aria-hidden': 'true', text: ( marks[ field.state ] || '•' ) + ' ' } ),
				el( 'span', { text: field.text } ),
			] ) ) );
			const origin = el( 'dl', { class: 'igny8-facts' }, facts.origin.reduce( ( all, one ) => all.concat( el( 'dt', { text: one.label } ), el( 'dd', { text: one.value } ) ), [] ) );
			const parts = [
				facts.changed ? words( __( 'Edited here since the delivery: it is not overwritten unless you say so.', 'igny8' ), 'igny8-flag' ) : null,
				list,
				origin,
				facts.sandbox ? words( __( 'Made by a stand-in model (sandbox).', 'igny8' ) ) : null,
				facts.offer || facts.run ? null : button( __( 'Send again', 'igny8' ), ( node ) => this.take( node ) ),
				el( 'p', {}, [ el( 'a', { href: facts.link, text: __( 'Open in IGNY8', 'igny8' ) } ) ] ),
			];
			return section( __( 'Receipt', 'igny8' ), parts.filter( Boolean ) );
		}
	}

	igny8.panel = {
		isAsked: () => isAsked,
		/** Draws the panel into a place and keeps it up to date; answers what ends that. */
		mount( place, host ) {
			const panel = new Panel( place, host );
			const changed = () => panel.changed();
			document.addEventListener( 'igny8:changed', changed );
			place.classList.add( 'igny8-panel' );
			place.textContent = __( 'One moment…', 'igny8' );
			Promise.all( [ panel.load(), isLoaded ] ).then( () => isAsked && panel.arrive() );
			return () => document.removeEventListener( 'igny8:changed', changed );
		},
	};
}( window.wp, window.igny8 ) );
