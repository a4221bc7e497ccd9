"""What may be forgotten with age: raw replies of models, steps, remembered answers, codes.

Posts, articles, the ledger and the states of runs stay.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import CursorResult, String, and_, cast, delete, func, select, update

from igny8_flask.db import db, id_at, utcnow
from igny8_flask.models import AITaskLog, Delivery, IdempotencyRecord, PaidCall, WorkState
from igny8_flask.services import current

FINAL = tuple(state for state in WorkState if state.is_final)
NO_STEPS: dict[str, Any] = {"request_steps": [], "response_steps": []}
AT_ONCE = 500  # rows per transaction, so that nobody waits long for the database


def forgettable() -> dict[str, int]:
    """How many rows of each kind are old enough."""
    now = utcnow()
    counts = {}
    for name, model, condition in _old_rows(now):
        counted = select(func.count()).select_from(model).where(condition)
        counts[name] = db.session.scalar(counted) or 0
    return counts


def forget_old() -> dict[str, int]:
    """Forget them, some at a time; returns how many of each kind. Commits."""
    now = utcnow()
    return {
        "replies": _in_pieces(PaidCall, _old_replies(now), {"reply": None}),
        "run_steps": _in_pieces(AITaskLog, _old_steps(AITaskLog, now), NO_STEPS),
        "delivery_steps": _in_pieces(Delivery, _old_steps(Delivery, now), NO_STEPS),
        "answers": _forget_answers(now),
    }


def _old_rows(now: datetime) -> list[tuple[str, Any, Any]]:
    return [
        ("replies", PaidCall, _old_replies(now)),
        ("run_steps", AITaskLog, _old_steps(AITaskLog, now)),
        ("delivery_steps", Delivery, _old_steps(Delivery, now)),
        ("answers", IdempotencyRecord, IdempotencyRecord.expires_at <= now),
    ]


def _old_replies(now: datetime) -> Any:
    """Replies of runs that ended: one that is still to be resumed keeps what it paid for."""
    limit = now - timedelta(days=current().settings.keep_replies_days)
    ended = (
        select(AITaskLog.id)
        .where(AITaskLog.id == PaidCall.run_id, AITaskLog.state.in_(FINAL))
        .where(AITaskLog.finished_at < limit)
    )
    return and_(PaidCall.id < id_at(limit), PaidCall.reply.is_not(None), ended.exists())


def _old_steps(model: Any, now: datetime) -> Any:
    limit = now - timedelta(days=current().settings.keep_steps_days)
    has_steps = cast(model.request_steps, String) != "[]"
    return and_(
        model.id < id_at(limit), model.state.in_(FINAL), model.finished_at < limit, has_steps
    )


def _in_pieces(model: Any, condition: Any, values: dict[str, Any]) -> int:
    total = 0
    while True:
        ids = list(db.session.scalars(select(model.id).where(condition).limit(AT_ONCE)))
        statement = update(model).where(model.id.in_(ids)).values(**values)
        db.session.execute(statement.execution_options(synchronize_session=False))
        db.session.commit()
        total += len(ids)
        if len(ids) < AT_ONCE:
            return total


def _forget_answers(now: datetime) -> int:
    done = db.session.execute(delete(IdempotencyRecord).where(IdempotencyRecord.expires_at <= now))
    db.session.commit()
    return done.rowcount if isinstance(done, CursorResult) else 0
