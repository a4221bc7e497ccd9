"""What a site used: runs, credits, tokens and money, by AI function."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from sqlalchemy import func, select

from igny8_flask.db import db, utcnow
from igny8_flask.models import AITaskLog


@dataclass(frozen=True)
class Usage:
    """Sums; ``cost_usd`` is None when the price of a run among them is unknown."""

    function: str
    runs: int
    credits: int
    tokens: int
    cost_usd: Decimal | None


def by_function(site_id: uuid.UUID, days: int) -> list[Usage]:
    """The sums of each AI function over the last days, batches counted by their runs."""
    run = AITaskLog
    rows = db.session.execute(
        select(
            run.function_name,
            func.count(),
            func.coalesce(func.sum(run.credits), 0),
            func.coalesce(func.sum(run.tokens), 0),
            func.sum(run.cost_usd),
            func.count().filter(run.cost_usd.is_(None), run.tokens > 0),
        )
        .where(run.site_id == site_id, run.is_batch.is_(False))
        .where(run.created_at >= utcnow() - timedelta(days=days))
        .group_by(run.function_name)
        .order_by(run.function_name)
    )
    return [
        Usage(name, runs, spent, tokens, None if unpriced else cost or Decimal(0))
        for name, runs, spent, tokens, cost, unpriced in rows
    ]


def total(functions: Sequence[Usage]) -> Usage:
    """The sum of sums."""
    costs = [usage.cost_usd for usage in functions]
    known = [cost for cost in costs if cost is not None]
    return Usage(
        "",
        sum(usage.runs for usage in functions),
        sum(usage.credits for usage in functions),
        sum(usage.tokens for usage in functions),
        sum(known, Decimal(0)) if len(known) == len(costs) else None,
    )
