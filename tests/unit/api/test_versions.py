"""Two editors, and what stood before."""

import pytest

from igny8_flask.db import db
from igny8_flask.models import Content, ContentStatus
from tests.factories import make_content


@pytest.fixture
def content(plugin):
    return make_content(plugin.site, title="Soil", html="<p>First.</p>")


def path(content, more=""):
    return f"/v1/writer/content/{content.id}/{more}"


def save(plugin, content, text, **more):
    return plugin("PATCH", path(content), {"html": f"<p>{text}</p>", **more})


def test_the_second_of_two_editors_is_told_and_loses_nothing(plugin, content):
    assert (
        save(plugin, content, "Anna's.", version=1, author="Anna").json["content"]["version"] == 2
    )
    late = save(plugin, content, "Ben's.", version=1, author="Ben")
    assert (late.status_code, late.json["code"]) == (409, "content_stale")
    assert "Somebody changed this article" in late.json["error"]
    assert plugin("GET", path(content)).json["content"]["html"] == "<p>Anna's.</p>"
    assert save(plugin, content, "Ben's.", version=2, author="Ben").status_code == 200
    names = [row["author"] for row in plugin("GET", path(content, "versions/")).json["results"]]
    assert names == ["Ben", "Anna", None]


def test_a_change_of_state_is_no_version(plugin, content):
    plugin("PATCH", path(content), {"status": "approved"})
    assert plugin("GET", path(content)).json["content"]["version"] == 1


@pytest.mark.parametrize("status", ["draft", "review", "approved"])
def test_a_public_article_stays_public_whatever_is_asked(plugin, status):
    public = make_content(plugin.site, html="<p>First.</p>", status=ContentStatus.PUBLISHED)
    asked = save(plugin, public, "Second.", status=status)
    assert (asked.status_code, asked.json["code"]) == (409, "content_public")
    shown = plugin("GET", path(public)).json["content"]
    assert (shown["status"], shown["html"]) == ("published", "<p>First.</p>")
    assert save(plugin, public, "Second.").status_code == 200


def test_versions_are_compared_and_brought_back(plugin, content):
    save(plugin, content, "Second.")
    diff = plugin("GET", path(content, "versions/diff/?older=1&newer=2")).json
    assert diff["changed"] == ["content"]
    assert {"-First.", "+Second."} <= set(diff["text"].splitlines())
    assert plugin("POST", path(content, "versions/1/restore/"), {}).json["version"] == 3
    assert plugin("GET", path(content)).json["content"]["html"] == "<p>First.</p>"
    assert plugin("POST", path(content, "versions/3/restore/"), {}).status_code == 409
    assert plugin("POST", path(content, "versions/9/restore/"), {}).status_code == 404


@pytest.mark.parametrize("number", [0, 2**31, 2**63, 10**100, "9" * 5000])
def test_a_number_that_no_version_can_have_is_as_good_as_unknown(plugin, content, number):
    save(plugin, content, "Second.")
    assert plugin("POST", path(content, f"versions/{number}/restore/"), {}).status_code == 404
    asked = plugin("GET", path(content, f"versions/diff/?older={number}&newer=2"))
    assert asked.status_code in (404, 422)


def test_only_so_many_are_kept(plugin, content):
    for number in range(25):
        save(plugin, content, f"Text {number}.")
    rows = plugin("GET", path(content, "versions/")).json["results"]
    assert (len(rows), rows[0]["number"], rows[-1]["number"]) == (21, 26, 6)


def test_the_oldest_that_is_kept_comes_back_whole(plugin, content):
    for number in range(22):
        save(plugin, content, f"Text {number}.")
    oldest = plugin("GET", path(content, "versions/")).json["results"][-1]["number"]
    assert plugin("POST", path(content, f"versions/{oldest}/restore/"), {}).status_code == 200
    assert plugin("GET", path(content)).json["content"]["html"] == f"<p>Text {oldest - 2}.</p>"


def test_sections_have_names_for_a_wish(plugin):
    article = make_content(plugin.site, html="<p>A</p>\n<h2>Soil &amp; sand</h2>\n<p>B</p>")
    shown = plugin("GET", path(article)).json["content"]
    assert shown["sections"] == [{"id": "soil-sand", "heading": "Soil & sand", "level": 2}]


def test_an_article_with_versions_can_be_deleted(plugin, content):
    save(plugin, content, "Second.")
    assert plugin("DELETE", path(content)).status_code == 200
    assert db.session.get(Content, content.id) is None
