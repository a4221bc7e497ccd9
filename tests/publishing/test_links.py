"""The site index told by a real WordPress, and links into its posts, there and back."""

import pytest
import requests
from bs4 import BeautifulSoup
from sqlalchemy import select

from igny8_flask import site_posts, sites, unlinking
from igny8_flask.db import db
from igny8_flask.errors import WordPressError
from igny8_flask.models import Content, ContentStatus, Delivery, SitePost, WorkState
from tests.integration.jobs_by_hand import admit_all
from tests.publishing.conftest import Home

pytestmark = [pytest.mark.wp]
HTML = "<p>Good soil care pays.</p><h2>Soil care</h2><p>So do red roses.</p>"
SYNC = "Igny8\\Sync::run();"
MARKS = (
    "global $wpdb; return (int) $wpdb->get_var("
    " \"SELECT COUNT(*) FROM $wpdb->options WHERE option_name LIKE 'igny8_index_mark_%'\" );"
)


def make_post(home: Home, title: str, status: str = "publish", **more: str) -> int:
    row = {"post_title": title, "post_status": status, "post_content": "x", **more}
    php = ", ".join(f"{key!r} => {value!r}" for key, value in row.items())
    return int(home.wp.wp_eval(f"return wp_insert_post( array( {php} ) );", "ed"))


def index(home: Home) -> dict[int, SitePost]:
    """The index after the plugin's next run, without what WordPress itself comes with."""
    home.wp.wp_eval(SYNC)
    db.session.expire_all()
    rows = db.session.scalars(select(SitePost).where(SitePost.site_id == home.site.id))
    return {row.post_id: row for row in rows if row.title not in ("Hello world!", "Sample Page")}


def change(home: Home, number: int, **row: str) -> None:
    php = ", ".join(f"{key!r} => {value!r}" for key, value in row.items())
    home.wp.wp_eval(f"wp_update_post( array( 'ID' => {number}, {php} ) );", "ed")


def hrefs(html: str) -> dict[str, str]:
    soup = BeautifulSoup(html, "html.parser")
    return {a.get_text(): str(a["href"]) for a in soup.find_all("a")}


def test_live_posts_of_all_kinds_are_told_with_their_headings(home: Home, api_url: str) -> None:
    text = "<h2>Caf&eacute; &amp; <em>Tee</em></h2><p>x</p><h3>More of it</h3>"
    post = make_post(home, "Soil &amp; care", post_content=text)
    home.wp.wp_eval(
        f'global $wpdb; $wpdb->query( "UPDATE $wpdb->posts SET post_content = REPLACE('
        f" post_content, 'More', 'More\\x0b') WHERE ID = {post}\" );"
    )
    page = make_post(home, "A page", post_type="page")
    for status in ("draft", "private", "pending"):
        make_post(home, "Hidden", status)
    make_post(home, "Locked", post_password="x")
    rows = index(home)
    assert set(rows) == {post, page}
    assert rows[post].title == "Soil & care"
    assert rows[post].headings == ["Café & Tee", "More of it"]
    assert rows[post].url == f"{home.wp.url}/soil-care/"
    assert (rows[page].post_type, rows[post].slug) == ("page", "soil-care")
    assert home.wp.wp_eval(MARKS) == 0


def test_whatever_happens_behind_the_walk_is_told(home: Home, api_url: str) -> None:
    kept, trashed, deleted, drafted, locked = (make_post(home, f"Post {n}") for n in range(5))
    draft = make_post(home, "Draft", "draft")
    late = make_post(home, "Late", "future", post_date="2099-01-01 00:00:00")
    last = make_post(home, "Last")
    assert set(index(home)) == {kept, trashed, deleted, drafted, locked, last}
    change(home, kept, post_title="Renamed", post_name="renamed")
    change(home, drafted, post_status="draft")
    change(home, locked, post_password="x")
    change(home, draft, post_status="publish")
    home.wp.wp_eval(
        f"wp_trash_post( {trashed} ); wp_delete_post( {deleted}, true ); wp_publish_post( {late} );"
    )
    new = make_post(home, "New")
    rows = index(home)
    assert set(rows) == {kept, draft, late, last, new}
    assert (rows[kept].title, rows[kept].url) == ("Renamed", f"{home.wp.url}/renamed/")
    assert home.wp.wp_eval(MARKS) == 0
    home.wp.wp_eval("$GLOBALS['wp_rewrite']->set_permalink_structure( '/x/%postname%/' );")
    assert index(home)[kept].url == f"{home.wp.url}/x/renamed/"


def test_a_large_site_is_told_in_pages_and_goes_on_where_it_stopped(
    home: Home, api_url: str
) -> None:
    many = (
        "global $wpdb; $rows = array(); for ( $i = 0; $i < 1234; $i++ ) $rows[] ="
        " \"('Post number $i', 'x', '', '', '', '', '', 'publish', 'post', 'post-$i')\";"
        ' $wpdb->query( "INSERT INTO $wpdb->posts (post_title, post_content, post_excerpt,'
        " to_ping, pinged, post_content_filtered, post_password, post_status, post_type,"
        " post_name) VALUES \" . implode( ',', $rows ) );"
    )
    home.wp.wp_eval(many)
    home.wp.wp_eval(SYNC)
    assert site_posts.size(home.site.id) == 1000, "ten pages a run"
    due = home.wp.wp_eval("return wp_next_scheduled( 'igny8_sync' ) - time();")
    assert due <= 60
    home.wp.wp_eval("Igny8\\Options::set( Igny8\\Options::SITE_KEY, 'igk_live_wrong' );")
    home.wp.wp_eval(SYNC)
    home.wp.wp_eval(f"Igny8\\Options::set( Igny8\\Options::SITE_KEY, '{home.key}' );")
    assert len(index(home)) == 1234
    home.wp.wp_eval('global $wpdb; $wpdb->query( "DELETE FROM $wpdb->posts WHERE ID % 2" );')
    home.wp.wp_eval("Igny8\\Site_Index::restart();")
    index(home)
    assert len(index(home)) == 617, "what was lost unseen is found by the next walk"


@pytest.fixture
def linked(home: Home, api_url: str) -> Content:
    """A public post with two links."""
    make_post(home, "Soil care")
    make_post(home, "Red roses")
    index(home)
    content = home.article(html=HTML, status=ContentStatus.APPROVED)
    delivery = home.deliver(content, status="publish")
    assert delivery.state is WorkState.SUCCESS, delivery.error
    return content


def test_a_post_leads_to_other_posts_of_its_site(home: Home, linked: Content) -> None:
    text = home.post(linked)["post_content"]
    both = {"soil care": f"{home.wp.url}/soil-care/", "red roses": f"{home.wp.url}/red-roses/"}
    assert hrefs(text) == both
    assert [link["phrase"] for link in linked.links["placed"]] == list(both)
    shown = BeautifulSoup(requests.get(str(linked.wp_link), timeout=30).text, "html.parser")
    assert both.items() <= hrefs(str(shown)).items()
    for url in both.values():
        assert requests.get(url, timeout=30).status_code == 200
    revisions = f"return count( wp_get_post_revisions( {linked.wp_post_id} ) );"
    before = home.wp.wp_eval(revisions)
    home.deliver(linked, status="publish")
    assert home.wp.wp_eval(revisions) == before, "the same again changes nothing"


def test_links_are_taken_back_by_a_delivery_and_stay_away(home: Home, linked: Content) -> None:
    removal = unlinking.remove(home.site, None)
    assert isinstance(removal.work, Delivery)
    assert home.run(removal.work).state is WorkState.SUCCESS
    post = home.post(linked)
    assert (hrefs(post["post_content"]), post["post_status"]) == ({}, "publish")
    assert linked.links["placed"] == []
    home.deliver(linked, status="publish")
    assert hrefs(home.post(linked)["post_content"]) == {}


def test_links_in_a_text_that_a_person_changed_are_left_alone(home: Home, linked: Content) -> None:
    mine = '<p>Mine, with <a href="/x">a link</a>.</p>'
    home.edit(linked, mine)
    removal = unlinking.remove(home.site, [linked.id])
    assert isinstance(removal.work, Delivery), "we had not heard of the edit"
    refused = home.run(removal.work)
    assert (refused.state, refused.error_code) == (WorkState.FAILURE, "wp_changed")
    home.wp.wp_eval(SYNC)
    db.session.expire_all()
    told = unlinking.remove(home.site, [linked.id])
    assert (told.sent, [one.id for one in told.changed]) == (0, [linked.id])
    assert home.post(linked)["post_content"] == mine


def test_a_post_that_vanished_since_the_index_was_told_is_not_linked(
    home: Home, api_url: str
) -> None:
    gone = make_post(home, "Soil care")
    make_post(home, "Red roses")
    index(home)
    home.wp.wp_eval(f"wp_trash_post( {gone} );")
    content = home.article(html=HTML)
    delivery = home.deliver(content)
    assert delivery.state is WorkState.SUCCESS, delivery.error
    assert delivery.result["receipt"]["fields"]["links"] == {"state": "altered", "gone": [gone]}
    text = home.post(content)["post_content"]
    assert hrefs(text) == {"red roses": f"{home.wp.url}/red-roses/"}
    assert "Good soil care pays." in text
    assert [link["phrase"] for link in content.links["placed"]] == ["red roses"]
    assert home.deliver(content).state is WorkState.SUCCESS, "our own omission is no human edit"


def text_by(home: Home, way: str) -> str:
    content = home.article(html=HTML, title=f"By {way}")
    if way == "pull":
        sites.fall_back_to_pull(home.site, WordPressError("x", "wp_auth"))
        delivery = home.run(_asked(home, content))
        assert delivery.by_pull
        home.wp.wp_eval(SYNC)
        db.session.expire_all()
    else:
        home.deliver(content)
    return str(home.post(content)["post_content"])


def _asked(home: Home, content: Content) -> Delivery:
    from igny8_flask import publishing

    return publishing.submit(home.site, [content.id], {})[0]


def test_pulled_posts_have_the_same_links(home: Home, api_url: str) -> None:
    make_post(home, "Soil care")
    index(home)
    pushed = text_by(home, "push")
    assert hrefs(pushed) == {"soil care": f"{home.wp.url}/soil-care/"}
    assert text_by(home, "pull") == pushed
    assert admit_all(Delivery) == []
