"""How much work may wait for a Redis that is away, before new work is refused.

Without Redis nothing starts: rows only pile up in the database. Beyond a bound it is more honest
to say so than to accept what nobody knows when it will begin.
"""

from datetime import timedelta

from sqlalchemy import func, select

from igny8_flask.db import db, utcnow
from igny8_flask.errors import UnavailableError
from igny8_flask.leases import WORK, WorkRow, for_workers
from igny8_flask.models import WorkState
from igny8_flask.services import current
from igny8_flask.tenants import every_tenant

MAX_WAITING = 10_000
MAX_AGE = timedelta(minutes=15)
ASK_AGAIN_S = 60


def refuse_beyond_bound() -> None:
    """Raise UnavailableError ``busy`` while Redis is away and too much waits, or for too long."""
    if not current().cache.is_away():
        return
    with every_tenant():  # all sites share one backlog
        models = WORK.values()
        is_beyond = sum(map(_waiting, models)) >= MAX_WAITING or any(map(_waits_long, models))
    if is_beyond:
        words = "Too much work is waiting for a part of this service to come back."
        raise UnavailableError(words, "busy", retry_after_s=ASK_AGAIN_S)


def _waiting(model: WorkRow) -> int:
    rows = select(model.id).where(model.state == WorkState.PENDING, for_workers(model))
    counted = select(func.count()).select_from(rows.limit(MAX_WAITING).subquery())
    return db.session.scalar(counted) or 0


def _waits_long(model: WorkRow) -> bool:
    limit = utcnow() - MAX_AGE
    due = model.not_before.is_(None) | (model.not_before < limit)
    oldest = select(model.id).where(
        model.state == WorkState.PENDING, due, model.updated_at < limit, for_workers(model)
    )
    return db.session.scalar(oldest.limit(1)) is not None
