"""The life of a run: submitted, executed, cancelled, retried. The only writer of run states."""

import time
import uuid
from collections.abc import Callable
from typing import Any

from sqlalchemy import func, select

from igny8_flask import backlog, batches, chains, pauses, quotes, retries, site_settings
from igny8_flask.ai.engine import AIEngine
from igny8_flask.ai.registry import get_function_instance
from igny8_flask.ai.types import CallStore, ProgressState
from igny8_flask.cache import StatusBody
from igny8_flask.db import db, utcnow
from igny8_flask.errors import BudgetError, Igny8Error, LeaseLostError, NotFoundError
from igny8_flask.jobs import perform, request_cancel
from igny8_flask.leases import Lease, Ticket, move
from igny8_flask.ledger import PaidCalls, credits_for
from igny8_flask.models import Account, AITaskLog, Site, WorkState
from igny8_flask.recovery import reclaim_expired
from igny8_flask.services import current
from igny8_flask.work_status import describe as describe_work
from igny8_flask.work_status import share

RETRY_DELAYS_S = (5, 20, 60, 300, 600, 900, 1800, 3600)  # two hours of a provider that is away
SQL_PROGRESS_EVERY_S = 3.0
PROGRESS = (
    "phase",
    "percentage",
    "message",
    "current",
    "total",
    "current_item",
    "request_steps",
    "response_steps",
    "cost_usd",
    "tokens",
)


def submit(
    site: Site, function_name: str, ids: list[uuid.UUID], options: dict[str, Any]
) -> AITaskLog:
    """Write down that a function shall run; returns the run, the live one if there is one.

    Several ids of a per-item function become a batch of runs. ``options``: ``images`` and
    ``publish`` (bool) say what follows an article; the site's settings are their defaults.
    Raises InputError and NotFoundError for input that can be judged now, BudgetError above a cap,
    UnavailableError when too much waits for a Redis that is away.
    """
    fn = get_function_instance(function_name)
    metadata = fn.get_metadata()
    ids = list(dict.fromkeys(ids))
    options = {**default_options(site), **options}
    fn.validate({"site_id": site.id, "ids": ids, "options": options}, site.account)
    quotes.refuse_above_caps(site, fn.get_name(), ids, options)
    backlog.refuse_beyond_bound()
    if metadata.per_item and len(ids) > 1:
        runs = chains.add_each(site, fn.get_name(), ids, options)
        run = batches.gather(site, fn.get_name(), runs, options)
    else:
        run = chains.add(site, fn.get_name(), ids, options)
    db.session.commit()
    current().cache.ring()
    return run


def default_options(site: Site) -> dict[str, Any]:
    """What follows a run where the request does not say, by the site's settings."""
    settings = site_settings.read(site)
    images = settings["image_generation"]
    return {
        "images": bool(images["featured"] or images["in_article_images"]),
        "publish": settings["publishing"]["auto"],
    }


def execute(run_id: uuid.UUID, generation: int) -> None:
    """The job of a run: claim it, run the engine, store the outcome."""
    ticket = Ticket(AITaskLog, run_id, generation)
    perform(ticket, _execute, RETRY_DELAYS_S, chains.after_failure, _is_held)


def _is_held(run: AITaskLog, error: Igny8Error) -> bool:
    """A batch that meets a cap waits for its owner instead of failing half-way."""
    if run.batch_id is None or not isinstance(error, BudgetError):
        return False
    db.session.rollback()
    pauses.pause_batch(run.batch_id, error.message)
    return True


def _execute(run: AITaskLog, lease: Lease) -> None:
    site = db.session.get_one(Site, run.site_id)
    context = _Context(run, site, lease)
    settings = site_settings.read(site)
    payload = {
        "site_id": site.id,
        "ids": [uuid.UUID(one) for one in run.payload["ids"]],
        "options": run.payload["options"],
        "round": run.payload.get("round", 0),
        "redraw": run.payload.get("redraw", 0),
        **settings["brand"],
        **settings["image_generation"],
    }
    engine = AIEngine(current(), context, run.function_name)
    engine.execute(get_function_instance(run.function_name), payload)


class _Context:
    """What the engine may do to its run (see ``ai.types.RunContext``)."""

    def __init__(self, run: AITaskLog, site: Site, lease: Lease) -> None:
        self.account: Account = site.account
        self.site = site
        self.task_id = run.id
        self._paid = PaidCalls(run)
        self.calls: CallStore = self._paid
        db.session.expunge(run)
        self._run = run
        self._lease = lease
        self._told: tuple[str, int] = ("", -1)
        self._stored, self._stored_at = run.phase, time.monotonic()  # as the claim gave it

    def check(self) -> None:
        self._lease.check()

    def should_stop(self) -> bool:
        return self._lease.should_stop()

    def report(self, progress: ProgressState, steps: dict[str, Any]) -> None:
        self._lease.check()
        now = time.monotonic()
        told = (progress.phase, len(steps["request_steps"]) + len(steps["response_steps"]))
        values = {**vars(progress), "state": WorkState.RUNNING}
        if told != self._told:
            cost, tokens = self._paid.cost()
            values |= {**steps, "cost_usd": cost, "tokens": tokens}
        for name, value in values.items():
            setattr(self._run, name, value)
        if progress.phase != self._stored or now - self._stored_at > SQL_PROGRESS_EVERY_S:
            if not move(self._lease.ticket, (WorkState.RUNNING,), **self._progress()):
                db.session.rollback()
                raise LeaseLostError("Another worker took this over.")
            self._stored, self._stored_at = progress.phase, now
        db.session.commit()
        share(current().cache, self._run)
        self._told = told

    def _progress(self) -> dict[str, Any]:
        """What the row is to tell, with what was only shown since it was written last."""
        return {name: getattr(self._run, name) for name in PROGRESS}

    def complete(self, save: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        self._lease.check()
        saved = save()
        steps, provenance = saved.pop("steps"), saved.pop("provenance")
        cost, tokens = self._paid.cost()
        values: dict[str, Any] = {
            "state": WorkState.SUCCESS,
            "phase": "DONE",
            "percentage": 100,
            "message": "Done.",
            "lease_until": None,
            "finished_at": utcnow(),
            "result": saved,
            "cost_usd": cost,
            "tokens": tokens,
            "credits": credits_for(self._run.function_name, saved),
            "model": provenance["model"],
            "sandbox": provenance["sandbox"],
            **steps,
            **chains.follow_up(self._run, self.site, saved),
        }
        if not move(self._lease.ticket, (WorkState.RUNNING,), **values):
            db.session.rollback()
            raise LeaseLostError("Another worker took this over.")
        db.session.commit()
        current().cache.ring()
        for name, value in values.items():
            setattr(self._run, name, value)
        share(current().cache, self._run)
        return saved


def get(site_id: uuid.UUID, run_id: uuid.UUID) -> AITaskLog:
    """The run of that site; raises NotFoundError."""
    run = db.session.scalars(
        select(AITaskLog).where(AITaskLog.site_id == site_id, AITaskLog.id == run_id)
    ).first()
    if run is None:
        raise NotFoundError()
    return run


def describe(run: AITaskLog) -> dict[str, Any]:
    """The status of a run or batch as the API gives it."""
    return batches.describe(run) if run.is_batch else describe_work(run)


def read_status(site_id: uuid.UUID, run_id: uuid.UUID) -> StatusBody | None:
    """The ready status body: from the cache, else from the database; None when not that site's."""
    cached = current().cache.get_status(site_id, run_id)
    if cached is not None:
        return cached
    run = db.session.scalars(
        select(AITaskLog).where(AITaskLog.site_id == site_id, AITaskLog.id == run_id)
    ).first()
    if run is None:
        return None
    return StatusBody.of(describe(run)) if run.is_batch else share(current().cache, run)


def cancel(site: Site, run_id: uuid.UUID) -> AITaskLog:
    """Stop a run or all unfinished runs of a batch; what was paid stays stored."""
    run = get(site.id, run_id)
    for one in batches.live_rows(run) if run.is_batch else [run]:
        if not one.state.is_final:
            request_cancel(one)
    return get(site.id, run_id)


def pause(site: Site, run_id: uuid.UUID) -> AITaskLog:
    """Let nothing new of a batch, or a waiting run, begin; ConflictError where nothing waits."""
    pauses.pause(get(site.id, run_id))
    return get(site.id, run_id)


def resume(site: Site, run_id: uuid.UUID) -> AITaskLog:
    """Go on with a paused batch or run."""
    pauses.resume(get(site.id, run_id))
    return get(site.id, run_id)


def retry(site: Site, run_id: uuid.UUID) -> AITaskLog:
    """Run again from the last paid step what failed, was cancelled or lacks some images."""
    retries.restart(get(site.id, run_id))
    return get(site.id, run_id)


def sweep() -> None:
    """Reclaim runs whose worker fell silent, and end batches that have nothing left to do."""
    for run_id in reclaim_expired(AITaskLog):
        chains.after_failure(run_id)
    batches.close_finished()


def count_by_state() -> dict[str, int]:
    """How many runs are in each state."""
    rows = db.session.execute(select(AITaskLog.state, func.count()).group_by(AITaskLog.state))
    return {state.value: count for state, count in rows}
