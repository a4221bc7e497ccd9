"""Conditional state moves of work rows: admit, claim, keep. ``recovery`` finds what was abandoned.

Every move is an UPDATE that names the state it expects and the fencing number (``generation``)
that the caller holds; when no row changed, somebody else owns the work. Shared by runs and
deliveries, which alone decide *which* moves happen.
"""

import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from flask import Flask
from sqlalchemy import (
    ColumnElement,
    CursorResult,
    Integer,
    Select,
    Update,
    bindparam,
    func,
    select,
    true,
    update,
)
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import aliased

from igny8_flask.db import UTCDateTime, database_now, db
from igny8_flask.errors import CancelledError, LeaseLostError
from igny8_flask.log import get_logger
from igny8_flask.models import AITaskLog, Delivery, Site, WorkState
from igny8_flask.tenants import Scope, scope, within

log = get_logger(__name__)

WorkRow = type[AITaskLog] | type[Delivery]
WORK: dict[str, WorkRow] = {"run": AITaskLog, "delivery": Delivery}  # by the API's names
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
    result = db.session.execute(_moving(ticket, expected, values))
    return isinstance(result, CursorResult) and result.rowcount == 1


def _moving(ticket: Ticket, expected: tuple[WorkState, ...], values: dict[str, Any]) -> Update:
    model = ticket.model
    return (
        update(model)
        .where(model.id == ticket.id, model.generation == ticket.generation)
        .where(model.state.in_(expected))
        .values(**values)
        .execution_options(synchronize_session=False)
    )


def claim(ticket: Ticket, lease_s: int) -> Any:
    """Take a queued row into work; None when it is no longer ours to take."""
    now = database_now()
    values = {
        "state": WorkState.RUNNING,
        "lease_until": now + timedelta(seconds=lease_s),
        "started_at": func.coalesce(ticket.model.started_at, now),
        "attempts": ticket.model.attempts + 1,
        "error": None,
        "error_code": None,
    }
    taking = _moving(ticket, (WorkState.QUEUED,), values).returning(ticket.model)
    fresh = taking.execution_options(populate_existing=True)
    taken = db.session.scalars(fresh).one_or_none()
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
        target=_renew, args=(app, scope(), lease, lease_s, done), name="lease", daemon=True
    )
    keeper.start()
    try:
        yield lease
    finally:
        done.set()
        keeper.join(timeout=lease_s)


def _renew(app: Flask, owner: Scope, lease: Lease, lease_s: int, done: threading.Event) -> None:
    until = time.monotonic() + lease_s
    while not done.wait(lease_s / TICKS_PER_LEASE) and not lease.lost.is_set():
        try:
            with app.app_context(), within(owner):
                held, cancelled = _renew_once(lease.ticket, lease_s)
            until = time.monotonic() + lease_s
        except SQLAlchemyError:
            log.warning("lease_renewal_failed", work_id=str(lease.ticket.id))
            held, cancelled = time.monotonic() < until, False
        if cancelled:
            lease.cancelled.set()
        if not held:
            lease.lost.set()


def _renew_once(ticket: Ticket, lease_s: int) -> tuple[bool, bool]:
    held = move(
        ticket,
        (WorkState.RUNNING,),
        lease_until=database_now() + timedelta(seconds=lease_s),
    )
    model = ticket.model
    cancelled = db.session.scalar(select(model.cancel_requested).where(model.id == ticket.id))
    db.session.commit()
    return held, bool(cancelled)


def admit(model: WorkRow, site_slots: int, room: int) -> list[Ticket]:
    """Pick due rows fairly (one of each site per turn, at most ``site_slots`` of a site in work)
    and move them pending → queued with a new generation. Returns their tickets."""
    now = database_now()
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


def _pick(model: WorkRow, now: Any, site_slots: int, room: int) -> list[tuple[uuid.UUID, int]]:
    """Turn by turn the next due row of each site that has a slot left, interactive before bulk.

    Each turn probes the admission index once per site: a backlog costs nothing.
    """
    in_work = (model.state.in_((WorkState.QUEUED, WorkState.RUNNING))) & is_executed(model)
    busy = {
        row.site_id: row.busy
        for row in db.session.execute(
            select(model.site_id, func.count().label("busy")).where(in_work).group_by(model.site_id)
        )
    }
    picked: list[tuple[uuid.UUID, int]] = []
    left = room - sum(busy.values())
    clock = {"now": now} if isinstance(now, datetime) else {}
    statement = _turn(model, shared_clock=not clock)
    for turn in range(site_slots):
        if left <= len(picked):
            break
        full = [site_id for site_id, count in busy.items() if count + turn >= site_slots]
        asked = {"turn": turn, "full": full, "most": left - len(picked), **clock}
        rows = db.session.execute(statement, asked).all()
        picked += [(row.id, row.generation) for row in rows]
        if not rows:
            break
    return picked


def for_workers(own: Any) -> ColumnElement[bool]:
    """Deliveries that the site's plugin fetches are no work of ours."""
    return own.by_pull.is_(False) if hasattr(own, "by_pull") else true()


@cache
def _turn(model: WorkRow, shared_clock: bool) -> Select[uuid.UUID, int]:
    """The due row number ``turn`` of every site that is not ``full``; built once."""
    own = aliased(model)
    now: Any = func.now() if shared_clock else bindparam("now", type_=UTCDateTime())
    due = (
        select(own.id)
        .where(own.site_id == Site.id, own.state == WorkState.PENDING, for_workers(own))
        .where((own.not_before.is_(None)) | (own.not_before <= now))
        .order_by(own.priority, own.id)
        .limit(1)
        .offset(bindparam("turn", type_=Integer()))
        .correlate(Site)
        .scalar_subquery()
    )
    return (
        select(model.id, model.generation)
        .select_from(Site)
        .join(model, model.id == due)
        .where(Site.id.not_in(bindparam("full", expanding=True)))
        .order_by(model.priority, model.id)
        .limit(bindparam("most", type_=Integer()))
    )


def is_executed(model: WorkRow) -> ColumnElement[bool]:
    """Rows that workers execute; a batch only gathers such rows."""
    return model.is_batch.is_(False)
