"""The live posts of a site: told in ranges that say what is gone, listed and searched."""

from typing import Any

import pytest

from igny8_flask.db import db
from igny8_flask.models import SitePost
from tests.factories import make_site
from tests.unit.conftest import Caller

ROUTE = "/v1/sites/me/posts/"


def post(plugin: Caller, number: int, **more: Any) -> dict[str, Any]:
    url = f"{plugin.site.url}/{number}/"
    return {"post_id": number, "url": url, "title": f"Post {number}", **more}


def known(plugin: Caller) -> list[int]:
    answer = plugin("GET", f"{ROUTE}?ordering=post_id&page_size=100").json
    return [row["post_id"] for row in answer["results"]]


def tell(plugin: Caller, numbers: list[int], **scope: Any) -> Any:
    body = {**scope, "posts": [post(plugin, number) for number in numbers]}
    return plugin("POST", ROUTE, body)


def test_pages_follow_each_other_and_repeats_change_nothing(plugin: Caller) -> None:
    assert tell(plugin, [3, 7], after=0, upto=7).json["known"] == 2
    for _ in range(2):
        assert tell(plugin, [9], after=7, upto=2**53 - 1).json["known"] == 3
    assert known(plugin) == [3, 7, 9]


def test_what_a_report_leaves_out_is_gone_and_the_rest_stays(plugin: Caller) -> None:
    tell(plugin, [1, 2, 3, 4], after=0, upto=100)
    tell(plugin, [3], after=1, upto=3)
    assert known(plugin) == [1, 3, 4]
    tell(plugin, [4], ids=[1, 4])
    assert known(plugin) == [3, 4]


def test_a_post_told_anew_has_its_new_words(plugin: Caller) -> None:
    tell(plugin, [1], after=0, upto=5)
    body = {"ids": [1], "posts": [post(plugin, 1, title="Äpfel", headings=["Ernte"])]}
    plugin("POST", ROUTE, body)
    (row,) = plugin("GET", f"{ROUTE}?search=Äpfel").json["results"]
    assert (row["title"], row["headings"]) == ("Äpfel", ["Ernte"])
    assert plugin("GET", f"{ROUTE}?search=post").json["results"] == []


def test_the_list_tells_when_it_was_told(plugin: Caller) -> None:
    assert plugin("GET", ROUTE).json["told_at"] is None
    tell(plugin, [1], after=0, upto=5)
    assert plugin("GET", ROUTE).json["told_at"] is not None


def test_addresses_of_other_servers_are_not_taken(plugin: Caller) -> None:
    foreign = {"post_id": 1, "url": "https://evil.example.com/"}
    script = {"post_id": 2, "url": "javascript:alert(1)"}
    answer = plugin("POST", ROUTE, {"after": 0, "upto": 9, "posts": [foreign, script]})
    assert (answer.status_code, answer.json["known"]) == (200, 0)


def test_sites_do_not_see_or_change_each_other(plugin: Caller, app: Any) -> None:
    other = Caller(app, make_site())
    tell(other, [1], after=0, upto=5)
    tell(plugin, [], after=0, upto=5)
    assert (known(plugin), known(other)) == ([], [1])


@pytest.mark.parametrize(
    "body",
    [
        {"posts": []},
        {"after": 0, "posts": []},
        {"after": 5, "upto": 5, "posts": []},
        {"after": 0, "upto": 5, "ids": [1], "posts": []},
        {"ids": [], "posts": []},
        {"ids": list(range(1, 102)), "posts": []},
        {"after": 0, "upto": 5, "posts": [{"post_id": 6, "url": "https://x.example.com/"}]},
        {"ids": [1], "posts": [{"post_id": 2, "url": "https://x.example.com/"}]},
        {"after": 0, "upto": 2**60, "posts": []},
        {"after": 0, "upto": 5, "posts": [{"post_id": 1}]},
        {"after": 0, "upto": 5, "posts": [{"post_id": True, "url": "x"}]},
    ],
)
def test_unclear_reports_change_nothing(plugin: Caller, body: dict[str, Any]) -> None:
    tell(plugin, [1], after=0, upto=5)
    answer = plugin("POST", ROUTE, body)
    assert answer.status_code == 422
    assert db.session.query(SitePost).count() == 1
