"""RQ's registries held against the database: what belongs to nobody is struck out, no more."""

import threading
import time
from datetime import timedelta

import pytest
from flask import Flask
from rq.job import Job
from rq.registry import (
    BaseRegistry,
    DeferredJobRegistry,
    FailedJobRegistry,
    ScheduledJobRegistry,
    StartedJobRegistry,
)

from igny8_flask.db import db, utcnow
from igny8_flask.leases import Ticket
from igny8_flask.models import Site, WorkState
from igny8_flask.queue import UNVOUCHED_S, JobQueue
from tests.integration.jobs_by_hand import admit_all, reload, submit_article
from workers.dispatcher import Dispatcher

RESTING = (FailedJobRegistry, DeferredJobRegistry, ScheduledJobRegistry)
LONG_AGO = -UNVOUCHED_S - 5


@pytest.fixture
def dispatcher(app: Flask, redis_url: str, monkeypatch: pytest.MonkeyPatch) -> Dispatcher:
    """One that looks and reconciles in every pass."""
    monkeypatch.setattr("workers.dispatcher.LOOK_S", 0.0)
    monkeypatch.setattr("workers.dispatcher.RECONCILE_S", 0.0)
    return Dispatcher(app, redis_url, threading.Event())


@pytest.fixture
def queue(redis_url: str) -> JobQueue:
    return JobQueue(redis_url)


def dispatched(queue: JobQueue, site: Site, state: WorkState) -> Ticket:
    """A run whose job a worker has taken from the list, in some state."""
    submit_article(site)
    (ticket,) = admit_all()
    queue.send(ticket)
    queue.rq.connection.delete(queue.rq.key)
    row = reload(ticket)
    row.state = state
    row.lease_until = utcnow() + timedelta(minutes=1)
    db.session.commit()
    return ticket


def book(queue: JobQueue, kind: type[BaseRegistry], job_id: str, seconds: float = 600) -> str:
    """Enter a job in a registry until then; returns the registry's key."""
    line = f"{job_id}:execution" if kind is StartedJobRegistry else job_id
    key = kind(queue=queue.rq).key
    queue.rq.connection.zadd(key, {line: time.time() + seconds})
    return str(key)


def is_known(queue: JobQueue, ticket: Ticket) -> bool:
    return Job.exists(ticket.job_id, queue.rq.connection)


@pytest.mark.parametrize("kind", [*RESTING, StartedJobRegistry])
@pytest.mark.parametrize("state", [WorkState.SUCCESS, WorkState.PAUSED, WorkState.FAILURE])
def test_a_job_of_no_live_run_is_struck_out_and_forgotten(
    dispatcher: Dispatcher,
    queue: JobQueue,
    site: Site,
    kind: type[BaseRegistry],
    state: WorkState,
) -> None:
    ticket = dispatched(queue, site, state)
    key = book(queue, kind, ticket.job_id, LONG_AGO if kind is StartedJobRegistry else 600)
    dispatcher.run_pass()
    assert queue.rq.connection.zcard(key) == 0
    assert not is_known(queue, ticket)
    assert reload(ticket).state is state, "the row's word counts, and stays"


def test_the_job_of_an_older_dispatch_is_struck_out_and_the_present_one_stays(
    dispatcher: Dispatcher, queue: JobQueue, site: Site
) -> None:
    older = dispatched(queue, site, WorkState.PENDING)
    key = book(queue, FailedJobRegistry, older.job_id)
    dispatcher.run_pass()
    (present,) = queue.held()
    assert present == f"{older.id}-{older.generation + 1}"
    dispatcher.run_pass()
    assert queue.rq.connection.zcard(key) == 0
    assert queue.held() == {present}


@pytest.mark.parametrize("kind", [*RESTING, StartedJobRegistry])
def test_the_job_of_a_run_in_work_stays(
    dispatcher: Dispatcher, queue: JobQueue, site: Site, kind: type[BaseRegistry]
) -> None:
    ticket = dispatched(queue, site, WorkState.RUNNING)
    key = book(queue, kind, ticket.job_id, LONG_AGO)
    dispatcher.run_pass()
    assert queue.rq.connection.zcard(key) == 1
    assert is_known(queue, ticket)


def test_what_a_worker_vouches_for_or_somebody_else_put_there_stays(
    dispatcher: Dispatcher, queue: JobQueue, site: Site
) -> None:
    ending = dispatched(queue, site, WorkState.SUCCESS)
    vouched = book(queue, StartedJobRegistry, ending.job_id, 60)
    by_hand = book(queue, FailedJobRegistry, "made-by-hand")
    dispatcher.run_pass()
    assert queue.rq.connection.zcard(vouched) == 1
    assert queue.rq.connection.zcard(by_hand) == 1
    assert is_known(queue, ending)


def test_a_queued_run_that_rq_takes_for_failed_is_sent_again(
    dispatcher: Dispatcher, queue: JobQueue, site: Site
) -> None:
    ticket = dispatched(queue, site, WorkState.QUEUED)
    book(queue, FailedJobRegistry, ticket.job_id)
    row = reload(ticket)
    row.queued_at = utcnow() - timedelta(minutes=5)
    db.session.commit()
    dispatcher.run_pass()
    assert queue.held() == {f"{ticket.id}-{ticket.generation + 1}"}
    assert not is_known(queue, ticket)
