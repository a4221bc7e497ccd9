"""What follows from what: an article, its images, its delivery; each step is a row of its own."""

import uuid
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from igny8_flask import publishing, scheduling
from igny8_flask.db import db
from igny8_flask.jobs import LIVE, add_or_find_live, work_key
from igny8_flask.models import AITaskLog, Delivery, Site, Task, TaskStatus
from igny8_flask.services import current

LOOK_UP_AT_ONCE = 500


def add(site: Site, function_name: str, ids: list[uuid.UUID], options: dict[str, Any]) -> AITaskLog:
    """Add a run to the session, or find the one that does this work already; the caller commits."""
    run = _run_of(site, function_name, ids, options)
    chained = _live_chain(run)
    if chained is not None:
        return chained
    found, is_new = add_or_find_live(run)
    if is_new and function_name == "generate_content":
        _set_task_status(ids, TaskStatus.IN_PROGRESS)
    assert isinstance(found, AITaskLog)  # noqa: S101 - narrows the type
    return found


def add_each(
    site: Site, function_name: str, ids: list[uuid.UUID], options: dict[str, Any]
) -> list[AITaskLog]:
    """A run for each id, as ``add`` would; those of work that is not going on are added together.

    So a thousand cost some dozen statements; the caller commits.
    """
    runs = {one: _run_of(site, function_name, [one], options) for one in ids}
    begun = _begun(site, [run.work_key for run in runs.values()])
    fresh = {one: run for one, run in runs.items() if run.work_key not in begun}
    if not _add_together(list(fresh.values())):
        fresh = {}  # somebody else began one of them just now
    elif function_name == "generate_content":
        _set_task_status(list(fresh), TaskStatus.IN_PROGRESS)
    return [fresh[one] if one in fresh else add(site, function_name, [one], options) for one in ids]


def _run_of(
    site: Site, function_name: str, ids: list[uuid.UUID], options: dict[str, Any]
) -> AITaskLog:
    return AITaskLog(
        account_id=site.account_id,
        site_id=site.id,
        function_name=function_name,
        work_key=work_key(function_name, ids),
        payload={"ids": [str(one) for one in ids], "options": options},
    )


def _begun(site: Site, keys: list[str]) -> set[str]:
    """Which of this work was begun and may still go on: as a run, or in what followed from it."""
    begun: set[str] = set()
    for start in range(0, len(keys), LOOK_UP_AT_ONCE):
        known = select(AITaskLog.work_key).where(
            AITaskLog.site_id == site.id,
            AITaskLog.work_key.in_(keys[start : start + LOOK_UP_AT_ONCE]),
            AITaskLog.state.in_(LIVE) | AITaskLog.next_id.is_not(None),
        )
        begun |= set(db.session.scalars(known))
    return begun


def _add_together(runs: list[AITaskLog]) -> bool:
    try:
        with db.session.begin_nested():
            db.session.add_all(runs)
            db.session.flush()
    except IntegrityError:
        return False
    return True


def _live_chain(run: AITaskLog) -> AITaskLog | None:
    """The last run of the same work when what followed from it is still going on."""
    last = db.session.scalars(
        select(AITaskLog)
        .where(AITaskLog.site_id == run.site_id, AITaskLog.work_key == run.work_key)
        .order_by(AITaskLog.id.desc())
        .limit(1)
    ).first()
    link: AITaskLog | Delivery | None = last
    while isinstance(link, AITaskLog) and link.next_id is not None:
        model: Any = AITaskLog if link.next_kind == "run" else Delivery
        link = db.session.get(model, link.next_id)
        if link is not None and link.state in LIVE:
            return last
    return None


def _set_task_status(ids: list[uuid.UUID], status: TaskStatus) -> None:
    db.session.execute(update(Task).where(Task.id.in_(ids)).values(status=status))


def follow_up(run: AITaskLog, site: Site, saved: dict[str, Any]) -> dict[str, Any]:
    """Add what follows from a finished run; returns the run's ``next_*`` values."""
    options = run.payload["options"]
    if saved.get("incomplete"):
        return {}
    if run.function_name == "generate_content" and options.get("images"):
        ids = [uuid.UUID(one) for one in run.payload["ids"]]
        following: AITaskLog | Delivery = add(site, "generate_images", ids, options)
        _join_batch(run, following)
        return {"next_kind": "run", "next_id": following.id}
    if run.function_name in ("generate_content", "generate_images") and options.get("publish"):
        content_id = uuid.UUID(saved["content_id"])
        delivery = scheduling.follow(site, content_id)
        if delivery is None:
            return {}
        following = delivery
        _join_batch(run, following)
        return {"next_kind": "delivery", "next_id": following.id}
    return {}


def _join_batch(run: AITaskLog, following: AITaskLog | Delivery) -> None:
    """What follows from a batch's run is paused and cancelled with it."""
    if run.batch_id is not None and following.batch_id is None:
        following.batch_id, following.priority = run.batch_id, run.priority


def after_failure(run_id: uuid.UUID) -> None:
    """An article whose images failed is delivered all the same; its task is free again."""
    run = db.session.get_one(AITaskLog, run_id, populate_existing=True)
    ids = [uuid.UUID(one) for one in run.payload["ids"]]
    if run.function_name == "generate_content":
        written = run.payload["options"].get("proposal")
        _set_task_status(ids, TaskStatus.COMPLETED if written else TaskStatus.PENDING)
    elif run.function_name == "generate_images" and run.payload["options"].get("publish"):
        site = db.session.get_one(Site, run.site_id)
        delivery = publishing.follow_task(site, ids[0])
        if delivery is not None:
            _join_batch(run, delivery)
            run.next_kind, run.next_id = "delivery", delivery.id
    db.session.commit()
    current().cache.ring()
