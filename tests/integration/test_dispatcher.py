"""The dispatcher: fair, complete, and indifferent to a Redis that forgets."""

import json
import threading
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event

from igny8_flask.db import db, utcnow
from igny8_flask.leases import Ticket, admit
from igny8_flask.models import AITaskLog, Site, WorkState
from igny8_flask.models.work import BULK
from igny8_flask.queue import WORKERS, JobQueue
from igny8_flask.services import current
from igny8_flask.work_status import share
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


def test_the_window_follows_the_workers_that_live(
    dispatcher: Dispatcher, queue: JobQueue, site: Site
) -> None:
    waiting = 2 * current().settings.window
    for _ in range(waiting):
        submit_article(make_site().site)
    for number in range(current().settings.window):
        name = f"rq:worker:{number}"
        queue.rq.connection.sadd(WORKERS, name)
        queue.rq.connection.set(name, "alive")
    assert dispatcher.run_pass() == waiting


def test_without_workers_the_window_is_as_set(dispatcher: Dispatcher, site: Site) -> None:
    for _ in range(current().settings.window + 3):
        submit_article(make_site().site)
    assert dispatcher.run_pass() == current().settings.window


def test_a_job_that_redis_lost_is_sent_again(
    dispatcher: Dispatcher, queue: JobQueue, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workers.dispatcher.LOOK_S", 0.0)
    run = submit_article(site)
    dispatcher.run_pass()
    queue.rq.connection.flushall()
    row = reload(Ticket(AITaskLog, run.id, 1))
    row.queued_at = utcnow() - timedelta(minutes=5)
    db.session.commit()
    dispatcher.run_pass()
    assert queue.held() == {f"{run.id}-2"}


def test_a_job_that_only_waits_is_not_sent_twice(
    dispatcher: Dispatcher, queue: JobQueue, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workers.dispatcher.LOOK_S", 0.0)
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


def test_a_single_run_goes_before_the_bulk_of_its_site(
    dispatcher: Dispatcher, queue: JobQueue, site: Site
) -> None:
    for _ in range(5):
        submit_article(site).priority = BULK
    single = submit_article(site)
    dispatcher.run_pass()
    assert f"{single.id}-1" in queue.held()


def test_a_waiting_run_is_told_its_place_and_that_nobody_works(
    dispatcher: Dispatcher, site: Site
) -> None:
    told = [json.loads(share(current().cache, submit_article(site)).body) for _ in range(3)]
    assert [status["queue_position"] for status in told] == [1, 2, 3]
    assert [status["starts_in_s"] for status in told] == [None] * 3
    assert "workers are back" in told[2]["message"]


def test_the_estimate_comes_from_what_lately_took_how_long(app: Flask, site: Site) -> None:
    for _ in range(3):
        done = submit_article(site)
        done.state, done.finished_at = WorkState.SUCCESS, utcnow()
        done.started_at = done.finished_at - timedelta(seconds=40)
    waiting = [submit_article(site) for _ in range(5)]
    db.session.commit()
    current().cache.note_dispatcher(workers=2)
    told = [json.loads(share(current().cache, run).body) for run in waiting]
    assert [status["starts_in_s"] for status in told] == [0, 0, 60, 60, 100]
    assert "Number 5" in told[4]["message"]
    assert "about 2 min" in told[4]["message"]


def test_admission_probes_an_index_per_site(app: Flask, site: Site) -> None:
    submit_article(site)
    plans = []

    def note(connection: Any, _cursor: Any, statement: str, values: Any, *_rest: Any) -> None:
        if not statement.startswith("EXPLAIN") and "FROM site JOIN ai_task_log" in " ".join(
            statement.split()
        ):
            plans.append(connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values))

    event.listen(db.engine, "before_cursor_execute", note)
    admit(AITaskLog, site_slots=3, room=10)
    event.remove(db.engine, "before_cursor_execute", note)
    steps = " ".join(str(row) for row in plans[0])
    assert "USING INDEX ix_ai_task_log_admission (site_id=? AND state=?)" in steps
    assert "SCAN ai_task_log" not in steps
