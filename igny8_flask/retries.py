"""Trying again what failed, was cancelled or lacks a part, without paying twice; or not."""

from igny8_flask import batches
from igny8_flask.ai.pictures import PICTURE_FAULTS
from igny8_flask.db import db
from igny8_flask.errors import ConflictError, ReplyError
from igny8_flask.jobs import publish_status, put_back
from igny8_flask.leases import Ticket, move
from igny8_flask.models import AITaskLog, WorkState

FINAL = (WorkState.SUCCESS, WorkState.FAILURE, WorkState.CANCELLED)


def restart(run: AITaskLog) -> None:
    """Run again from the last paid step; of a batch, every run that did not reach its end.

    Where a stored reply itself was the fault, a counter in the payload makes the model be asked
    anew: ``round`` for texts, ``redraw`` for pictures. Raises ConflictError when there is nothing
    to try again, or when the same work is going on already.
    """
    if not run.is_batch:
        _restart_one(run)
        return
    unfinished = [one for one in batches.members(run) if _can_restart(one)]
    if not unfinished:
        raise ConflictError("Nothing of this failed or was cancelled.", "not_retryable")
    for one in unfinished:
        _restart_one(one)
    move(
        Ticket(AITaskLog, run.id, run.generation), FINAL, state=WorkState.RUNNING, finished_at=None
    )
    db.session.commit()


def give_up(work: batches.Member) -> None:
    """Nobody shall try what failed again: it ends as cancelled and no longer waits for a person.

    A batch takes its failed members along. Raises ConflictError where nothing failed.
    """
    rows = [work]
    if isinstance(work, AITaskLog) and work.is_batch:
        rows += batches.members(work)
    ended = [
        row
        for row in rows
        if move(
            Ticket(type(row), row.id, row.generation),
            (WorkState.FAILURE,),
            state=WorkState.CANCELLED,
        )
    ]
    db.session.commit()
    if not ended:
        raise ConflictError("Nothing of this failed.", "not_failed")
    for row in ended:
        publish_status(type(row), row.id)


def _can_restart(work: batches.Member) -> bool:
    return work.state in (WorkState.FAILURE, WorkState.CANCELLED) or _lacks_images(work)


def _restart_one(work: batches.Member) -> None:
    lacking = _lacks_images(work)
    code = work.error_code or ""
    redraw = lacking or code in PICTURE_FAULTS
    if isinstance(work, AITaskLog) and (redraw or code.startswith(ReplyError.code_prefix)):
        counter = "redraw" if redraw else "round"
        work.payload = {**work.payload, counter: work.payload.get(counter, 0) + 1}
        db.session.commit()
    put_back(work, *([WorkState.SUCCESS] if lacking else []))


def _lacks_images(work: batches.Member) -> bool:
    """Whether it ended well but for some pictures."""
    return work.state is WorkState.SUCCESS and bool((work.result or {}).get("failed"))
