"""Versions of an article: what stood before each change is kept, compared and brought back."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update

from igny8_flask import differences
from igny8_flask.db import db, utcnow
from igny8_flask.errors import ConflictError, NotFoundError
from igny8_flask.models import AITaskLog, ArticleText, Content, ContentVersion, VersionOrigin
from igny8_flask.rows import find
from igny8_flask.services import current

TEXT_PARTS = tuple(ArticleText.__annotations__)
STALE = (
    "Somebody changed this article while you had it open. Your text is still in the form: compare"
    " it with the present one, then save again to put yours over it."
)


@dataclass(frozen=True)
class VersionView:
    """A version in a list; ``cost_usd`` is that of the run that wrote it."""

    number: int
    origin: VersionOrigin
    author: str | None
    made_at: datetime
    title: str
    word_count: int
    provenance: dict[str, Any]
    cost_usd: float | None
    is_current: bool


def keep(
    content: Content, origin: VersionOrigin, author: str | None = None, expected: int | None = None
) -> None:
    """Store the article as it stands, before it is changed; the change makes the next version.

    ``expected`` is the version that the caller has seen. Raises ConflictError ``content_stale``
    where another one stands by now. The caller commits.
    """
    number = content.version
    if expected is not None and expected != number:
        raise ConflictError(STALE, "content_stale")
    values = {name: getattr(content, name) for name in TEXT_PARTS}
    owner = {"account_id": content.account_id, "site_id": content.site_id}
    was = {"origin": content.version_origin, "author": content.version_author}
    made = content.version_at or content.created_at
    with db.session.no_autoflush:
        changed = db.session.scalar(
            update(Content)
            .where(Content.id == content.id, Content.version == number)
            .values(version=number + 1)
            .returning(Content.id)
            .execution_options(synchronize_session=False)
        )
    if changed is None:
        raise ConflictError(STALE, "content_stale")
    db.session.add(
        ContentVersion(**owner, content_id=content.id, number=number, made_at=made, **was, **values)
    )
    content.version = number + 1
    content.version_origin, content.version_author = origin, author
    content.version_at = utcnow()
    db.session.execute(
        delete(ContentVersion).where(
            ContentVersion.content_id == content.id,
            ContentVersion.number <= number - current().settings.keep_versions,
        )
    )


def list_of(site_id: uuid.UUID, content_id: uuid.UUID) -> list[VersionView]:
    """The present version and the earlier ones, newest first."""
    content = find(Content, site_id, content_id)
    rows = db.session.scalars(
        select(ContentVersion)
        .where(ContentVersion.site_id == site_id, ContentVersion.content_id == content_id)
        .order_by(ContentVersion.number.desc())
    ).all()
    origins = [(content.provenance, content.version_origin)]
    origins += [(row.provenance, row.origin) for row in rows]
    costs = _costs(_run_of(*one) for one in origins)
    present = VersionView(
        content.version,
        content.version_origin,
        content.version_author,
        content.version_at or content.created_at,
        content.title,
        content.word_count,
        content.provenance,
        costs.get(_run_of(content.provenance, content.version_origin)),
        True,
    )
    return [present, *(_view(row, costs) for row in rows)]


def difference(
    site_id: uuid.UUID, content_id: uuid.UUID, older: int | None, newer: int | None
) -> dict[str, Any]:
    """What the newer of two versions changed; None is the present one, and the one before it."""
    content = find(Content, site_id, content_id)
    newer = newer or content.version
    older = older or max(1, newer - 1)
    before, after = _of(content, older), _of(content, newer)
    names = (f"version {newer}", f"version {older}")
    return differences.compare(words_of(after), words_of(before), names)


def restore(
    site_id: uuid.UUID, content_id: uuid.UUID, number: int, author: str | None = None
) -> Content:
    """Bring an earlier version back as the newest one; a post on the site waits for a person."""
    content = find(Content, site_id, content_id)
    wanted = _of(content, number)
    if isinstance(wanted, Content):
        raise ConflictError("This version is the present one.", "version_is_current")
    words = {name: getattr(wanted, name) for name in TEXT_PARTS}
    keep(content, VersionOrigin.RESTORED, author)  # which may drop the very version that is wanted
    for name, value in words.items():
        setattr(content, name, value)
    content.moderation = None
    db.session.commit()
    return content


def forget(content: Content) -> None:
    """Drop the earlier versions of an article that is deleted; the caller commits."""
    mine = (ContentVersion.site_id == content.site_id, ContentVersion.content_id == content.id)
    db.session.execute(delete(ContentVersion).where(*mine))


def words_of(row: Any) -> dict[str, str]:
    """The words of an article, a version or a proposal, as ``differences`` compares them."""
    return {"title": row.title, "content": row.html, "excerpt": row.excerpt}


def _of(content: Content, number: int) -> Content | ContentVersion:
    if number == content.version:
        return content
    kept = select(ContentVersion).where(
        ContentVersion.site_id == content.site_id,
        ContentVersion.content_id == content.id,
        ContentVersion.number == number,
    )
    was_there = 0 < number < content.version  # any other number may not even fit the column
    row = db.session.scalars(kept).first() if was_there else None
    if row is None:
        raise NotFoundError(f"Version {number} of this article is not kept any more.")
    return row


def _view(row: ContentVersion, costs: Mapping[uuid.UUID | None, float]) -> VersionView:
    return VersionView(
        row.number,
        row.origin,
        row.author,
        row.made_at,
        row.title,
        row.word_count,
        row.provenance,
        costs.get(_run_of(row.provenance, row.origin)),
        False,
    )


def _costs(runs: Iterable[uuid.UUID | None]) -> dict[uuid.UUID | None, float]:
    told = select(AITaskLog.id, AITaskLog.cost_usd).where(AITaskLog.id.in_(set(runs) - {None}))
    rows = db.session.execute(told)
    return {run: float(cost) for run, cost in rows if cost is not None}


def _run_of(provenance: Mapping[str, Any], origin: VersionOrigin) -> uuid.UUID | None:
    """The run that wrote a version; None for what a person did."""
    run_id = provenance.get("run")
    written = origin in (VersionOrigin.GENERATED, VersionOrigin.REVISED)
    return uuid.UUID(run_id) if run_id and written else None
