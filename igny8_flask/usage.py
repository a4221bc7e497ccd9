"""What a site used: runs, credits, tokens and money, by AI function and by day."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, func, select

from igny8_flask.db import db, utcnow
from igny8_flask.models import AITaskLog


@dataclass(frozen=True)
class Usage:
    """Sums of one ``name``; ``cost_usd`` is None when the price of a run among them is unknown."""

    name: str
    runs: int
    credits: int
    tokens: int
    cost_usd: Decimal | None


def by_function(site_id: uuid.UUID, days: int) -> list[Usage]:
    """The sums of each AI function over the last days, batches counted by their runs."""
    return _sums(AITaskLog.function_name, site_id, days)


def by_day(site_id: uuid.UUID, days: int) -> list[Usage]:
    """The sums of each day (UTC, YYYY-MM-DD) on which anything ran."""
    moment: Any = AITaskLog.created_at
    if db.session.get_bind().dialect.name == "postgresql":
        moment = func.timezone("UTC", moment)
    return _sums(func.date(moment), site_id, days)


def total(parts: Sequence[Usage]) -> Usage:
    """The sum of sums."""
    known = [part.cost_usd for part in parts if part.cost_usd is not None]
    return Usage(
        "",
        sum(part.runs for part in parts),
        sum(part.credits for part in parts),
        sum(part.tokens for part in parts),
        sum(known, Decimal(0)) if len(known) == len(parts) else None,
    )


def _sums(name: ColumnElement[Any] | Any, site_id: uuid.UUID, days: int) -> list[Usage]:
    run = AITaskLog
    rows = db.session.execute(
        select(
            name,
            func.count(),
            func.coalesce(func.sum(run.credits), 0),
            func.coalesce(func.sum(run.tokens), 0),
            func.sum(run.cost_usd),
            func.count().filter(run.cost_usd.is_(None), run.tokens > 0),
        )
        .where(run.site_id == site_id, run.is_batch.is_(False))
        .where(run.created_at >= utcnow() - timedelta(days=days))
        .group_by(name)
        .order_by(name)
    )
    return [
        Usage(str(one), runs, spent, tokens, None if unpriced else cost or Decimal(0))
        for one, runs, spent, tokens, cost, unpriced in rows
    ]
