/**
 * The panel in the block editor: a sidebar of its own, and a way to it in the settings of the post.
 */
( function ( wp, igny8 ) {
	'use strict';

	const { createElement, Fragment, useEffect, useRef } = wp.element;
	const { __ } = wp.i18n;
	const NAME = 'igny8-panel';
	const SIDEBAR = NAME + '/' + NAME;
	const LOCK = 'igny8';
	const slots = wp.editor && wp.editor.PluginSidebar ? wp.editor : wp.editPost; // Moved in 6.6.
	const editor = () => wp.data.select( 'core/editor' );
	const change = () => wp.data.dispatch( 'core/editor' );

	function host( id ) {
		return {
			id,
			title: () => editor().getEditedPostAttribute( 'title' ) || '',
			isDirty: () => editor().isEditedPostDirty() || editor().isEditedPostNew(),
			save: () => change().savePost().then( () => {
				if ( editor().didPostSaveRequestFail() ) {
					throw new Error( __( 'The post could not be saved.', 'igny8' ) );
				}
			} ),
			hold( isHeld ) {
				change()[ isHeld ? 'lockPostSaving' : 'unlockPostSaving' ]( LOCK );
				change()[ isHeld ? 'lockPostAutosaving' : 'unlockPostAutosaving' ]( LOCK );
			},
			reload: () => window.location.assign( editor().getEditedPostAttribute( 'id' ) ? 'post.php?post=' + id + '&action=edit' : window.location.href ),
			setFeatured: ( media ) => change().editPost( { featured_media: media } ),
			insertImage( image ) {
				const block = wp.blocks.createBlock( 'core/image', { id: image.id, url: image.source_url, alt: image.alt, caption: image.caption, sizeSlug: 'full', linkDestination: 'none' } );
				wp.data.dispatch( 'core/block-editor' ).insertBlocks( block );
			},
		};
	}

	function Body() {
		const place = useRef( null );
		const id = editor().getCurrentPostId();
		useEffect( () => igny8.panel.mount( place.current, host( id ) ), [ id ] );
		return createElement( 'div', { ref: place } );
	}

	const open = () => wp.data.dispatch( 'core/edit-post' ).openGeneralSidebar( SIDEBAR );

	function Places() {
		const shown = wp.data.useSelect( ( select ) => select( 'core/edit-post' ).getActiveGeneralSidebarName(), [] );
		useEffect( () => {
			if ( igny8.panel.isAsked() && SIDEBAR !== shown ) {
				open(); // Again, where the editor has opened its own after ours.
			}
		}, [ shown ] );
		return createElement(
			Fragment,
			null,
			createElement( slots.PluginSidebarMoreMenuItem, { target: NAME, icon: 'edit-page' }, 'IGNY8' ),
			createElement( slots.PluginSidebar, { name: NAME, title: 'IGNY8', icon: 'edit-page' }, createElement( Body ) ),
			createElement(
				slots.PluginDocumentSettingPanel,
				{ name: NAME + '-way', title: 'IGNY8' },
				createElement( wp.components.Button, {
					variant: 'secondary',
					onClick: open,
				}, __( 'Text, images and search fields', 'igny8' ) )
			)
		);
	}

	wp.plugins.registerPlugin( NAME, { icon: 'edit-page', render: Places } );
}( window.wp, window.igny8 ) );
