"""Names of a site's people that are kept with articles: told to them, and forgotten, on demand."""

import uuid
from typing import Any

from sqlalchemy import ColumnElement, func, literal, select, union_all, update

from igny8_flask.db import db
from igny8_flask.jobs import publish_status
from igny8_flask.models import Content, ContentVersion, Delivery
from igny8_flask.rows import Page

PAGE_SIZE = 100


def mentions(site_id: uuid.UUID, name: str, page: int) -> Page:
    """Where a name stands, oldest first: ``what`` was done, ``title`` of the article, ``at``.

    ``what`` is ``version`` (wrote it), ``post`` (changed the post on the site) or ``delivery``
    (stood in the way of a delivery).
    """
    wrote, kept = Content.version_author == name, ContentVersion.author == name
    parts = [
        ("version", Content.version_at, wrote, None),
        ("version", ContentVersion.made_at, kept, ContentVersion),
        ("post", Content.wp_changed_at, Content.wp_changed_by == name, None),
        ("delivery", Delivery.finished_at, _stood_in_the_way(name), Delivery),
    ]
    every = union_all(*(_part(site_id, *part) for part in parts)).subquery()
    count = db.session.scalar(select(func.count()).select_from(every)) or 0
    rows = db.session.execute(
        select(every.c.what, every.c.title, every.c.at)
        .order_by(every.c.at, every.c.title, every.c.what)
        .limit(PAGE_SIZE)
        .offset((page - 1) * PAGE_SIZE)
    )
    return Page(count, page, PAGE_SIZE, [row._asdict() for row in rows])


def forget(site_id: uuid.UUID, name: str) -> int:
    """Take a name out of everything; returns in how many places it stood. Commits."""
    places = ((Content, "version_author"), (Content, "wp_changed_by"), (ContentVersion, "author"))
    removed = sum(_emptied(site_id, model, column, name) for model, column in places)
    deliveries = db.session.scalars(
        select(Delivery).where(Delivery.site_id == site_id, _stood_in_the_way(name))
    ).all()
    for delivery in deliveries:
        _take_out(delivery)
    db.session.commit()
    for delivery in deliveries:
        publish_status(Delivery, delivery.id)
    return removed + len(deliveries)


def _part(
    site_id: uuid.UUID, what: str, at: Any, condition: ColumnElement[bool], beside: Any
) -> Any:
    found = select(literal(what).label("what"), Content.title, at.label("at"))
    if beside is not None:
        found = found.join(beside, beside.content_id == Content.id)
    return found.where(Content.site_id == site_id, condition)


def _stood_in_the_way(name: str) -> Any:
    return Delivery.result["choice", "who"].as_string() == name


def _emptied(site_id: uuid.UUID, model: Any, column: str, name: str) -> int:
    changed = db.session.scalars(
        update(model)
        .where(model.site_id == site_id, getattr(model, column) == name)
        .values({column: None})
        .returning(model.id)
        .execution_options(synchronize_session=False)
    )
    return len(changed.all())


def _take_out(delivery: Delivery) -> None:
    result, receipt = dict(delivery.result or {}), dict(delivery.receipt or {})
    delivery.result = {**result, "choice": {**result["choice"], "who": None}}
    if receipt.get("theirs"):
        delivery.receipt = {**receipt, "theirs": {**receipt["theirs"], "modified_by": ""}}
