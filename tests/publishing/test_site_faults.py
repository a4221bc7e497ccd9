"""Faults that a real WordPress can be made to show: plain addresses, lost terms, types, authors."""

from typing import Any

import pytest

from igny8_flask import publishing, site_settings
from igny8_flask.db import db
from igny8_flask.models import Delivery, ImageKind, WorkState
from tests.integration.jobs_by_hand import admit_all, execute
from tests.publishing.conftest import Home, illustrate

pytestmark = [pytest.mark.wp]

COPY = "http://copy.example.com"
AT_COPY = f"add_filter( 'home_url', function () {{ return {COPY!r}; }}, 99 );"
PLAIN = (
    "global $wp_rewrite; $wp_rewrite->set_permalink_structure( '' ); flush_rewrite_rules( false );"
)
MAKE_TERM = "wp_insert_term( 'Garden', 'category' );"
DROP_TERM = "wp_delete_term( get_term_by( 'name', 'Garden', 'category' )->term_id, 'category' );"


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
