"""The dispatcher: fair, complete, and indifferent to a Redis that forgets."""

import threading
from datetime import timedelta

import pytest
from flask import Flask

from igny8_flask.db import db, utcnow
from igny8_flask.leases import Ticket
from igny8_flask.models import AITaskLog, Site, WorkState
from igny8_flask.queue import JobQueue
from igny8_flask.services import current
from tests.factories import make_site
from tests.integration.jobs_by_hand import reload, submit_article
from workers.dispatcher import Dispatcher


@pytest.fixture
def dispatcher(app: Flask, redis_url: str) -> Dispatcher:
    return Dispatcher(app, redis_url, threading.Event())


@pytest.fixture
def queue(redis_url: str) -> JobQueue:
    return JobQueue(redis_url)


def test_due_rows_become_jobs_once(dispatcher: Dispatcher, queue: JobQueue, site: Site) -> None:
    run = submit_article(site)
    assert dispatcher.run_pass() == 1
    assert dispatcher.run_pass() == 0
    assert queue.held() == {f"{run.id}-1"}


def test_job_arguments_are_ids_only(dispatcher: Dispatcher, queue: JobQueue, site: Site) -> None:
    run = submit_article(site)
    dispatcher.run_pass()
    (job,) = queue.rq.get_jobs()
    assert job.args == [str(run.id), 1]
    assert job.func_name == "workers.tasks.run_ai_task"


def test_a_flood_of_one_site_does_not_delay_another(
    dispatcher: Dispatcher, queue: JobQueue, site: Site
) -> None:
    for _ in range(40):
        submit_article(site)
    late = submit_article(make_site().site)
    slots = current().settings.site_slots
    assert dispatcher.run_pass() == slots + 1
    assert f"{late.id}-1" in queue.held()


def test_a_job_that_redis_lost_is_sent_again(
    dispatcher: Dispatcher, queue: JobQueue, site: Site
) -> None:
    run = submit_article(site)
    dispatcher.run_pass()
    queue.rq.connection.flushall()
    row = reload(Ticket(AITaskLog, run.id, 1))
    row.queued_at = utcnow() - timedelta(minutes=5)
    db.session.commit()
    dispatcher.run_pass()
    assert queue.held() == {f"{run.id}-2"}


def test_a_job_that_only_waits_is_not_sent_twice(
    dispatcher: Dispatcher, queue: JobQueue, site: Site
) -> None:
    run = submit_article(site)
    dispatcher.run_pass()
    row = reload(Ticket(AITaskLog, run.id, 1))
    row.queued_at = utcnow() - timedelta(minutes=5)
    db.session.commit()
    dispatcher.run_pass()
    assert queue.held() == {f"{run.id}-1"}


def test_without_redis_rows_stay_pending(app: Flask, site: Site) -> None:
    run = submit_article(site)
    away = Dispatcher(app, "redis://127.0.0.1:1/0", threading.Event())
    current().cache.redis.connection_pool.connection_kwargs["port"] = 1
    current().cache.redis.connection_pool.disconnect()
    assert away.run_pass() == 0
    assert reload(Ticket(AITaskLog, run.id, 0)).state is WorkState.PENDING


def test_two_dispatchers_send_a_row_once(
    app: Flask, redis_url: str, queue: JobQueue, site: Site
) -> None:
    for _ in range(2):
        submit_article(site)
    pair = [Dispatcher(app, redis_url, threading.Event()) for _ in range(2)]
    assert sum(one.run_pass() for one in pair) == 2
    assert queue.depth() == 2
