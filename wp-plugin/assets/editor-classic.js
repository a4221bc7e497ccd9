/**
 * The panel in the classic editor: the same, in a box.
 */
( function ( wp, igny8 ) {
	'use strict';

	const { __ } = wp.i18n;
	const place = document.getElementById( 'igny8-panel-box' );
	if ( ! place ) {
		return;
	}

	const form = document.getElementById( 'post' );
	const isNew = () => 'auto-draft' === document.getElementById( 'original_post_status' ).value;

	/** Shows the box where it was switched off in the screen options or folded up. */
	function reveal() {
		const shown = document.getElementById( 'igny8-panel-hide' );
		if ( shown && ! shown.checked ) {
			shown.click();
		}
		const box = place.closest( '.postbox' );
		if ( box.classList.contains( 'closed' ) ) {
			box.querySelector( '.handlediv' ).click();
		}
	}

	igny8.panel.mount( place, {
		id: Number( document.getElementById( 'post_ID' ).value ),
		title: () => ( form.elements.post_title || {} ).value || '',
		isDirty: () => isNew() || Boolean( wp.autosave && wp.autosave.server.postChanged() ),
		save: () => Promise.reject( new Error( __( 'Save the post first, then go on here.', 'igny8' ) ) ),
		hold: ( isHeld ) => form.querySelectorAll( '#save-post, #publish' ).forEach( ( button ) => {
			button.disabled = isHeld;
		} ),
		reload: () => window.location.reload(),
		reveal,
		setFeatured: ( id ) => wp.media.featuredImage.set( id ),
		insertImage( image ) {
			const tag = igny8.el( 'img', { src: image.source_url, alt: image.alt, class: 'alignnone size-full wp-image-' + image.id } );
			window.send_to_editor( tag.outerHTML );
		},
	} );
}( window.wp, window.igny8 ) );
