"""Batches: many runs or deliveries that were asked for in one request, followed as one."""

import uuid
from typing import Any

from sqlalchemy import exists, literal, null, select, update
from sqlalchemy.orm import aliased

from igny8_flask.db import db, utcnow
from igny8_flask.jobs import LIVE, work_key
from igny8_flask.models import AITaskLog, Delivery, Site, WorkState
from igny8_flask.models.work import BULK
from igny8_flask.work_status import API_STATE, POLL_LIVE_MS
from igny8_flask.work_status import describe as describe_work

Member = AITaskLog | Delivery
PAUSED = "Paused."
PUBLISH = "publish"
COSTS: tuple[Any, ...] = (
    AITaskLog.cost_usd,
    AITaskLog.tokens,
    AITaskLog.credits,
    AITaskLog.sandbox,
)
NO_COSTS: tuple[Any, ...] = (
    null().label("cost_usd"),
    literal(0).label("tokens"),
    literal(0).label("credits"),
    literal(False).label("sandbox"),
)


def gather(site: Site, function_name: str, rows: list[Any], options: dict[str, Any]) -> AITaskLog:
    """Make the batch of some rows; a row that belongs to a live batch already stays there."""
    batch = AITaskLog(
        account_id=site.account_id,
        site_id=site.id,
        function_name=function_name,
        is_batch=True,
        state=WorkState.RUNNING,
        started_at=utcnow(),
        work_key=work_key("batch", [uuid.uuid4()]),
        total=len(rows),
        payload={"ids": [str(row.id) for row in rows], "options": options},
    )
    db.session.add(batch)
    db.session.flush()
    for row in rows:
        if row.batch_id is None:
            row.batch_id, row.priority = batch.id, BULK
    return batch


def members(batch: AITaskLog) -> list[Member]:
    """The rows of a batch, oldest first."""
    found: list[Member] = []
    ids = [uuid.UUID(one) for one in batch.payload["ids"]]
    for model in (AITaskLog, Delivery):
        rows = select(model).where(model.site_id == batch.site_id, model.id.in_(ids))
        found += db.session.scalars(rows.order_by(model.id))
    return found


def live_rows(batch: AITaskLog) -> list[Member]:
    """Its unfinished members, and what followed from finished ones."""
    found = {row.id: row for row in members(batch) if not row.state.is_final}
    following: list[Member] = []
    for model in (AITaskLog, Delivery):
        rows = select(model).where(model.batch_id == batch.id, model.state.in_(LIVE))
        following += db.session.scalars(rows)
    found |= {row.id: row for row in following}
    return list(found.values())


def describe(batch: AITaskLog) -> dict[str, Any]:
    """The status of a batch, summed up from its members."""
    rows = _summaries(batch)
    done = [row for row in rows if row.state.is_final]
    percentage = sum(100 if row.state.is_final else row.percentage for row in rows)
    costs = [row.cost_usd for row in rows if row.cost_usd]
    return {
        **describe_work(batch),
        "phase": "DONE" if batch.state.is_final else "AI_CALL",
        "percentage": percentage // max(len(rows), 1),
        "message": _words(batch, rows, done),
        "current": len(done),
        "total": len(rows),
        "cost_usd": float(sum(costs)) if costs else None,
        "tokens": sum(row.tokens for row in rows),
        "credits": sum(row.credits for row in rows),
        "sandbox": any(row.sandbox for row in rows),
        "poll_after_ms": 0 if batch.state.is_final else 2 * POLL_LIVE_MS,
        "items": [
            {"id": str(row.id), "state": API_STATE[row.state], "error": row.error} for row in rows
        ],
    }


def _words(batch: AITaskLog, rows: list[Any], done: list[Any]) -> str:
    failed = sum(row.state is WorkState.FAILURE for row in rows)
    words = f"{len(done)} of {len(rows)} done" + (f", {failed} failed" if failed else "") + "."
    if batch.state is WorkState.PAUSED:
        return f"{words} {PAUSED} {batch.message.removeprefix(PAUSED)}".strip()
    if len(done) == len(rows) and not batch.state.is_final:
        return f"{words} Images and deliveries go on."
    return words


def _summaries(batch: AITaskLog) -> list[Any]:
    """What a status needs of the members; whole rows of a thousand would be megabytes."""
    ids = [uuid.UUID(one) for one in batch.payload["ids"]]
    found: list[Any] = []
    for model, own in ((AITaskLog, COSTS), (Delivery, NO_COSTS)):
        columns = (model.id, model.state, model.percentage, model.error, *own)
        rows = select(*columns).where(model.site_id == batch.site_id, model.id.in_(ids))
        found += db.session.execute(rows.order_by(model.id)).all()
    return found


def close_finished() -> None:
    """End every batch whose members have all ended."""
    batch = AITaskLog
    run = aliased(AITaskLog)
    live_run = exists().where(run.batch_id == batch.id, run.state.in_(LIVE))
    live_delivery = exists().where(Delivery.batch_id == batch.id, Delivery.state.in_(LIVE))
    open_batch = batch.state.in_((WorkState.RUNNING, WorkState.PAUSED))
    failed_run = exists().where(
        run.batch_id == batch.id,
        run.function_name == batch.function_name,
        run.state == WorkState.FAILURE,
    )
    failed_delivery = exists().where(
        Delivery.batch_id == batch.id,
        batch.function_name == PUBLISH,
        Delivery.state == WorkState.FAILURE,
    )
    failed = failed_run | failed_delivery
    over = (batch.is_batch.is_(True), open_batch, ~live_run, ~live_delivery)
    for state, condition in ((WorkState.FAILURE, failed), (WorkState.SUCCESS, ~failed)):
        db.session.execute(
            update(batch)
            .where(*over, condition)
            .values(state=state, finished_at=utcnow(), percentage=100)
            .execution_options(synchronize_session=False)
        )
    db.session.commit()
