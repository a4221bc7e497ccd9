"""What every job does around its own work: claim, keep the lease, and end in a known state."""

import hashlib
import random
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from flask import current_app
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from igny8_flask import log as logging
from igny8_flask import tenants
from igny8_flask.db import database_now, db, utcnow
from igny8_flask.errors import (
    CancelledError,
    ConflictError,
    Igny8Error,
    LeaseLostError,
)
from igny8_flask.leases import Lease, Ticket, WorkRow, claim, kept, move
from igny8_flask.models import AITaskLog, Delivery, WorkState
from igny8_flask.services import current
from igny8_flask.work_status import share

log = logging.get_logger(__name__)

LIVE = (WorkState.PENDING, WorkState.PAUSED, WorkState.QUEUED, WorkState.RUNNING)
GATES = ("provider_waiting", "wp_waiting")  # our own gates: no call was made
JITTER = 0.2  # share of a delay that is random, so that retries do not arrive together
INTERNAL = "Something went wrong on our side. The operator finds the details in the log."

Body = Callable[[Any, Lease], None]


def perform(
    ticket: Ticket,
    body: Body,
    delays_s: Sequence[float],
    on_failure: Callable[[uuid.UUID], None] | None = None,
    is_held: Callable[[Any, Igny8Error], bool] | None = None,
) -> None:
    """Execute one job; ``body`` makes the success move itself.

    A retryable error puts the row back with the next of ``delays_s`` (or the longer wait that the
    other side asked for); any other ends it. ``on_failure`` runs after a final failure;
    where ``is_held`` says so the row is paused instead of failing.
    """
    lease_s = current().settings.lease_s
    with _claimed(ticket, lease_s) as work:
        if work is None:
            log.info("job_not_ours", job_id=ticket.job_id)
            return
        app = current_app._get_current_object()  # type: ignore[attr-defined]
        ids = {"site_id": str(work.site_id), "run_id": str(work.id)}
        with logging.bound(**ids), kept(app, ticket, lease_s) as lease:
            try:
                body(work, lease)
            except LeaseLostError:
                db.session.rollback()
                log.warning("lease_lost", job_id=ticket.job_id)
            except CancelledError:
                _end(ticket, WorkState.CANCELLED, "Cancelled.", None)
            except Igny8Error as error:
                log.warning("job_failed", code=error.code, error=error.message)
                if is_held and is_held(work, error):
                    _put_aside(ticket, error)
                elif not _retry(ticket, error, delays_s):
                    _end(ticket, WorkState.FAILURE, _words(error), error, on_failure)
            except SQLAlchemyError:
                log.exception("database_failed")
                _retry(ticket, Igny8Error("The database was away for a moment."), delays_s, True)
            except Exception:
                log.exception("job_crashed")
                ours = Igny8Error(INTERNAL, "internal_error")
                _end(ticket, WorkState.FAILURE, ours.message, ours, on_failure)


@contextmanager
def _claimed(ticket: Ticket, lease_s: int) -> Iterator[Any]:
    """The row of a job, taken into work, in the scope of its tenant; None when it is not ours."""
    with tenants.every_tenant():  # the row says whose job this is
        work = claim(ticket, lease_s)
    owner = tenants.Tenant(work.account_id, work.site_id) if work else None
    with tenants.within(owner):
        yield work


def _retry(
    ticket: Ticket, error: Igny8Error, delays_s: Sequence[float], force: bool = False
) -> bool:
    db.session.rollback()
    work: Any = db.session.get_one(ticket.model, ticket.id)
    waited = error.code in GATES
    failures = work.attempts - work.crashes - waited
    if not (error.retryable or force) or failures > len(delays_s):
        return False
    delay = max(0 if waited else delays_s[max(failures, 1) - 1], error.retry_after_s or 0)
    delay *= 1 + JITTER * random.random()
    moved = move(
        ticket,
        (WorkState.RUNNING,),
        state=WorkState.PENDING,
        lease_until=None,
        not_before=database_now() + timedelta(seconds=delay),
        attempts=work.attempts - waited,
        message=error.message,
        error_code=error.code,
    )
    db.session.commit()
    if moved:
        publish_status(ticket.model, ticket.id)
    return True


def _put_aside(ticket: Ticket, error: Igny8Error) -> None:
    """Pause a row in work; the attempt does not count."""
    moved = move(
        ticket,
        (WorkState.RUNNING,),
        state=WorkState.PAUSED,
        lease_until=None,
        attempts=ticket.model.attempts - 1,
        message=error.message,
        error_code=error.code,
    )
    db.session.commit()
    if moved:
        publish_status(ticket.model, ticket.id)


def _end(
    ticket: Ticket,
    state: WorkState,
    message: str,
    error: Igny8Error | None,
    on_failure: Callable[[uuid.UUID], None] | None = None,
) -> None:
    db.session.rollback()
    moved = move(
        ticket,
        (WorkState.RUNNING,),
        state=state,
        lease_until=None,
        finished_at=utcnow(),
        message=message,
        error=message if error else None,
        error_code=error.code if error else None,
    )
    db.session.commit()
    if moved and state is WorkState.FAILURE and on_failure:
        on_failure(ticket.id)
    if moved:
        publish_status(ticket.model, ticket.id)


def _words(error: Igny8Error) -> str:
    hint = getattr(error, "hint", "")
    return error.message if not hint or hint in error.message else f"{error.message} {hint}"


def publish_status(model: WorkRow, work_id: uuid.UUID) -> None:
    """Put the row's present status where pollers find it."""
    work: Any = db.session.get(model, work_id, populate_existing=True)
    if work is not None:
        share(current().cache, work)


def work_key(name: str, ids: Iterable[uuid.UUID]) -> str:
    """What makes two requests the same work: the function and its ids, in any order."""
    text = " ".join([name, *sorted(str(one) for one in ids)])
    return hashlib.sha256(text.encode()).hexdigest()


def add_or_find_live(work: AITaskLog | Delivery) -> tuple[AITaskLog | Delivery, bool]:
    """Add a row unless the same work is live on that site; returns (row, whether it is new).

    Flushes inside a savepoint; the caller commits.
    """
    model: WorkRow = type(work)
    try:
        with db.session.begin_nested():
            db.session.add(work)
            db.session.flush()
    except IntegrityError:
        live: Any = db.session.scalars(
            select(model).where(
                model.site_id == work.site_id,
                model.work_key == work.work_key,
                model.state.in_(LIVE),
            )
        ).first()
        if live is None:
            raise
        return live, False
    return work, True


def request_cancel(work: AITaskLog | Delivery) -> None:
    """End a waiting row at once; ask a running one to stop at its next step."""
    ticket = Ticket(type(work), work.id, work.generation)
    ended = move(
        ticket,
        (WorkState.PENDING, WorkState.PAUSED, WorkState.QUEUED),
        state=WorkState.CANCELLED,
        generation=work.generation + 1,
        finished_at=utcnow(),
        message="Cancelled.",
    )
    if not ended:
        running = (WorkState.RUNNING,)
        move(ticket, running, cancel_requested=True, message="Cancelling…")
    db.session.commit()
    publish_status(ticket.model, ticket.id)


def put_back(work: AITaskLog | Delivery, *also: WorkState) -> None:
    """Start a failed or cancelled row (or one in another of these states) again."""
    ticket = Ticket(type(work), work.id, work.generation)
    try:
        moved = move(
            ticket,
            (WorkState.FAILURE, WorkState.CANCELLED, *also),
            state=WorkState.PENDING,
            generation=work.generation + 1,
            attempts=0,
            crashes=0,
            cancel_requested=False,
            not_before=None,
            finished_at=None,
            error=None,
            error_code=None,
            message="",
        )
        db.session.commit()
    except IntegrityError as error:
        db.session.rollback()
        raise ConflictError("The same work is running already.", "already_running") from error
    if not moved:
        raise ConflictError("Only failed or cancelled work can be retried.", "not_retryable")
    publish_status(ticket.model, ticket.id)
    current().cache.ring()
