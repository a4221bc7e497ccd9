"""What people do on the site comes back to the backend."""

import pytest

from igny8_flask.db import db
from igny8_flask.models import Content, ContentStatus
from tests.publishing.conftest import Home

pytestmark = [pytest.mark.wp]


@pytest.fixture
def content(home: Home, api_url: str) -> Content:
    """An article that stands on the site as a public post."""
    content = home.article(status=ContentStatus.APPROVED)
    delivery = home.deliver(content, status="publish")
    assert content.wp_status == "publish", delivery.error
    home.wp.wp_eval("Igny8\\State_Reporter::send();")
    return content


def told(home: Home, content: Content, php: str) -> Content:
    """The article as we know it after somebody did something and the plugin synced."""
    home.wp.wp_eval(php, "ed")
    home.wp.wp_eval("Igny8\\Sync::run();")
    db.session.expire_all()
    return content


def test_an_edit_is_known_with_its_author(home: Home, content: Content) -> None:
    before = content.wp_sha
    home.edit(content, "<p>Mine.</p>")
    told(home, content, "")
    assert content.wp_changed_at is not None
    assert content.wp_changed_by == "ed"
    assert content.wp_sha == before, "the base of the guard is our last delivery, not their edit"


def test_trash_and_back(home: Home, content: Content) -> None:
    told(home, content, f"wp_trash_post( {content.wp_post_id} );")
    assert (content.wp_status, content.status) == ("trash", ContentStatus.APPROVED)
    told(home, content, f"wp_untrash_post( {content.wp_post_id} );")
    assert content.wp_status == "draft"


def test_another_address_is_known(home: Home, content: Content) -> None:
    told(
        home,
        content,
        f"wp_update_post( array( 'ID' => {content.wp_post_id}, 'post_name' => 'elsewhere' ) );",
    )
    assert content.wp_link == f"{home.wp.url}/elsewhere/"
    assert content.wp_changed_at is None, "an address is no text"


def test_other_permalinks_are_known(home: Home, content: Content) -> None:
    change = "$GLOBALS['wp_rewrite']->set_permalink_structure( '/x/%postname%/' );"
    told(home, content, change)
    assert f"{home.wp.url}/x/" in str(content.wp_link)


def test_a_post_deleted_for_good_is_forgotten_and_can_be_made_anew(
    home: Home, content: Content
) -> None:
    told(home, content, f"wp_delete_post( {content.wp_post_id}, true );")
    assert (content.wp_status, content.wp_post_id) == ("gone", None)
    home.deliver(content)
    assert home.count(content) == 1


def test_our_own_deliveries_are_not_reported_as_edits(home: Home, content: Content) -> None:
    content.title = "Another title"
    db.session.commit()
    home.deliver(content)
    marks = (
        'global $wpdb; return (int) $wpdb->get_var( "SELECT COUNT(*) FROM $wpdb->postmeta'
        " WHERE meta_key = '_igny8_unreported'\" );"
    )
    assert home.wp.wp_eval(marks) == 0


def test_a_report_that_finds_nobody_is_kept(home: Home, content: Content) -> None:
    home.wp.wp_eval("Igny8\\Options::set( Igny8\\Options::SITE_KEY, 'igk_live_wrong' );")
    home.edit(content, "<p>Mine.</p>")
    home.wp.wp_eval("Igny8\\Sync::run();")
    home.wp.wp_eval(f"Igny8\\Options::set( Igny8\\Options::SITE_KEY, '{home.key}' );")
    told(home, content, "")
    assert content.wp_changed_at is not None
