<?php
/**
 * Removes what the plugin made; posts and images stay.
 *
 * @package Igny8
 */

defined( 'WP_UNINSTALL_PLUGIN' ) || exit;

defined( 'IGNY8_FILE' ) || define( 'IGNY8_FILE', __DIR__ . '/igny8.php' );

require __DIR__ . '/includes/autoload.php';

/**
 * Cleans the current site.
 */
function igny8_uninstall_site() {
	global $wpdb;
	if ( Igny8\Options::has_key() ) {
		Igny8\Connection::end();
	}
	$heir = (int) Igny8\Options::get( Igny8\Options::CONNECTED_BY );
	if ( ! get_userdata( $heir ) ) {
		$admins = get_users( array( 'role' => 'administrator', 'number' => 1, 'fields' => 'ID' ) ); // phpcs:ignore WordPress.Arrays
		$heir   = (int) reset( $admins );
	}
	Igny8\Service_User::remove( $heir );
	Igny8\Capabilities::uninstall();
	Igny8\Options::forget( Igny8\Options::ALL );
	array_map( 'delete_post_meta_by_key', Igny8\Content\Meta::ALL );
	delete_transient( Igny8\Client::AWAY );
	Igny8\Counts::forget();
	Igny8\Sync::stop();
	delete_metadata( 'user', 0, 'igny8_per_page', '', true );
	foreach ( array( Igny8\Content\Lock::PREFIX, Igny8\Options::GONE, Igny8\Options::INDEX_MARK ) as $prefix ) {
		$wpdb->query( $wpdb->prepare( "DELETE FROM $wpdb->options WHERE option_name LIKE %s", $wpdb->esc_like( $prefix ) . '%' ) ); // phpcs:ignore WordPress.DB.DirectDatabaseQuery
	}
}

if ( is_multisite() ) {
	foreach ( get_sites( array( 'fields' => 'ids', 'number' => 0 ) ) as $igny8_site ) { // phpcs:ignore WordPress.Arrays
		switch_to_blog( $igny8_site );
		igny8_uninstall_site();
		restore_current_blog();
	}
} else {
	igny8_uninstall_site();
}
