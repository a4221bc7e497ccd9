"""Answers that are cut, too short or unusable: continued, repaired, or told."""

import pytest
from sqlalchemy import select

from igny8_flask.ai.dialogue import join
from igny8_flask.db import db
from igny8_flask.models import Content, ContentStatus, Site, WorkState
from tests.integration.jobs_by_hand import run_next, submit_article
from tests.lab.services import Sandbox


def calls(sandbox: Sandbox) -> int:
    return sum(entry["billed"] for entry in sandbox.journal())


def test_a_cut_article_is_continued_and_whole(site: Site, sandbox: Sandbox) -> None:
    submit_article(site)
    run_next()
    whole = db.session.scalars(select(Content.html)).one()
    sandbox.script({"fault": "length_cut", "times": 1, "args": {"percent": 50}, "match": {}})
    submit_article(site)
    done = run_next()
    assert done.state is WorkState.SUCCESS
    assert done.result
    assert done.result["incomplete"] is False
    continued = db.session.scalars(select(Content).order_by(Content.id.desc())).first()
    assert continued
    assert continued.html == whole
    assert continued.status is ContentStatus.REVIEW
    assert calls(sandbox) == 3


def test_an_article_that_stays_cut_is_an_unpublished_draft(site: Site, sandbox: Sandbox) -> None:
    sandbox.script({"fault": "length_cut", "times": 9, "args": {"percent": 50}, "match": {}})
    submit_article(site, images=True, publish=True)
    done = run_next()
    content = db.session.scalars(select(Content)).one()
    assert done.state is WorkState.SUCCESS
    assert content.status is ContentStatus.DRAFT
    assert any("not complete" in warning for warning in content.warnings)
    assert done.next_id is None


@pytest.mark.parametrize(
    "fault", ["malformed_json", "think_tags", "fenced", "prose_around", "html_unescaped"]
)
def test_a_messy_article_needs_no_second_call(fault: str, site: Site, sandbox: Sandbox) -> None:
    sandbox.script({"fault": fault, "times": 1, "match": {}})
    submit_article(site)
    assert run_next().state is WorkState.SUCCESS
    assert calls(sandbox) == 1


@pytest.mark.parametrize("fault", ["empty_content", "null_content", "repetition"])
def test_an_unusable_article_is_asked_for_once_more(
    fault: str, site: Site, sandbox: Sandbox
) -> None:
    sandbox.script({"fault": fault, "times": 1, "match": {}})
    submit_article(site)
    assert run_next().state is WorkState.SUCCESS
    assert calls(sandbox) == 2


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ("content_filter", "reply_content_filter"),
        ("refusal_text", "reply_refusal"),
        ("refusal_field", "reply_refusal"),
    ],
)
def test_a_refused_article_is_not_asked_for_again(
    fault: str, code: str, site: Site, sandbox: Sandbox
) -> None:
    sandbox.script({"fault": fault, "times": 9, "match": {}})
    submit_article(site)
    failed = run_next()
    assert failed.state is WorkState.FAILURE
    assert failed.error_code == code
    assert calls(sandbox) == 1


def test_a_continuation_that_repeats_the_end_is_joined_once() -> None:
    assert join("one two three four", "three four five") == "one two three four five"


def test_a_continuation_that_repeats_nothing_is_appended() -> None:
    assert join("one two", " three") == "one two three"


def test_an_article_that_stays_unusable_fails_at_once(site: Site, sandbox: Sandbox) -> None:
    sandbox.script({"fault": "empty_content", "times": 9, "match": {}})
    submit_article(site)
    failed = run_next()
    assert failed.state is WorkState.FAILURE
    assert failed.error_code == "reply_empty"
    assert calls(sandbox) == 2
