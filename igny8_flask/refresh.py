"""Refresh: an article written anew beside the present one, until a person takes or drops it."""

import uuid
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from igny8_flask import differences, publishing, quotes, runs, versions, writing
from igny8_flask.ai.functions import revision
from igny8_flask.db import db
from igny8_flask.errors import ConflictError, InputError, NotFoundError
from igny8_flask.models import (
    AITaskLog,
    Content,
    ContentProposal,
    Delivery,
    ProposalState,
    Site,
    Task,
    VersionOrigin,
)
from igny8_flask.quotes import Quote
from igny8_flask.rows import find

OPTIONS = {"images": False, "publish": False, "proposal": True}


def start(
    site: Site, content_id: uuid.UUID, instruction: str = "", section: str | None = None
) -> AITaskLog:
    """Have an article written anew into a proposal; a second press returns the live run.

    ``instruction`` is what shall change, ``section`` the id of the one heading it is about.
    """
    _, task, options = _asked(site, content_id, instruction, section)
    live = writing.view_tasks(site.id, [task])[0].live_run
    if live is not None:
        run = runs.get(site.id, live)
        if all(run.payload["options"].get(name) == value for name, value in options.items()):
            return run
        raise ConflictError("A run works on this article: wait for its end.", "task_in_work")
    return runs.submit(site, "generate_content", [task.id], options)


def quote(
    site: Site, content_id: uuid.UUID, instruction: str = "", section: str | None = None
) -> Quote:
    """What ``start`` with the same wish would cost."""
    _, task, options = _asked(site, content_id, instruction, section)
    return quotes.quote(site, "generate_content", [task.id], options)


def _asked(
    site: Site, content_id: uuid.UUID, instruction: str, section: str | None
) -> tuple[Content, Task, dict[str, Any]]:
    content = find(Content, site.id, content_id)
    task = db.session.get(Task, content.task_id) if content.task_id else None
    if task is None:
        raise InputError("This article has no task to be written from.", "content_without_task")
    options = {**OPTIONS, "instruction": instruction, "section": section}
    revision.wanted(content, options)
    return content, task, options


def proposal_of(site: Site, content_id: uuid.UUID) -> tuple[Content, ContentProposal]:
    """The article and the proposal that waits beside it; NotFoundError when there is none."""
    content = find(Content, site.id, content_id)
    proposal = db.session.scalars(
        select(ContentProposal)
        .where(ContentProposal.site_id == site.id, ContentProposal.content_id == content.id)
        .where(ContentProposal.state == ProposalState.OPEN)
        .order_by(ContentProposal.id.desc())
    ).first()
    if proposal is None:
        raise NotFoundError("No proposal waits for this article.")
    return content, proposal


def difference(content: Content, proposal: ContentProposal) -> dict[str, Any]:
    """What the proposal would change."""
    words = (versions.words_of(proposal), versions.words_of(content))
    return differences.compare(*words, ("proposed", "now"))


def accept(
    site: Site,
    content_id: uuid.UUID,
    options: Mapping[str, Any] | None = None,
    author: str | None = None,
) -> Delivery | None:
    """Take the proposal; what it replaces is kept as a version. A post on the site is brought up
    to date, unless a person changed it there; returns that delivery. ``options`` are those of
    ``publishing.submit``."""
    content, proposal = proposal_of(site, content_id)
    versions.keep(content, VersionOrigin.REVISED, author)
    for name in versions.TEXT_PARTS:
        setattr(content, name, getattr(proposal, name))
    content.moderation = None
    proposal.state = ProposalState.ACCEPTED
    db.session.flush()
    if content.wp_post_id is None:
        db.session.commit()
        return None
    return publishing.submit(site, [content.id], dict(options or {}))[0]


def discard(site: Site, content_id: uuid.UUID) -> None:
    """Drop the proposal; the article stays as it is."""
    _, proposal = proposal_of(site, content_id)
    proposal.state = ProposalState.DISCARDED
    db.session.commit()
