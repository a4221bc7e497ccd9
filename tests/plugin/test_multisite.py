"""A network of sites: each has its own connection, and deleting the plugin cleans them all."""

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from tests.conftest import machine_permitting
from tests.lab.places import PLUGIN
from tests.lab.wordpress_site import WordPressSite

pytestmark = [pytest.mark.wp, pytest.mark.process]

MAKE_NETWORK = """
require_once ABSPATH . 'wp-admin/includes/upgrade.php';
require_once ABSPATH . 'wp-admin/includes/network.php';
global $wpdb;
deactivate_plugins( 'igny8/igny8.php' );
foreach ( $wpdb->tables( 'ms_global' ) as $table => $name ) {
	$wpdb->$table = $name;
}
install_network();
$made = populate_network( 1, '%s', 'admin@example.test', 'Network', '/', false );
return is_wp_error( $made ) ? $made->get_error_message() : true;
"""
NETWORK = """
define( 'MULTISITE', true );
define( 'SUBDOMAIN_INSTALL', false );
define( 'DOMAIN_CURRENT_SITE', '%s' );
define( 'PATH_CURRENT_SITE', '/' );
define( 'SITE_ID_CURRENT_SITE', 1 );
define( 'BLOG_ID_CURRENT_SITE', 1 );
"""
ADD_SITE = """
require_once ABSPATH . 'wp-admin/includes/plugin.php';
$second = wpmu_create_blog( '%s', '/second/', 'Second', 1 );
$answer = activate_plugin( 'igny8/igny8.php', '', true );
return array( 'second' => $second, 'refused' => is_wp_error( $answer ) );
"""
EACH = """
$told = array();
foreach ( array( 1, 2 ) as $id ) {
	switch_to_blog( $id );
	%s
	restore_current_blog();
}
return $told;
"""
CONNECT = """
	wp_roles()->for_site( $id );
	Igny8\\Capabilities::refresh();
	Igny8\\Options::set( Igny8\\Options::API_URL, 'http://127.0.0.1:9' );
	Igny8\\Options::set( Igny8\\Options::SITE_KEY, 'igk_live_' . $id );
	Igny8\\Options::set( Igny8\\Options::CONNECTED_BY, '1' );
	$user = Igny8\\Service_User::ensure();
	wp_set_current_user( $user->ID );
	$document = array( 'title' => 'Of site ' . $id, 'content' => 'C' );
	$made     = Igny8\\Content\\Post_Writer::write(
		'11111111-2222-4333-8444-555555555555',
		Igny8\\Content\\Document::from_array( $document )
	);
	$told[] = array(
		'login' => $user->user_login,
		'key' => Igny8\\Options::site_key(),
		'uuid' => Igny8\\Options::site_uuid(),
		'post' => is_wp_error( $made ) ? $made->get_error_message() : get_the_title( $made['id'] ),
	);
"""
LEFT_OVER = """
	wp_roles()->for_site( $id );
	$options = "SELECT COUNT(*) FROM $wpdb->options WHERE option_name LIKE 'igny8%'";
	$meta    = "SELECT COUNT(*) FROM $wpdb->postmeta WHERE meta_key LIKE '%igny8%'";
	$told[]  = array(
		'options' => (int) $wpdb->get_var( $options ),
		'meta' => (int) $wpdb->get_var( $meta ),
		'role' => get_role( 'igny8_publisher' ), 'cron' => wp_next_scheduled( 'igny8_sync' ),
		'posts' => count( get_posts( array( 'post_status' => 'draft', 's' => 'Of site' ) ) ),
	);
"""
CLEAN = {"options": 0, "meta": 0, "role": None, "cron": False, "posts": 1}
DELETE = """
require_once ABSPATH . 'wp-admin/includes/plugin.php';
deactivate_plugins( 'igny8/igny8.php', false, true );
uninstall_plugin( 'igny8/igny8.php' );
return true;
"""
USERS = (
    "return get_users( array( 'blog_id' => 0, 'search' => 'igny8*', 'fields' => 'user_login' ) );"
)


@pytest.fixture(scope="module")
def network() -> Iterator[WordPressSite]:
    """Two sites in folders, the plugin active in the whole network."""
    with machine_permitting():
        site = WordPressSite.up(plugin=PLUGIN, workers=2)
    with site:
        assert site.wp_eval(MAKE_NETWORK % site.host_port, "admin") is True
        config = site.root / "wp-config.php"
        text = config.read_text()
        mark = "require_once ABSPATH"
        assert mark in text
        config.write_text(text.replace(mark, NETWORK % site.host_port + mark, 1))
        made = site.wp_eval(ADD_SITE % site.host_port, "admin")
        assert made == {"second": 2, "refused": False}
        yield site


def on_each(site: WordPressSite, php: str) -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = site.wp_eval(EACH.replace("%s", "global $wpdb; " + php), "admin")
    return told


def test_each_site_has_its_own_and_deleting_cleans_all(network: WordPressSite) -> None:
    first, second = on_each(network, CONNECT)
    assert (first["key"], second["key"]) == ("igk_live_1", "igk_live_2")
    assert first["uuid"] != second["uuid"]
    assert (first["post"], second["post"]) == ("Of site 1", "Of site 2")
    assert (first["login"], second["login"]) == ("igny8-publisher", "igny8-publisher-2")
    for path in ("", "second/"):
        answer = requests.get(f"{network.url}/{path}?rest_route=/igny8/v1/whoami", timeout=20)
        assert answer.json()["site_uuid"] == (second if path else first)["uuid"]

    network.wp_eval(DELETE, "admin")
    assert on_each(network, LEFT_OVER) == [CLEAN, CLEAN]
    assert network.wp_eval(USERS, "admin") == []
    assert "igny8" not in network.php_log().lower()
