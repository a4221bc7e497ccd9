"""What ``/metrics`` shows: read from the database and Redis at each scrape, kept nowhere.

Recent work is bounded by its ids, which grow with time, so that a scrape does not read history.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, SummaryMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.registry import Collector
from redis.exceptions import RedisError
from sqlalchemy import func, select

from igny8_flask import heartbeats
from igny8_flask.budgets import UNITS_PER_USD
from igny8_flask.db import db, id_at, utcnow
from igny8_flask.leases import WORK, for_workers
from igny8_flask.models import AITaskLog, BudgetCounter, PaidCall, WorkState
from igny8_flask.queue import JobQueue
from igny8_flask.services import current

CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
SAMPLE = 300  # finished runs whose steps are timed


def render() -> bytes:
    """All metrics in the Prometheus text format."""
    registry = CollectorRegistry()
    registry.register(_Now())
    return generate_latest(registry)


class _Now(Collector):
    """The state of things at this moment."""

    def collect(self) -> Iterator[Any]:
        now = utcnow()
        yield from _work(now)
        yield from _durations(now)
        yield from _calls(now)
        yield _spend(now)
        yield _write_age(now)
        yield from _redis(now)


def _gauge(name: str, words: str, *labels: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"igny8_{name}", words, labels=labels)


def _work(now: datetime) -> Iterator[GaugeMetricFamily]:
    by_state = _gauge("work", "Runs and deliveries by state.", "kind", "state")
    pending = _gauge("queue_due", "Rows that are due and not dispatched.", "kind")
    oldest = _gauge("queue_oldest_seconds", "Age of the oldest of them.", "kind")
    silent = _gauge("leases_expired", "Rows whose worker fell silent.", "kind")
    for kind, model in WORK.items():
        counted = select(model.state, func.count()).group_by(model.state)
        counts = {row[0]: row[1] for row in db.session.execute(counted)}
        for state in WorkState:
            by_state.add_metric([kind, state.value], counts.get(state, 0))
        arrived = model.not_before.is_(None) | (model.not_before <= now)
        is_due = (model.state == WorkState.PENDING) & arrived & for_workers(model)
        due, first = db.session.execute(
            select(func.count(), func.min(model.created_at)).where(is_due)
        ).one()
        pending.add_metric([kind], due)
        oldest.add_metric([kind], (now - first).total_seconds() if first else 0)
        expired = (
            select(func.count())
            .select_from(model)
            .where(model.state == WorkState.RUNNING, model.lease_until < now)
        )
        silent.add_metric([kind], db.session.scalar(expired) or 0)
    yield from (by_state, pending, oldest, silent)


def _durations(now: datetime) -> Iterator[SummaryMetricFamily]:
    """How long the latest runs and their steps took."""
    whole = SummaryMetricFamily(
        "igny8_run_seconds", f"Latest {SAMPLE} finished runs.", labels=["function"]
    )
    parts = SummaryMetricFamily(
        "igny8_step_seconds", "Their steps by name.", labels=["function", "step"]
    )
    run = AITaskLog
    rows = db.session.execute(
        select(
            run.function_name,
            run.started_at,
            run.finished_at,
            run.request_steps,
            run.response_steps,
        )
        .where(run.id >= id_at(now - DAY), run.state == WorkState.SUCCESS, run.is_batch.is_(False))
        .order_by(run.id.desc())
        .limit(SAMPLE)
    )
    runs: dict[str, list[float]] = defaultdict(list)
    steps: dict[tuple[str, str], list[float]] = defaultdict(list)
    for row in rows:
        if row.started_at and row.finished_at:
            runs[row.function_name].append((row.finished_at - row.started_at).total_seconds())
        for step in [*row.request_steps, *row.response_steps]:
            steps[row.function_name, step["stepName"]].append(step["duration"] or 0)
    for name, seconds in runs.items():
        whole.add_metric([name], len(seconds), sum(seconds))
    for key, seconds in steps.items():
        parts.add_metric(key, len(seconds), sum(seconds))
    yield from (whole, parts)


def _calls(now: datetime) -> Iterator[GaugeMetricFamily]:
    states = _gauge("paid_calls_day", "Paid calls of the last 24 hours.", "provider", "state")
    errors = _gauge("provider_errors_hour", "Failed calls of the last hour.", "provider", "code")
    call = PaidCall
    counted = select(call.provider, call.state, func.count())
    for provider, state, count in db.session.execute(
        counted.where(call.id >= id_at(now - DAY)).group_by(call.provider, call.state)
    ):
        states.add_metric([provider, state.value], count)
    failed = select(call.provider, call.error_code, func.count()).where(
        call.id >= id_at(now - HOUR), call.error_code.is_not(None)
    )
    for provider, code, count in db.session.execute(
        failed.group_by(call.provider, call.error_code)
    ):
        errors.add_metric([provider, str(code)], count)
    yield from (states, errors)


def _spend(now: datetime) -> GaugeMetricFamily:
    """US dollars spent or reserved today and this month (UTC), over all accounts."""
    spend = _gauge("spend_usd", "Spent or reserved, UTC periods.", "period", "priced")
    counter = BudgetCounter
    for period, which in (("day", f"{now:%Y-%m-%d}"), ("month", f"{now:%Y-%m}")):
        used, unpriced = db.session.execute(
            select(
                func.coalesce(func.sum(counter.used), 0),
                func.coalesce(func.sum(counter.unpriced), 0),
            ).where(counter.site_id.is_(None), counter.key.endswith(f":{period}:{which}"))
        ).one()
        spend.add_metric([period, "yes"], int(used - unpriced) / UNITS_PER_USD)
        spend.add_metric([period, "no"], int(unpriced) / UNITS_PER_USD)
    return spend


def _write_age(now: datetime) -> GaugeMetricFamily:
    age = _gauge("database_write_age_seconds", "Time since the dispatcher could last write.")
    last = heartbeats.last()
    if last is not None:
        age.add_metric([], (now - last).total_seconds())
    return age


def _redis(now: datetime) -> Iterator[GaugeMetricFamily]:
    """What only Redis knows; while it is away these are absent but for ``redis_up``."""
    up = _gauge("redis_up", "Whether Redis answers.")
    depth = _gauge("queue_jobs", "Jobs that wait in Redis.")
    workers = _gauge("workers", "Workers that have said lately that they live.")
    age = _gauge("dispatcher_age_seconds", "Time since the dispatcher's last pass.")
    cache = current().cache
    queue = JobQueue("", cache.redis)
    try:
        depth.add_metric([], queue.depth())
        workers.add_metric([], queue.workers())
        up.add_metric([], 1)
    except RedisError:
        up.add_metric([], 0)
    seen = cache.dispatcher()
    if seen is not None:
        age.add_metric([], now.timestamp() - seen.at)
    yield from (up, depth, workers, age)
