"""Finding work that was abandoned: by a worker that died, or by a Redis that forgot.

A worker's death puts the row back. The third death in a row in which the run got no further
quarantines it; a death after a reply was paid for and stored does not count, so that a long run
on a bad day is not taken for poison. It still ends: each of its calls is paid once.
"""

import uuid
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, false, select

from igny8_flask.db import database_now, db, utcnow
from igny8_flask.leases import Ticket, WorkRow, is_executed, move
from igny8_flask.models import AITaskLog, CallState, PaidCall, WorkState

MAX_CRASHES = 3  # worker deaths without progress after which a row is quarantined
QUEUED_MAX_S = 30  # a queued row that Redis no longer holds is sent again after this long


def reclaim_expired(model: WorkRow) -> list[uuid.UUID]:
    """Give rows whose worker fell silent back to the queue; quarantine those that keep dying.

    Returns the ids that were quarantined (state FAILURE, code ``poison``).
    """
    now = database_now()
    expired = (model.state == WorkState.RUNNING) & (model.lease_until < now) & is_executed(model)
    silent = db.session.execute(
        select(
            model.id,
            model.generation,
            model.attempts,
            model.crashes,
            _got_further(model).label("got_further"),
        ).where(expired)
    )
    quarantined = []
    for row in silent.all():
        poison = not row.got_further and row.crashes + 1 >= MAX_CRASHES
        ticket = Ticket(model, row.id, row.generation)
        values = {**_count(row), **(_quarantine() if poison else _hand_back())}
        if move(ticket, (WorkState.RUNNING,), **values) and poison:
            quarantined.append(row.id)
    db.session.commit()
    return quarantined


def _got_further(model: WorkRow) -> ColumnElement[bool]:
    """Whether the dispatch that died had stored a paid reply."""
    if model is not AITaskLog:
        return false()
    return (
        select(PaidCall.id)
        .where(PaidCall.run_id == model.id, PaidCall.generation == model.generation)
        .where(PaidCall.state == CallState.DONE)
        .exists()
    )


def _count(row: Any) -> dict[str, Any]:
    """The numbers after a death: counting starts anew after progress."""
    if row.got_further:
        return {
            "generation": row.generation + 1,
            "attempts": row.attempts - row.crashes - 1,
            "crashes": 0,
        }
    return {"generation": row.generation + 1, "crashes": row.crashes + 1}


def _quarantine() -> dict[str, Any]:
    words = f"The worker died {MAX_CRASHES} times on this; it will not be tried again by itself."
    return {
        "state": WorkState.FAILURE,
        "finished_at": utcnow(),
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
        lease_until=database_now() - timedelta(seconds=1),
    )
    db.session.commit()


def stale_queued(model: WorkRow) -> list[Ticket]:
    """Rows that were handed to Redis a while ago and nobody has claimed yet."""
    limit = database_now() - timedelta(seconds=QUEUED_MAX_S)
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
