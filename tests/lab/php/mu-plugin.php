<?php
/**
 * A throw-away site: mail goes to a file, nothing asks the outside world for updates or feeds.
 */

add_filter(
	'pre_wp_mail',
	function ( $ignored, $mail ) {
		file_put_contents( dirname( ABSPATH ) . '/mail.jsonl', wp_json_encode( $mail ) . "\n", FILE_APPEND );
		return true;
	},
	10,
	2
);

foreach ( array( 'core', 'plugins', 'themes' ) as $lab_kind ) {
	add_filter(
		"pre_site_transient_update_$lab_kind",
		function () {
			return (object) array(
				'last_checked'    => time(),
				'version_checked' => $GLOBALS['wp_version'],
				'updates'         => array(),
				'response'        => array(),
				'no_update'       => array(),
				'translations'    => array(),
				'checked'         => array(),
			);
		}
	);
}

add_action(
	'wp_dashboard_setup',
	function () {
		remove_meta_box( 'dashboard_primary', 'dashboard', 'side' );
	}
);
