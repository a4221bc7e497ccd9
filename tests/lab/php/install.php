<?php
/**
 * Unattended installation. Reads JSON {root, url, title, permalinks, options, users, plugins} from
 * standard input, prints JSON {version, users, plugins} as its last line.
 */

require __DIR__ . '/request.php';
$config = json_decode( stream_get_contents( STDIN ), true );
lab_pretend_request( $config['url'] );

define( 'WP_INSTALLING', true );
function wp_new_blog_notification() {}

require $config['root'] . '/wp-load.php';
require_once ABSPATH . 'wp-admin/includes/upgrade.php';
require_once ABSPATH . 'wp-admin/includes/plugin.php';

// A permalink structure that is already there keeps the installer from probing its own web server.
$structure = function () {
	return '/%postname%/';
};
add_filter( 'pre_option_permalink_structure', $structure );
$logins = array_keys( $config['users'] );
$first  = $logins[0];
wp_install( $config['title'], $first, "$first@example.test", true, '', $config['users'][ $first ]['password'] );
remove_filter( 'pre_option_permalink_structure', $structure );

update_option( 'permalink_structure', $config['permalinks'] );
foreach ( $config['options'] as $name => $value ) {
	update_option( $name, $value );
}

$users = array();
foreach ( $config['users'] as $login => $wanted ) {
	$id = username_exists( $login );
	if ( ! $id ) {
		$id = wp_insert_user(
			array(
				'user_login' => $login,
				'user_pass'  => $wanted['password'],
				'user_email' => "$login@example.test",
				'role'       => $wanted['role'],
			)
		);
	}
	list( $secret )  = WP_Application_Passwords::create_new_application_password( $id, array( 'name' => 'lab' ) );
	$users[ $login ] = array(
		'id'           => $id,
		'app_password' => WP_Application_Passwords::chunk_password( $secret ),
	);
}

$plugins = array();
foreach ( $config['plugins'] as $plugin ) {
	$answer             = activate_plugin( $plugin );
	$plugins[ $plugin ] = is_wp_error( $answer ) ? $answer->get_error_message() : 'active';
}

echo "\n", json_encode(
	array(
		'version' => $GLOBALS['wp_version'],
		'users'   => $users,
		'plugins' => (object) $plugins,
	)
), "\n";
