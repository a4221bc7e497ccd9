/**
 * The internal links of one article: what will lead where, a box for each, and a switch for all.
 */
( function ( wp, igny8 ) {
	'use strict';

	const panel = document.getElementById( 'igny8-links' );
	const form = document.getElementById( 'igny8-review' );
	if ( ! igny8 || ! panel || ! form ) {
		return;
	}

	const { __, sprintf } = wp.i18n;
	const path = '/igny8/v1/contents/' + form.dataset.id + '/links';
	const body = panel.querySelector( '.igny8-links-body' );
	const answer = panel.querySelector( '.igny8-form-answer' );
	let shown = null;

	/** A box with its label; `to` is a post that the label leads to. */
	function box( words, isChecked, act, to ) {
		const input = igny8.el( 'input', { type: 'checkbox' } );
		input.checked = isChecked;
		input.addEventListener( 'change', () => act( input.checked ) );
		const label = igny8.el( 'label', {}, [ input, document.createTextNode( ' ' + words + ' ' ) ] );
		return to ? [ label, igny8.el( 'a', { href: to.url, target: '_blank', rel: 'noopener', text: to.title || to.url } ) ] : [ label ];
	}

	function change( data ) {
		const inputs = body.querySelectorAll( 'input' );
		inputs.forEach( ( input ) => {
			input.disabled = true;
		} );
		return wp.apiFetch( { path, method: 'PATCH', data } ).then( ( told ) => {
			draw( told );
			answer.textContent = told.placed.length ? __( 'Kept. The post follows when it is updated.', 'igny8' ) : __( 'Kept.', 'igny8' );
		}, ( error ) => {
			draw( shown );
			answer.textContent = error.message;
		} );
	}

	function row( link, isWanted ) {
		const skip = shown.skipped.map( ( one ) => one.post_id );
		const act = ( wanted ) => change( { skip: wanted ? skip.filter( ( id ) => id !== link.post_id ) : skip.concat( link.post_id ) } );
		/* translators: %s: words of an article that become a link. */
		return igny8.el( 'li', { dir: 'auto' }, box( sprintf( __( '“%s” →', 'igny8' ), link.phrase ), isWanted, act, link ) );
	}

	function words() {
		if ( ! shown.limit ) {
			return __( 'Internal links are switched off in the settings of this site.', 'igny8' );
		}
		if ( ! shown.enabled ) {
			return __( 'This article gets no internal links.', 'igny8' );
		}
		if ( ! shown.links.length ) {
			/* translators: %s: number of posts. */
			return sprintf( __( 'No words of this article name one of the %s public posts of this site.', 'igny8' ), shown.known_posts );
		}
		return __( 'These words become links when the article is published:', 'igny8' );
	}

	function draw( told ) {
		shown = told;
		const rows = told.enabled ? told.links.map( ( link ) => row( link, true ) ).concat( told.skipped.map( ( link ) => row( link, false ) ) ) : [];
		const list = rows.length ? [ igny8.el( 'ul', { class: 'igny8-links-list' }, rows ) ] : [];
		const all = igny8.el( 'p', {}, box( __( 'Link to other posts', 'igny8' ), told.enabled, ( enabled ) => change( { enabled } ) ) );
		body.replaceChildren( all, igny8.el( 'p', { text: words() } ), ...list );
		answer.textContent = '';
	}

	wp.apiFetch( { path } ).then( draw, ( error ) => {
		answer.textContent = error.message;
	} );
}( window.wp, window.igny8 ) );
