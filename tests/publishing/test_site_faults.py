"""Faults that a real WordPress can be made to show: plain addresses, lost terms, types, authors."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from igny8_flask import publishing, site_settings
from igny8_flask.db import db
from igny8_flask.models import Delivery, DeliveryKind, ImageKind, WorkState
from tests.integration.jobs_by_hand import admit_all, execute
from tests.publishing.conftest import Home, illustrate

pytestmark = [pytest.mark.wp]

COPY = "http://copy.example.com"
AT_COPY = f"add_filter( 'home_url', function () {{ return {COPY!r}; }}, 99 );"
PLAIN = (
    "global $wp_rewrite; $wp_rewrite->set_permalink_structure( '' ); flush_rewrite_rules( false );"
)
STRIPPED = (
    "unset( $_SERVER['HTTP_AUTHORIZATION'], $_SERVER['PHP_AUTH_USER'], $_SERVER['PHP_AUTH_PW'] );"
)
CLOSED = (
    "add_filter( 'rest_authentication_errors', function () {"
    " return new WP_Error( 'rest_cannot_access', 'Closed.', array( 'status' => 401 ) ); }, 999 );"
)
REVOKED = "add_action( 'init', function () { Igny8\\Service_User::revoke(); } );"
MAKE_TERM = "wp_insert_term( 'Garden', 'category' );"
DROP_TERM = "wp_delete_term( get_term_by( 'name', 'Garden', 'category' )->term_id, 'category' );"


@contextmanager
def running(home: Home, php: str) -> Iterator[None]:
    """The same WordPress with some code of its host or of another plugin."""
    plugin = home.wp.root / "wp-content/mu-plugins/other.php"
    plugin.write_text(f"<?php {php}")
    try:
        yield
    finally:
        plugin.unlink()


def terms_of(home: Home, content: Any) -> list[str]:
    names: list[str] = home.wp.wp_eval(
        f"return wp_list_pluck( get_the_category( {content.wp_post_id} ), 'name' );"
    )
    return names


def test_a_site_on_plain_permalinks_gets_its_article_and_pictures(home: Home) -> None:
    home.wp.wp_eval(PLAIN)
    home.site.rest_url = f"{home.wp.url}/index.php?rest_route=/"
    db.session.commit()
    content = home.article(title="Plain")
    illustrate(content, ImageKind.FEATURED, "red")
    delivery = home.deliver(content)
    assert delivery.state is WorkState.SUCCESS, delivery.error
    assert delivery.result["problems"] == []
    assert "?p=" in delivery.result["link"]
    assert home.deliver(content).state is WorkState.SUCCESS
    assert home.count(content) == 1


@pytest.mark.parametrize(("create", "names"), [(False, ["Uncategorized"]), (True, ["Garden"])])
def test_a_category_deleted_between_plan_and_push_is_told_or_made_again(
    home: Home, create: bool, names: list[str]
) -> None:
    site_settings.update(home.site, {"publishing": {"create_terms": create}})
    home.wp.wp_eval(MAKE_TERM)
    content = home.article(terms={"categories": ["Garden"], "tags": []})
    home.wp.wp_eval(DROP_TERM)
    delivery = home.deliver(content)
    assert delivery.state is WorkState.SUCCESS, delivery.error
    assert terms_of(home, content) == names
    warned = [words for words in delivery.result["warnings"] if "Garden" in words]
    assert bool(warned) is not create


def test_a_post_type_that_is_gone_ends_in_words_and_without_a_post(home: Home) -> None:
    site_settings.update(home.site, {"publishing": {"post_type": "recipe"}})
    content = home.article()
    delivery = home.deliver(content)
    assert (delivery.state, delivery.error_code) == (WorkState.FAILURE, "wp_rejected")
    assert "recipe" in (delivery.error or "")
    assert home.count(content) == 0


def test_the_author_of_the_rule_writes_and_one_who_left_stops_nothing(home: Home) -> None:
    site_settings.update(home.site, {"publishing": {"author": "auth"}})
    first = home.article()
    home.deliver(first)
    assert int(home.post(first)["post_author"]) == home.wp.users["auth"].id
    home.wp.wp_eval(
        "require_once ABSPATH . 'wp-admin/includes/user.php';"
        "wp_delete_user( get_user_by( 'login', 'auth' )->ID, get_user_by( 'login', 'ed' )->ID );"
    )
    second = home.article()
    delivery = home.deliver(second)
    assert delivery.state is WorkState.SUCCESS, delivery.error
    assert int(home.post(second)["post_author"]) != home.wp.users["auth"].id
    assert home.count(second) == 1


def test_a_copy_at_another_address_gets_nothing_and_both_are_told(home: Home, api_url: str) -> None:
    home.site.connection = {**(home.site.connection or {}), "mode": "pull"}
    (waiting,) = publishing.submit(home.site, [home.article().id], {})
    for ticket in admit_all(Delivery):
        execute(ticket)
    home.wp.wp_eval(AT_COPY + "return Igny8\\Sync::run();")
    db.session.expire_all()
    assert home.site.moved_to == COPY
    assert waiting.state is WorkState.PENDING
    seen = "return Igny8\\Self_Test::run( false )['checks'];"
    for asked, words in ((AT_COPY + seen, home.wp.url), (seen, COPY)):
        told = [check["message"] for check in home.wp.wp_eval(asked) if check["name"] == "copy"]
        assert words in told[0]


def test_a_push_that_meets_a_copy_writes_nothing_and_both_are_told(
    home: Home, api_url: str
) -> None:
    content, held = home.article(title="For the original"), home.article(title="Held back")
    illustrate(content, ImageKind.FEATURED, "red")
    with running(home, AT_COPY):
        refused = home.deliver(content)
        seen = "return Igny8\\Self_Test::run( false )['checks'];"
        told = [check["message"] for check in home.wp.wp_eval(seen) if check["name"] == "copy"]
    assert (refused.state, refused.error_code) == (WorkState.FAILURE, "wp_other_site")
    assert "copy" in (refused.error or "")
    assert home.site.moved_to == COPY
    assert home.site.url in told[0]
    waits = home.deliver(held)
    assert (waits.state, waits.error_code) == (WorkState.FAILURE, "site_moved")
    assert COPY in (waits.error or "")
    assert (home.count(content), home.count(held)) == (0, 0)
    assert home.wp.wp_eval("return get_posts( array( 'post_type' => 'attachment' ) );") == []
    home.wp.wp_eval("return Igny8\\Self_Test::run( true );")
    db.session.expire_all()
    assert home.site.moved_to is None
    assert home.deliver(content).state is WorkState.SUCCESS
    assert home.count(content) == 1


def test_another_installation_at_the_same_address_is_not_written_to(home: Home) -> None:
    content = home.article(title="Not for the newcomer")
    home.deliver(content)
    home.wp.wp_eval(f"update_option( 'igny8_site_uuid', {str(uuid.uuid4())!r} );")
    content.html = "<p>New words.</p>"
    db.session.commit()
    refused = home.deliver(content)
    assert (refused.state, refused.error_code) == (WorkState.FAILURE, "wp_other_site")
    (trashing,) = publishing.submit(home.site, [content.id], {}, DeliveryKind.TRASH)
    assert home.run(trashing).error_code == "wp_other_site"
    stands = home.post(content)
    assert "New words" not in stands["post_content"]
    assert stands["post_status"] == "draft"
    assert home.site.moved_to is None


@pytest.mark.parametrize(
    ("php", "words"),
    [
        (STRIPPED, "removes the Authorization header before"),
        (REVOKED, "is wrong or was revoked"),
        (CLOSED, "the REST API is closed"),
    ],
    ids=["stripped", "revoked", "closed"],
)
def test_a_refused_login_is_told_by_its_cause_before_the_plugin_fetches(
    home: Home, php: str, words: str
) -> None:
    content = home.article(title="Behind a refusal")
    with running(home, php):
        delivery = home.deliver(content)
    assert (delivery.state, delivery.error_code) == (WorkState.PENDING, "wp_auth")
    assert delivery.by_pull
    assert words in delivery.message
    (check,) = [one for one in (home.site.connection or {})["checks"] if not one["ok"]]
    assert words in check["message"]
    assert "by itself" in check["fix"]
    assert home.count(content) == 0
