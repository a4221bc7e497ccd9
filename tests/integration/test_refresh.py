"""An article written anew never replaces the present one by itself."""

from typing import Any

import pytest
from sqlalchemy import select, update

from igny8_flask import refresh, runs, versions
from igny8_flask.ai.functions.generate_content import GenerateContentFunction
from igny8_flask.db import db
from igny8_flask.errors import ConflictError, InputError, NotFoundError
from igny8_flask.models import (
    Content,
    ContentProposal,
    ContentVersion,
    Delivery,
    ProposalState,
    Site,
    WorkState,
)
from tests.factories import make_content
from tests.integration.jobs_by_hand import run_next, submit_article


@pytest.fixture
def content(site: Site) -> Content:
    """An article that a person has worked on since it was written."""
    submit_article(site)
    run_next()
    written = db.session.scalars(select(Content)).one()
    written.html = "<p>Polished by hand.</p>"
    db.session.commit()
    return written


def html_of(content: Content) -> str:
    """The article's text as it is stored now."""
    stored = select(Content.html).where(Content.id == content.id)
    return str(db.session.scalar(stored))


def test_a_refresh_waits_beside_the_article_with_a_diff(site: Site, content: Content) -> None:
    run = refresh.start(site, content.id)
    assert refresh.start(site, content.id).id == run.id, "a second press returns the live run"
    assert run_next().state is WorkState.SUCCESS
    assert html_of(content) == "<p>Polished by hand.</p>"
    shown = refresh.difference(*refresh.proposal_of(site, content.id))
    assert "-Polished by hand." in shown["text"].splitlines()
    assert db.session.scalars(select(Delivery)).all() == []


def test_taking_it_keeps_what_it_replaced_and_updates_the_post(
    site: Site, content: Content
) -> None:
    content.wp_post_id = 7
    db.session.commit()
    refresh.start(site, content.id)
    run_next()
    delivery = refresh.accept(site, content.id, {"status": "pending"})
    assert delivery is not None
    assert delivery.options == {"status": "pending"}
    assert delivery.content_id == content.id
    (row,) = db.session.scalars(select(ContentProposal)).all()
    assert row.state is ProposalState.ACCEPTED
    assert html_of(content) == row.html
    (kept,) = db.session.scalars(select(ContentVersion)).all()
    assert kept.html == "<p>Polished by hand.</p>"


def test_dropping_it_changes_nothing_and_a_newer_one_replaces_it(
    site: Site, content: Content
) -> None:
    for _ in range(2):
        refresh.start(site, content.id)
        run_next()
    states = [row.state for row in db.session.scalars(select(ContentProposal))]
    assert sorted(states) == [ProposalState.DISCARDED, ProposalState.OPEN]
    refresh.discard(site, content.id)
    with pytest.raises(NotFoundError):
        refresh.proposal_of(site, content.id)
    assert html_of(content) == "<p>Polished by hand.</p>"


def test_an_article_in_work_or_without_a_task_is_not_refreshed(
    site: Site, content: Content
) -> None:
    with pytest.raises(InputError, match="no task"):
        refresh.start(site, make_content(site).id)
    assert content.task_id
    runs.submit(site, "generate_content", [content.task_id], {"images": False, "publish": False})
    with pytest.raises(ConflictError, match="works on this article"):
        refresh.start(site, content.id)


def test_what_stands_on_the_site_is_not_written_over_but_refreshed(
    site: Site, content: Content
) -> None:
    content.wp_post_id = 7
    db.session.commit()
    assert content.task_id
    with pytest.raises(ConflictError, match="refresh it instead") as caught:
        runs.submit(site, "generate_content", [content.task_id], {"images": False})
    assert caught.value.code == "task_posted"
    assert refresh.start(site, content.id).state is WorkState.PENDING


def test_an_article_posted_while_it_is_written_anew_gets_a_proposal(
    site: Site, content: Content, monkeypatch: pytest.MonkeyPatch
) -> None:
    parse = GenerateContentFunction.parse_response

    def posted_meanwhile(self: GenerateContentFunction, *reply: Any, **asked: Any) -> Any:
        db.session.execute(update(Content).values(wp_post_id=7))
        db.session.commit()
        return parse(self, *reply, **asked)

    monkeypatch.setattr(GenerateContentFunction, "parse_response", posted_meanwhile)
    assert content.task_id
    runs.submit(site, "generate_content", [content.task_id], {"images": False, "publish": False})
    assert run_next().state is WorkState.SUCCESS
    assert html_of(content) == "<p>Polished by hand.</p>"
    assert refresh.proposal_of(site, content.id)


def test_the_list_of_versions_tells_what_each_run_cost(site: Site, content: Content) -> None:
    refresh.start(site, content.id)
    run_next()
    refresh.accept(site, content.id, author="Anna")
    now, before = versions.list_of(site.id, content.id)
    assert (now.is_current, before.is_current) == (True, False)
    assert now.cost_usd
    assert before.cost_usd
