"""A receipt is held against what was sent, field by field."""

from datetime import timedelta
from typing import Any

import pytest

from igny8_flask.db import utcnow
from igny8_flask.receipts import Judgement, judge

SENT: dict[str, Any] = {
    "title": "A title",
    "content": "<p>Text</p>",
    "status": "draft",
    "slug": "a-title",
    "excerpt": "Short.",
    "categories": ["News"],
    "tags": [],
    "create_terms": False,
    "featured": {"sha256": "a" * 64},
    "images": [{"sha256": "b" * 64, "id": 7, "alt": "A spade"}],
    "seo": {"title": "T"},
}
WHOLE: dict[str, Any] = {
    "status": "draft",
    "slug": "a-title",
    "dropped": [],
    "fields": {
        "title": "applied",
        "content": "applied",
        "excerpt": "applied",
        "categories": {"state": "applied", "applied": ["News"], "ignored": []},
        "tags": {"state": "applied", "applied": [], "ignored": []},
        "featured": {"state": "applied", "id": 3},
        "images": {"state": "applied", "missing": [], "without_alt": []},
        "seo": {"state": "applied", "plugin": "none"},
    },
}


def judged(
    sent: dict[str, Any] | None = None,
    fields: dict[str, Any] | None = None,
    **told: Any,
) -> Judgement:
    receipt = {**WHOLE, **told, "fields": {**WHOLE["fields"], **(fields or {})}}
    return judge({**SENT, **(sent or {})}, receipt)


def test_what_a_person_set_is_told_and_is_no_problem() -> None:
    fields = {
        "status": "kept",
        "slug": "kept",
        "featured": "kept",
        "seo": {"state": "applied", "kept": ["title"]},
        "categories": {"state": "applied", "applied": [], "ignored": [], "kept": ["News"]},
    }
    sent = {"status": "publish", "create_terms": True}
    told = judged(sent, fields, status="draft", slug="theirs")
    assert told.problems == []
    assert told.warnings == [
        "Left as a person set it on the site: the post's state, its address, the featured image, "
        "categories (News), search fields (title)."
    ]


def test_a_text_that_was_changed_without_losing_a_part_is_told() -> None:
    assert judged(fields={"content": "altered"}).warnings == [
        "The site changed the text while storing it."
    ]
    told = judged(fields={"content": "altered"}, dropped=["script"]).warnings
    assert len(told) == 1, "once, by its parts"


def test_an_author_who_was_not_taken_is_told() -> None:
    told = judged({"author": "anna"}, {"author": "altered"})
    assert (told.problems, len(told.warnings)) == ([], 1)
    assert "anna" in told.warnings[0]


def test_a_receipt_that_matches_says_nothing() -> None:
    assert judged() == Judgement()


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"title": None}, "title"),
        ({"content": "failed"}, "text"),
        ({"excerpt": "ignored"}, "excerpt"),
        ({"featured": {"state": "failed", "id": 3}}, "featured image"),
        ({"featured": None}, "featured image"),
        ({"images": {"state": "failed", "missing": ["b"], "without_alt": []}}, "1 of the article"),
        ({"images": {"state": "failed", "missing": [], "without_alt": ["b"]}}, "alternative text"),
        ({"seo": {"state": "failed", "plugin": "yoast"}}, "search title"),
    ],
)
def test_what_the_site_did_not_do_is_a_problem_in_words(fields: dict[str, Any], words: str) -> None:
    (problem,) = judged(fields=fields).problems
    assert words in problem


def test_terms_that_may_not_be_made_are_only_a_warning() -> None:
    fields = {"categories": {"state": "ignored", "applied": [], "ignored": ["News"]}}
    assert judged(fields=fields).problems == []
    assert "News" in judged(fields=fields).warnings[0]
    assert "News" in judged({"create_terms": True}, fields).problems[0]


def test_another_status_than_asked_is_a_problem() -> None:
    (problem,) = judged({"status": "publish"}, status="pending").problems
    assert "'pending'" in problem


def test_a_post_that_a_person_made_public_stays_so_with_a_warning() -> None:
    judgement = judged(status="publish")
    assert judgement.problems == []
    assert "stays 'publish'" in judgement.warnings[0]


def test_a_post_kept_waiting_for_a_date_that_nobody_gave_is_a_problem() -> None:
    (problem,) = judged({"status": "publish"}, status="future").problems
    assert "waits for a date" in problem


def test_a_scheduled_post_that_went_public_early_tells_of_the_wrong_clock() -> None:
    ahead = (utcnow() + timedelta(minutes=10)).isoformat()
    judgement = judged({"status": "future", "date_gmt": ahead}, status="publish")
    assert judgement.problems == []
    assert "clock" in judgement.warnings[0]
    due = utcnow().isoformat()
    assert judged({"status": "future", "date_gmt": due}, status="publish") == Judgement()


def test_another_date_than_asked_is_a_problem() -> None:
    sent = {"status": "future", "date_gmt": "2031-01-01T09:00:00Z"}
    (problem,) = judged(sent, {"date_gmt": "altered"}, status="future").problems
    assert "date" in problem


def test_a_taken_address_and_dropped_parts_are_warnings() -> None:
    judgement = judged(slug="a-title-2", dropped=["script"], fields={"content": "altered"})
    assert judgement.problems == []
    assert any("a-title-2" in words for words in judgement.warnings)
    assert any("script" in words for words in judgement.warnings)


def test_a_site_without_the_plugin_is_not_blamed_for_search_fields() -> None:
    judgement = judged(fields={"seo": {"state": "ignored", "plugin": "none"}})
    assert judgement.problems == []
    assert "need the IGNY8 plugin" in judgement.warnings[0]


def test_links_that_were_left_out_are_told_and_lost_questions_are_a_problem() -> None:
    faq = [{"question": "Q?", "answer": "A."}]
    told = judged({"faq": faq}, {"links": {"state": "altered", "gone": [7, 8]}})
    assert (told.problems, len(told.warnings)) == ([], 1)
    assert told.warnings[0].endswith("not public: 2.")
    assert judged({"faq": faq}, {"faq": {"state": "failed"}}).problems != []
