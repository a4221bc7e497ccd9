"""Pausing and resuming: a batch that waits for its owner, or for money, keeps all it has done."""

import uuid
from typing import Any

from sqlalchemy import select, update

from igny8_flask.db import db, utcnow
from igny8_flask.errors import ConflictError
from igny8_flask.jobs import publish_status
from igny8_flask.leases import WORK, Ticket, WorkRow, move
from igny8_flask.models import AITaskLog, WorkState
from igny8_flask.services import current

BY_HAND = "Paused."
RUNNING_ONE = "A run that is in work cannot be paused; cancel it."


def pause(run: AITaskLog, reason: str = BY_HAND) -> None:
    """Let nothing new of a batch, or a waiting run, begin; what is in work goes on to its end.

    Raises ConflictError when there is nothing to pause. Commits.
    """
    if run.is_batch:
        paused = pause_batch(run.id, reason)
    else:
        ticket = Ticket(AITaskLog, run.id, run.generation)
        waiting = (WorkState.PENDING, WorkState.QUEUED)
        changes = {"state": WorkState.PAUSED, "generation": run.generation + 1}
        paused = move(ticket, waiting, message=reason, **changes)
        db.session.commit()
        publish_status(AITaskLog, run.id)
    if not paused:
        raise ConflictError(RUNNING_ONE, "not_pausable")


def pause_batch(batch_id: uuid.UUID, reason: str) -> bool:
    """Pause a running batch; False when it was not running. Commits."""
    changed = db.session.execute(
        update(AITaskLog)
        .where(AITaskLog.id == batch_id, AITaskLog.state == WorkState.RUNNING)
        .values(state=WorkState.PAUSED, message=reason)
        .returning(AITaskLog.id)
        .execution_options(synchronize_session=False)
    ).first()
    db.session.commit()
    hold_members()
    return changed is not None


def hold_members() -> None:
    """Pause what waits in paused batches, whoever put it there; the dispatcher repeats this."""
    batches = select(AITaskLog.id).where(
        AITaskLog.state == WorkState.PAUSED, AITaskLog.is_batch.is_(True)
    )
    paused = list(db.session.scalars(batches))
    for model in WORK.values() if paused else ():
        waiting = model.state.in_((WorkState.PENDING, WorkState.QUEUED))
        _change(
            model,
            (model.batch_id.in_(paused), waiting),
            state=WorkState.PAUSED,
            generation=model.generation + 1,
        )
    db.session.commit()


def resume(run: AITaskLog) -> None:
    """Go on with what was paused; ConflictError when it is not. Commits."""
    if run.state is not WorkState.PAUSED:
        raise ConflictError("This is not paused.", "not_paused")
    back = {"state": WorkState.PENDING, "message": "", "not_before": None}
    if run.is_batch:
        _change(
            AITaskLog,
            (AITaskLog.id == run.id, AITaskLog.state == WorkState.PAUSED),
            state=WorkState.RUNNING,
            message="",
        )
        for model in WORK.values():
            _change(model, (model.batch_id == run.id, model.state == WorkState.PAUSED), **back)
        db.session.commit()
    else:
        move(Ticket(AITaskLog, run.id, run.generation), (WorkState.PAUSED,), **back)
        db.session.commit()
        publish_status(AITaskLog, run.id)
    current().cache.ring()


def _change(model: WorkRow, where: tuple[Any, ...], **values: Any) -> None:
    db.session.execute(
        update(model)
        .where(*where)
        .values(updated_at=utcnow(), **values)
        .execution_options(synchronize_session=False)
    )
