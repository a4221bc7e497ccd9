"""Conditional state moves of work rows: claim, keep, let go, and find what was abandoned.

Every move is an UPDATE that names the state it expects and the fencing number (``generation``)
that the caller holds; when no row changed, somebody else owns the work. Shared by runs and
deliveries, which alone decide *which* moves happen.
"""

import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from flask import Flask
from sqlalchemy import ColumnElement, CursorResult, Select, func, select, true, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import aliased

from igny8_flask.db import db, utcnow
from igny8_flask.errors import CancelledError, LeaseLostError
from igny8_flask.log import get_logger
from igny8_flask.models import AITaskLog, Delivery, Site, WorkState

log = get_logger(__name__)

WorkRow = type[AITaskLog] | type[Delivery]
MAX_CRASHES = 3  # worker deaths after which a row is quarantined instead of tried again
QUEUED_MAX_S = 30  # a queued row that Redis no longer holds is sent again after this long
TICKS_PER_LEASE = 12


@dataclass(frozen=True)
class Ticket:
    """The right to work on a row: its id and the fencing number."""

    model: WorkRow
    id: uuid.UUID
    generation: int

    @property
    def job_id(self) -> str:
        """Name of the RQ job: unique per dispatch."""
        return f"{self.id}-{self.generation}"


def move(ticket: Ticket, expected: tuple[WorkState, ...], **values: Any) -> bool:
    """Change the row if it is in an expected state and still ours; the caller commits."""
    model = ticket.model
    statement = (
        update(model)
        .where(model.id == ticket.id, model.generation == ticket.generation)
        .where(model.state.in_(expected))
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    result = db.session.execute(statement)
    return isinstance(result, CursorResult) and result.rowcount == 1


def claim(ticket: Ticket, lease_s: int) -> bool:
    """Take a queued row into work; False when it is no longer ours to take."""
    now = utcnow()
    taken = move(
        ticket,
        (WorkState.QUEUED,),
        state=WorkState.RUNNING,
        lease_until=now + timedelta(seconds=lease_s),
        started_at=func.coalesce(ticket.model.started_at, now),
        attempts=ticket.model.attempts + 1,
        error=None,
        error_code=None,
    )
    db.session.commit()
    return taken


@dataclass
class Lease:
    """A running row that is ours; a background thread renews it and learns of its loss."""

    ticket: Ticket
    lost: threading.Event = field(default_factory=threading.Event)
    cancelled: threading.Event = field(default_factory=threading.Event)

    def should_stop(self) -> bool:
        """Whether the work must end now; cheap enough for every piece of a stream."""
        return self.lost.is_set() or self.cancelled.is_set()

    def check(self) -> None:
        """Raise LeaseLostError or CancelledError when the work must end now."""
        if self.lost.is_set():
            raise LeaseLostError("Another worker took this over.")
        if self.cancelled.is_set():
            raise CancelledError("Cancelled.")


@contextmanager
def kept(app: Flask, ticket: Ticket, lease_s: int) -> Iterator[Lease]:
    """Keep the lease of a claimed row for the length of the block."""
    lease = Lease(ticket)
    done = threading.Event()
    keeper = threading.Thread(
        target=_renew, args=(app, lease, lease_s, done), name="lease", daemon=True
    )
    keeper.start()
    try:
        yield lease
    finally:
        done.set()
        keeper.join(timeout=lease_s)


def _renew(app: Flask, lease: Lease, lease_s: int, done: threading.Event) -> None:
    until = utcnow() + timedelta(seconds=lease_s)
    while not done.wait(lease_s / TICKS_PER_LEASE) and not lease.lost.is_set():
        try:
            with app.app_context():
                held, cancelled = _renew_once(lease.ticket, lease_s)
            until = utcnow() + timedelta(seconds=lease_s)
        except SQLAlchemyError:
            log.warning("lease_renewal_failed", work_id=str(lease.ticket.id))
            held, cancelled = utcnow() < until, False
        if cancelled:
            lease.cancelled.set()
        if not held:
            lease.lost.set()


def _renew_once(ticket: Ticket, lease_s: int) -> tuple[bool, bool]:
    held = move(
        ticket,
        (WorkState.RUNNING,),
        lease_until=utcnow() + timedelta(seconds=lease_s),
    )
    model = ticket.model
    cancelled = db.session.scalar(select(model.cancel_requested).where(model.id == ticket.id))
    db.session.commit()
    return held, bool(cancelled)


def reclaim_expired(model: WorkRow) -> list[uuid.UUID]:
    """Give rows whose worker fell silent back to the queue; quarantine those that keep dying.

    Returns the ids that were quarantined (state FAILURE, code ``poison``).
    """
    now = utcnow()
    expired = (model.state == WorkState.RUNNING) & (model.lease_until < now) & _not_batch(model)
    silent = db.session.execute(select(model.id, model.generation, model.crashes).where(expired))
    quarantined = []
    for row in silent.all():
        ticket = Ticket(model, row.id, row.generation)
        poison = row.crashes >= MAX_CRASHES - 1
        values = _quarantine(now) if poison else _hand_back()
        changes = {"generation": row.generation + 1, "crashes": row.crashes + 1, **values}
        if move(ticket, (WorkState.RUNNING,), **changes) and poison:
            quarantined.append(row.id)
    db.session.commit()
    return quarantined


def _quarantine(now: datetime) -> dict[str, Any]:
    words = f"The worker died {MAX_CRASHES} times on this; it will not be tried again by itself."
    return {
        "state": WorkState.FAILURE,
        "finished_at": now,
        "message": words,
        "error": words,
        "error_code": "poison",
    }


def _hand_back() -> dict[str, Any]:
    return {
        "state": WorkState.PENDING,
        "not_before": None,
        "message": "A worker stopped; going on from the last step.",
    }


def expire(ticket: Ticket) -> None:
    """Let a lease run out now, because its worker is known to be dead."""
    move(
        ticket,
        (WorkState.RUNNING,),
        lease_until=utcnow() - timedelta(seconds=1),
    )
    db.session.commit()


def stale_queued(model: WorkRow) -> list[Ticket]:
    """Rows that were handed to Redis a while ago and nobody has claimed yet."""
    limit = utcnow() - timedelta(seconds=QUEUED_MAX_S)
    rows = db.session.execute(
        select(model.id, model.generation).where(
            model.state == WorkState.QUEUED, model.queued_at < limit
        )
    ).all()
    db.session.commit()
    return [Ticket(model, row.id, row.generation) for row in rows]


def back_to_pending(ticket: Ticket) -> None:
    """Un-queue a row that Redis does not hold."""
    move(
        ticket,
        (WorkState.QUEUED,),
        state=WorkState.PENDING,
        queued_at=None,
    )
    db.session.commit()


def admit(model: WorkRow, site_slots: int, room: int) -> list[Ticket]:
    """Pick due rows fairly (one of each site per turn, at most ``site_slots`` of a site in work)
    and move them pending → queued with a new generation. Returns their tickets."""
    now = utcnow()
    picked = _pick(model, now, site_slots, room)
    tickets = []
    for row_id, generation in picked:
        moved = move(
            Ticket(model, row_id, generation),
            (WorkState.PENDING,),
            state=WorkState.QUEUED,
            generation=generation + 1,
            queued_at=now,
        )
        if moved:
            tickets.append(Ticket(model, row_id, generation + 1))
    db.session.commit()
    return tickets


def _pick(model: WorkRow, now: datetime, site_slots: int, room: int) -> list[tuple[uuid.UUID, int]]:
    """Turn by turn the next due row of each site that has a slot left, interactive before bulk.

    Each turn probes the admission index once per site: a backlog costs nothing.
    """
    in_work = (model.state.in_((WorkState.QUEUED, WorkState.RUNNING))) & _not_batch(model)
    busy = {
        row.site_id: row.busy
        for row in db.session.execute(
            select(model.site_id, func.count().label("busy")).where(in_work).group_by(model.site_id)
        )
    }
    picked: list[tuple[uuid.UUID, int]] = []
    left = room - sum(busy.values())
    for turn in range(site_slots):
        if left <= len(picked):
            break
        full = [site_id for site_id, count in busy.items() if count + turn >= site_slots]
        rows = db.session.execute(_turn(model, now, turn, full, left - len(picked))).all()
        picked += [(row.id, row.generation) for row in rows]
        if not rows:
            break
    return picked


def for_workers(own: Any) -> ColumnElement[bool]:
    """Deliveries that the site's plugin fetches are no work of ours."""
    return own.by_pull.is_(False) if hasattr(own, "by_pull") else true()


def _turn(
    model: WorkRow, now: datetime, turn: int, full: list[uuid.UUID], most: int
) -> Select[uuid.UUID, int]:
    """The due row number ``turn`` of every site that is not full."""
    own = aliased(model)
    due = (
        select(own.id)
        .where(own.site_id == Site.id, own.state == WorkState.PENDING, for_workers(own))
        .where((own.not_before.is_(None)) | (own.not_before <= now))
        .order_by(own.priority, own.id)
        .limit(1)
        .offset(turn)
        .correlate(Site)
        .scalar_subquery()
    )
    return (
        select(model.id, model.generation)
        .select_from(Site)
        .join(model, model.id == due)
        .where(Site.id.not_in(full))
        .order_by(model.priority, model.id)
        .limit(most)
    )


def _not_batch(model: WorkRow) -> ColumnElement[bool]:
    return model.is_batch.is_(False)
