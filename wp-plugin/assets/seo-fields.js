/**
 * The search fields of a post. Offers igny8.seoFields( panel ), a part of the panel.
 */
( function ( wp, igny8 ) {
	'use strict';

	const { __ } = wp.i18n;
	const el = igny8.el;
	const FIELDS = {
		title: [ __( 'Title for search engines', 'igny8' ), 'input' ],
		description: [ __( 'Description for search engines', 'igny8' ), 'textarea' ],
		focus: [ __( 'Focus keyphrase', 'igny8' ), 'input' ],
	};

	igny8.seoFields = ( panel ) => {
		const inputs = {};
		const parts = Object.keys( FIELDS ).map( ( name ) => {
			const [ label, tag ] = FIELDS[ name ];
			const id = 'igny8-seo-' + name;
			inputs[ name ] = el( tag, Object.assign( { id, class: 'large-text', maxlength: '500', dir: 'auto' }, 'input' === tag ? { type: 'text' } : {} ) );
			inputs[ name ].value = name in panel.typed ? panel.typed[ name ] : panel.facts.seo[ name ];
			inputs[ name ].addEventListener( 'input', () => {
				panel.typed[ name ] = inputs[ name ].value;
			} );
			return el( 'p', {}, [ el( 'label', { for: id, text: label } ), inputs[ name ] ] );
		} );
		const save = el( 'button', { type: 'button', class: 'button', text: __( 'Save search fields', 'igny8' ) } );
		save.addEventListener( 'click', () => {
			const data = {};
			Object.keys( inputs ).forEach( ( name ) => {
				data[ name ] = inputs[ name ].value.trim();
			} );
			save.disabled = true;
			wp.apiFetch( { path: panel.route( '/seo' ), method: 'PUT', data } ).then( ( answer ) => {
				panel.facts.seo = answer.seo;
				panel.typed = {};
				/* The fields stand in the post already; only the service may have missed them. */
				panel.say( answer.warning || __( 'The search fields are saved.', 'igny8' ) );
			}, ( error ) => panel.fail( error ) ).then( () => {
				save.disabled = false;
			} );
		} );
		const heading = el( 'h3', { text: __( 'Search engines', 'igny8' ) } );
		return el( 'section', { class: 'igny8-panel-part' }, [ heading ].concat( parts, save ) );
	};
}( window.wp, window.igny8 ) );
