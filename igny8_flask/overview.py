"""How much there is of everything and how much of it waits: one statement for all numbers."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select

from igny8_flask import attention
from igny8_flask.db import db
from igny8_flask.models import (
    AITaskLog,
    Cluster,
    Content,
    ContentIdea,
    ContentStatus,
    Delivery,
    Image,
    Keyword,
    Publication,
    PublicationState,
    SitePost,
    Task,
    TaskStatus,
)
from igny8_flask.models.enums import ImageState

PIPELINE: dict[str, Any] = {
    "keywords": Keyword,
    "clusters": Cluster,
    "ideas": ContentIdea,
    "tasks": Task,
    "content": Content,
    "images": Image,
}


def read(site_id: uuid.UUID) -> dict[str, dict[str, Any]]:
    """``pipeline``: rows by kind; ``waiting``: rows by what a person can do about them;
    ``posts``: how many live posts of the site are known, and when they were told last."""
    parts: dict[str, dict[str, ColumnElement[Any]]] = {
        "pipeline": {name: _count(site_id, model) for name, model in PIPELINE.items()},
        "waiting": _waiting(site_id),
        "posts": {"count": _count(site_id, SitePost), "told_at": _told_at(site_id)},
    }
    columns = [
        column.label(f"{part}_{name}")
        for part, numbers in parts.items()
        for name, column in numbers.items()
    ]
    row = db.session.execute(select(*columns)).one()._mapping
    return {
        part: {name: row[f"{part}_{name}"] for name in numbers} for part, numbers in parts.items()
    }


def _waiting(site_id: uuid.UUID) -> dict[str, ColumnElement[Any]]:
    found = {
        "review": _count(site_id, Content, Content.status == ContentStatus.REVIEW),
        "proposals": _count(site_id, Content, attention.with_proposal()),
        "missed": _count(site_id, Publication, Publication.state == PublicationState.MISSED),
        "images": _count(site_id, Image, Image.state == ImageState.FAILED),
        "tasks": _count(site_id, Task, Task.status == TaskStatus.PENDING),
        "keywords": _count(site_id, Keyword, Keyword.status == "new"),
    }
    for name, need in attention.needs().items():
        found[name] = _count(site_id, need.model, *need.conditions)
    runs, sent = (_count(site_id, one, *attention.live(one)) for one in (AITaskLog, Delivery))
    return {**found, "live": runs + sent}


def _count(site_id: uuid.UUID, model: Any, *conditions: ColumnElement[bool]) -> ColumnElement[int]:
    counted = select(func.count()).select_from(model)
    return counted.where(model.site_id == site_id, *conditions).scalar_subquery()


def _told_at(site_id: uuid.UUID) -> ColumnElement[datetime]:
    told = select(func.max(SitePost.seen_at)).where(SitePost.site_id == site_id)
    return told.scalar_subquery()
