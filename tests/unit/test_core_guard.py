"""A person's work on a site without the plugin is told from ours."""

from typing import Any

import pytest

from igny8_flask.errors import WordPressError
from igny8_flask.wordpress import core_guard

DOCUMENT: dict[str, Any] = {"title": "New", "content": "<p>New</p>", "excerpt": "New."}
POST: dict[str, Any] = {
    "id": 7,
    "status": "publish",
    "title": {"raw": "Old"},
    "content": {"raw": "<p>Old</p>"},
    "excerpt": {"raw": "Old."},
    "slug": "old",
    "featured_media": 3,
    "categories": [1, 2],
    "tags": [],
}
NOTHING: dict[str, set[int]] = {"categories": set(), "tags": set()}
BASE = core_guard.noted(POST, {}, [], NOTHING)
THEIRS: dict[str, Any] = {"status": "draft", "slug": "theirs", "featured_media": 9}
WANTED: dict[str, Any] = {"status": "publish", "slug": "new", "featured_media": 3}


@pytest.mark.parametrize("name", ["title", "content", "excerpt"])
def test_words_of_a_person_are_refused_unless_forced(name: str) -> None:
    post = {**POST, name: {"raw": "Mine"}}
    with pytest.raises(WordPressError) as refused:
        core_guard.refuse(post, DOCUMENT, BASE, "/edit")
    assert (refused.value.code, refused.value.details["changed"]) == ("wp_changed", [name])
    core_guard.refuse(post, {**DOCUMENT, "force": True}, BASE, "/edit")
    core_guard.refuse(post, {**DOCUMENT, name: "Mine"}, BASE, "/edit")


def test_our_own_words_and_a_version_that_the_sender_has_seen_may_be_replaced() -> None:
    assert core_guard.changes(POST, DOCUMENT, BASE) == []
    post = {**POST, "content": {"raw": "Mine"}, "title": {"raw": "Mine"}}
    seen = {**DOCUMENT, "base_sha": core_guard.sha("Mine")}
    assert core_guard.changes(post, seen, BASE) == []


def test_a_text_in_a_post_whose_making_was_never_answered_is_somebodys() -> None:
    assert core_guard.changes(POST, DOCUMENT, {}) == ["content"]
    assert core_guard.changes({**POST, "content": {"raw": ""}}, DOCUMENT, {}) == []


def test_what_a_person_set_beside_the_words_is_kept_over_any_number_of_deliveries() -> None:
    post, base = {**POST, **THEIRS}, BASE
    for _ in range(2):
        wanted = dict(WANTED)
        kept = core_guard.keep(wanted, post, DOCUMENT, base)
        assert (set(kept), wanted) == (set(THEIRS), {})
        base = core_guard.noted(post, base, kept, NOTHING)


def test_a_state_that_was_asked_for_goes_before_a_persons_and_force_before_all() -> None:
    post = {**POST, **THEIRS}
    wanted = dict(WANTED)
    core_guard.keep(wanted, post, {**DOCUMENT, "status_asked": True}, BASE)
    assert wanted == {"status": "publish"}
    wanted = dict(WANTED)
    assert core_guard.keep(wanted, post, {**DOCUMENT, "force": True}, BASE) == []
    assert wanted == WANTED


def test_a_category_that_a_person_took_off_stays_off() -> None:
    off = {**NOTHING, "categories": core_guard.taken_off("categories", {"categories": [1]}, BASE)}
    assert off["categories"] == {2}
    assert core_guard.without({"categories": {"A": 1, "B": 2}}, off) == {"categories": {"A": 1}}
    again = core_guard.noted({**POST, "categories": [1]}, BASE, [], off)
    assert again["categories"] == [1, 2], "the next delivery knows it too"


def test_our_picture_that_the_library_lost_is_set_anew() -> None:
    wanted = {"featured_media": 4}
    assert core_guard.keep(wanted, {**POST, "featured_media": 0}, DOCUMENT, BASE) == []
