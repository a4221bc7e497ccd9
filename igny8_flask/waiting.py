"""What a waiting run or delivery can be told: its place in the site's queue, and when it starts.

Honest means: from what lately really took how long, and nothing where nobody can know.
"""

import time
import uuid
from dataclasses import dataclass
from datetime import timedelta
from math import ceil
from statistics import median
from typing import Any

from sqlalchemy import and_, func, or_, select

from igny8_flask.cache import Heartbeat
from igny8_flask.db import db, id_at, utcnow
from igny8_flask.models import AITaskLog, Delivery, WorkState
from igny8_flask.services import current
from igny8_flask.tenants import every_tenant

WAITING = (WorkState.PENDING, WorkState.QUEUED)
IN_WORK = (WorkState.QUEUED, WorkState.RUNNING)
SILENT_S = 15  # a dispatcher that was not seen this long is away
SAMPLE = 30
LATELY = timedelta(days=7)


@dataclass(frozen=True)
class Outlook:
    """``position`` counts from 1; ``starts_in_s`` is None where nobody can know."""

    position: int
    starts_in_s: int | None
    workers_away: bool


def outlook(work: AITaskLog | Delivery) -> Outlook:
    """How long a waiting row will still wait; asks the database and Redis."""
    position = _position(work)
    seen = current().cache.dispatcher()
    if seen is None or time.time() - seen.at > SILENT_S or not seen.workers:
        return Outlook(position, None, workers_away=True)
    return Outlook(position, _starts_in(work, position, seen), workers_away=False)


def _position(work: AITaskLog | Delivery) -> int:
    """Place among the waiting rows of the same site, in the order the dispatcher takes them."""
    model = type(work)
    before = or_(
        model.priority < work.priority,
        and_(model.priority == work.priority, model.id < work.id),
    )
    ahead = select(func.count()).where(
        model.site_id == work.site_id, model.state.in_(WAITING), before
    )
    return 1 + (db.session.scalar(ahead) or 0)


def _starts_in(work: AITaskLog | Delivery, position: int, seen: Heartbeat) -> int | None:
    settings = current().settings
    slots = settings.worker_slots if settings.worker_kind == "threads" else 1
    model = type(work)
    busy = _busy(model)
    sites = len(busy.keys() | {work.site_id})
    share = max(1, min(settings.site_slots, seen.workers * slots // sites))
    wait = timedelta()
    if position > share - busy.get(work.site_id, 0):
        each = _lately_took(work)
        if each is None:
            return None
        wait = each * (ceil(position / share) - 0.5)  # those in work are half done on average
    if work.not_before:
        wait = max(wait, work.not_before - utcnow())
    return max(ceil(wait.total_seconds()), 0)


def _busy(model: Any) -> dict[uuid.UUID, int]:
    """How many rows each site has in work: all sites share the workers."""
    counted = (
        select(model.site_id, func.count().label("busy"))
        .where(model.state.in_(IN_WORK), model.is_batch.is_(False))
        .group_by(model.site_id)
    )
    with every_tenant():
        return {row.site_id: row.busy for row in db.session.execute(counted)}


def _lately_took(work: AITaskLog | Delivery) -> timedelta | None:
    """The middle duration of the latest work of the same kind."""
    model: Any = type(work)
    latest = select(model.started_at, model.finished_at).where(
        model.id >= id_at(utcnow() - LATELY),
        model.state == WorkState.SUCCESS,
        model.is_batch.is_(False),
        model.started_at.is_not(None),
    )
    if isinstance(work, AITaskLog):
        latest = latest.where(AITaskLog.function_name == work.function_name)
    with every_tenant():
        rows = db.session.execute(latest.order_by(model.id.desc()).limit(SAMPLE)).all()
    seconds = [(row.finished_at - row.started_at).total_seconds() for row in rows]
    return timedelta(seconds=median(seconds)) if seconds else None
