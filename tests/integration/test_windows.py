"""Windows in which RQ alone would lose or double work; docs/operations.md lists all of them."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from igny8_flask import runs
from igny8_flask.ai.functions.generate_content import GenerateContentFunction
from igny8_flask.db import db, utcnow
from igny8_flask.models import AITaskLog, Content, Site, WorkState
from igny8_flask.queue import JobQueue
from tests.integration.jobs_by_hand import admit_all, execute, reload, submit_article
from tests.lab.services import Sandbox
from workers.dispatcher import Dispatcher


@pytest.fixture
def queue(redis_url: str) -> JobQueue:
    return JobQueue(redis_url)


def paid(sandbox: Sandbox) -> int:
    return sum(entry["billed"] for entry in sandbox.journal())


def test_a_job_that_is_sent_twice_waits_once(queue: JobQueue, site: Site) -> None:
    submit_article(site)
    (ticket,) = admit_all()
    queue.send(ticket)
    queue.send(ticket)
    assert queue.depth() == 1


def test_a_job_that_stands_on_the_list_twice_is_paid_once(site: Site, sandbox: Sandbox) -> None:
    """As after a reply to EXEC that was lost, or two cleanups of RQ at once."""
    submit_article(site)
    (ticket,) = admit_all()
    execute(ticket)
    execute(ticket)
    assert reload(ticket).state is WorkState.SUCCESS
    assert reload(ticket).attempts == 1
    assert paid(sandbox) == 1


def test_a_job_uses_nothing_of_rq_that_loses_it(queue: JobQueue, site: Site) -> None:
    submit_article(site)
    (ticket,) = admit_all()
    queue.send(ticket)
    (job,) = queue.rq.get_jobs()
    assert (job.ttl, job.retries_left, job.meta, job.dependency) == (None, None, {}, None)
    assert not job.has_rate_limit


def test_a_job_that_a_dead_worker_had_just_taken_is_sent_again(
    app: Flask, redis_url: str, queue: JobQueue, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workers.dispatcher.LOOK_S", 0.0)
    dispatcher = Dispatcher(app, redis_url, threading.Event())
    run = submit_article(site)
    dispatcher.run_pass()
    waiting = queue.rq.key
    queue.rq.connection.lmove(waiting, f"{waiting}:intermediate", "RIGHT", "LEFT")
    taken = update(AITaskLog).values(queued_at=utcnow() - timedelta(minutes=1))
    db.session.execute(taken)
    db.session.commit()
    dispatcher.run_pass()
    assert queue.held() == {f"{run.id}-2"}


def test_a_job_whose_run_was_taken_over_ends_before_it_pays(
    site: Site, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A horse outlives its worker, or a process slept: another one has the run by now."""
    submit_article(site)
    (ticket,) = admit_all()
    prepare = GenerateContentFunction.prepare

    def meanwhile(self: Any, payload: dict[str, Any], account: Any = None) -> dict[str, Any]:
        row = reload(ticket)
        row.state, row.generation = WorkState.PENDING, ticket.generation + 1
        db.session.commit()
        return prepare(self, payload, account)

    monkeypatch.setattr(GenerateContentFunction, "prepare", meanwhile)
    execute(ticket)
    left = reload(ticket)
    assert (left.state, left.generation) == (WorkState.PENDING, ticket.generation + 1)
    assert paid(sandbox) == 0
    assert db.session.scalar(select(func.count(Content.id))) == 0


def test_a_run_in_work_stops_in_the_middle_of_its_call_when_it_is_cancelled(
    site: Site, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """RQ would let it run to its end, and call it finished."""
    sandbox.pace("20")
    run = submit_article(site)
    (ticket,) = admit_all()
    build_prompt = GenerateContentFunction.build_prompt

    def meanwhile(self: Any, data: dict[str, Any], account: Any = None) -> Any:
        runs.cancel(site, run.id)
        return build_prompt(self, data, account)

    monkeypatch.setattr(GenerateContentFunction, "build_prompt", meanwhile)
    execute(ticket)
    assert reload(ticket).state is WorkState.CANCELLED
    assert db.session.scalar(select(func.count(Content.id))) == 0
