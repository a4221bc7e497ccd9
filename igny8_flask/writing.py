"""Writer tasks, articles and images as rows: made, shown with what belongs to them, changed."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import load_only

from igny8_flask import versions
from igny8_flask.content import normalize
from igny8_flask.db import db
from igny8_flask.errors import ConflictError
from igny8_flask.jobs import LIVE, work_key
from igny8_flask.models import (
    AITaskLog,
    Content,
    ContentStatus,
    Delivery,
    Image,
    ImageKind,
    Publication,
    Site,
    Task,
    VersionOrigin,
)
from igny8_flask.rows import find

TASK_FUNCTIONS = ("generate_content", "generate_images")
DELIVERY_BRIEF = load_only(Delivery.content_id, Delivery.state, Delivery.error, Delivery.error_code)


@dataclass(frozen=True)
class TaskView:
    """A task with its article and the live run that works on it."""

    task: Task
    live_run: uuid.UUID | None


@dataclass(frozen=True)
class ContentView:
    """An article with its latest delivery, its time and its featured image."""

    content: Content
    delivery: Delivery | None
    publication: Publication | None
    featured_image: Image | None


def create_tasks(site: Site, items: Sequence[dict[str, Any]]) -> list[Task]:
    """Add tasks in one transaction; the caller commits."""
    owner = {"account_id": site.account_id, "site_id": site.id}
    tasks = [Task(**owner, **item) for item in items]
    db.session.add_all(tasks)
    db.session.flush()
    return tasks


def view_tasks(site_id: uuid.UUID, tasks: Sequence[Task]) -> list[TaskView]:
    """Tasks with the runs that work on them now; one query however many tasks."""
    live = _live_runs(site_id, [task.id for task in tasks])
    return [TaskView(task, live.get(task.id)) for task in tasks]


def delete_task(site: Site, task_id: uuid.UUID) -> None:
    """Delete a task that nothing works on and nothing was written for; the caller commits."""
    task = find(Task, site.id, task_id)
    if view_tasks(site.id, [task])[0].live_run is not None:
        raise ConflictError("A run works on this task: cancel it first.", "task_in_work")
    if task.content is not None:
        raise ConflictError("An article belongs to this task: delete that first.", "task_written")
    db.session.delete(task)
    db.session.flush()


def view_contents(site_id: uuid.UUID, contents: Sequence[Content]) -> list[ContentView]:
    """Articles with their latest deliveries and times and featured images; three queries in all."""
    ids = [content.id for content in contents]
    deliveries = db.session.scalars(
        select(Delivery)
        .where(Delivery.site_id == site_id, Delivery.content_id.in_(ids))
        .order_by(Delivery.id)
        .options(DELIVERY_BRIEF)
    )
    latest = {delivery.content_id: delivery for delivery in deliveries}
    plans = db.session.scalars(
        select(Publication).where(Publication.site_id == site_id, Publication.content_id.in_(ids))
    )
    planned = {plan.content_id: plan for plan in plans}
    images = db.session.scalars(
        select(Image).where(
            Image.site_id == site_id, Image.content_id.in_(ids), Image.kind == ImageKind.FEATURED
        )
    )
    featured = {image.content_id: image for image in images}
    return [
        ContentView(
            content, latest.get(content.id), planned.get(content.id), featured.get(content.id)
        )
        for content in contents
    ]


def change_content(content: Content, changes: dict[str, Any]) -> None:
    """Change an article; ``html`` is cleaned like a model's reply. The caller commits.

    ``author`` is who did it, ``version`` the version they saw; ConflictError ``content_stale``
    where another one stands by now, ``content_public`` where the status of a public one is asked.
    """
    if "status" in changes and content.status is ContentStatus.PUBLISHED:
        raise ConflictError(
            "This article is public and its status follows its post: change the post in WordPress.",
            "content_public",
        )
    author, expected = changes.pop("author", None), changes.pop("version", None)
    if set(versions.TEXT_PARTS) & changes.keys():
        versions.keep(content, VersionOrigin.EDITED, author, expected)
        content.moderation = None
    for name, value in changes.items():
        if name == "html":
            cleaned = normalize(value)
            content.html, content.word_count = cleaned.html, cleaned.word_count
        elif name in ("seo", "terms"):
            setattr(content, name, {**getattr(content, name), **value})
        else:
            setattr(content, name, value)


def delete_content(site: Site, content_id: uuid.UUID) -> None:
    """Delete an article that was never handed to the site; the caller commits."""
    content = find(Content, site.id, content_id)
    handed_over = db.session.scalar(
        select(Delivery.id)
        .where(Delivery.site_id == site.id, Delivery.content_id == content_id)
        .limit(1)
    )
    if content.wp_post_id is not None or handed_over is not None:
        raise ConflictError(
            "This article was handed to the site already: trash its post there instead.",
            "content_delivered",
        )
    for image in content.images:
        db.session.delete(image)
    versions.forget(content)
    db.session.flush()
    db.session.delete(content)
    db.session.flush()


def _live_runs(site_id: uuid.UUID, task_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, uuid.UUID]:
    """The run that works on each task now; found by the names of their work, which are indexed."""
    tasks = {
        work_key(function, [task_id]): task_id
        for task_id in task_ids
        for function in TASK_FUNCTIONS
    }
    rows = db.session.execute(
        select(AITaskLog.id, AITaskLog.work_key)
        .where(AITaskLog.site_id == site_id, AITaskLog.work_key.in_(tasks))
        .where(AITaskLog.state.in_(LIVE))
        .order_by(AITaskLog.id)
    )
    return {tasks[row.work_key]: row.id for row in rows}
