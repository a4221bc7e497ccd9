"""Checks of a run's input that need no money; each raises an error that names the field."""

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from igny8_flask.db import db
from igny8_flask.errors import ConflictError, InputError, NotFoundError
from igny8_flask.models import Cluster, Content, Keyword, Task

GONE = "One of the chosen items does not exist any more."
MAX_IDS = 100
MAX_TASKS = 1000  # of one batch of articles
MAX_KEYWORDS = 5000  # of one clustering run
Row = type[Keyword] | type[Cluster] | type[Task] | type[Content]


def validate_ids(payload: dict[str, Any], limit: int | None = None) -> list[uuid.UUID]:
    """The payload's ids, unique and in order; raises InputError when none, too many or wrong."""
    ids = payload.get("ids")
    limit = limit or MAX_IDS
    if not isinstance(ids, list) or not ids:
        raise InputError("Choose at least one item.", fields={"ids": ["Choose at least one item."]})
    if len(ids) > limit:
        words = f"At most {limit:,} items at a time; these are {len(ids):,}."
        raise InputError(words, fields={"ids": [words]})
    try:
        return list(dict.fromkeys(uuid.UUID(str(one)) for one in ids))
    except ValueError as error:
        raise InputError("An id is not valid.", fields={"ids": ["An id is not valid."]}) from error


def validate_rows_exist(model: Row, site_id: uuid.UUID, ids: list[uuid.UUID]) -> None:
    """Raise NotFoundError unless every id is a row of that site."""
    found = set(
        db.session.scalars(select(model.id).where(model.site_id == site_id, model.id.in_(ids)))
    )
    if len(found) != len(set(ids)):
        raise NotFoundError(GONE)


def validate_keywords_exist(site_id: uuid.UUID, ids: list[uuid.UUID]) -> None:
    """Every id is a keyword of the site."""
    validate_rows_exist(Keyword, site_id, ids)


def validate_clusters_exist(site_id: uuid.UUID, ids: list[uuid.UUID]) -> None:
    """Every id is a cluster of the site."""
    validate_rows_exist(Cluster, site_id, ids)


def validate_tasks_exist(site_id: uuid.UUID, ids: list[uuid.UUID]) -> list[str]:
    """Every id is a writer task of the site; returns their titles."""
    own = select(Task.title).where(Task.site_id == site_id, Task.id.in_(ids))
    titles = list(db.session.scalars(own))
    if len(titles) != len(set(ids)):
        raise NotFoundError(GONE)
    return titles


def validate_not_posted(task_ids: Sequence[uuid.UUID]) -> None:
    """Nothing is written over an article that stands on the site, unless as a proposal."""
    posted = db.session.scalars(
        select(Content.title).where(Content.task_id.in_(task_ids), Content.wp_post_id.is_not(None))
    ).first()
    if posted is not None:
        words = f"“{posted}” stands on the site already: refresh it instead, and compare."
        raise ConflictError(words, "task_posted")
