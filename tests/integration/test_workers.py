"""Real worker processes of both kinds: they finish jobs, and stop or retire without losing one."""

import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from rq.worker.base import BaseWorker
from sqlalchemy import select

from igny8_flask import runs, site_settings
from igny8_flask.db import db
from igny8_flask.models import CallState, PaidCall
from tests.factories import make_content, make_settings, make_site, make_task
from tests.integration.worker_process import WorkerHost
from tests.lab.processes import wait_until
from workers.thread_worker import make_thread_worker
from workers.worker import make_fork_worker

pytestmark = pytest.mark.process
KINDS = ("fork", "threads")


@pytest.mark.parametrize("kind", KINDS)
def test_jobs_are_finished_by_a_separate_process(
    kind: str, host: Callable[..., WorkerHost]
) -> None:
    worker = host(kind)
    ids = [worker.submit(make_site().site) for _ in range(6)]
    wait_until(lambda: worker.states(ids) == {"success"}, 60, "all runs done")
    assert worker.paid() == len(ids)


@pytest.mark.parametrize("kind", KINDS)
def test_a_stopped_worker_finishes_what_it_holds_and_leaves_the_rest(
    kind: str, host: Callable[..., WorkerHost]
) -> None:
    worker = host(kind)
    worker.sandbox.pace("2.0")
    ids = [worker.submit(make_site().site) for _ in range(8)]
    wait_until(lambda: "running" in worker.states(ids), 30, "a run in work")
    worker.signal(signal.SIGTERM)
    wait_until(lambda: not worker.is_alive(), 60, "the worker is gone")
    assert worker.states(ids) <= {"success", "pending", "queued"}
    worker.start()
    wait_until(lambda: worker.states(ids) == {"success"}, 90, "the next worker does the rest")
    assert worker.paid() == len(ids)


def test_threads_share_one_process(host: Callable[..., WorkerHost]) -> None:
    worker = host("threads")
    worker.sandbox.pace("3.0")
    ids = [worker.submit(make_site().site) for _ in range(12)]
    wait_until(lambda: len(worker.busy(ids)) >= 10, 40, "ten runs at once")
    wait_until(lambda: worker.states(ids) == {"success"}, 60, "all runs done")
    assert worker.paid() == len(ids)


def test_a_worn_out_worker_finishes_its_jobs_beside_its_successor(
    host: Callable[..., WorkerHost],
) -> None:
    worker = host("threads", IGNY8_WORKER_JOBS="3")
    worker.sandbox.pace("4.0")
    ids = [worker.submit(make_site().site) for _ in range(8)]
    wait_until(lambda: len(worker.busy(ids)) == 6, 40, "two workers hold three jobs each")
    wait_until(lambda: worker.states(ids) == {"success"}, 90, "all runs done")
    assert worker.said("worker_retires") == 2
    assert worker.said("child_died") == 0
    assert worker.dispatches(ids) == {1}, "nothing was cut off"
    assert worker.paid() == len(ids)


def test_a_cap_on_memory_that_is_too_small_still_lets_work_go_on(
    host: Callable[..., WorkerHost],
) -> None:
    worker = host("threads", IGNY8_WORKER_MB="1", IGNY8_WORKER_SLOTS="1")
    ids = [worker.submit(make_site().site) for _ in range(3)]
    wait_until(lambda: worker.states(ids) == {"success"}, 60, "all runs done")
    assert worker.said("worker_retires") >= 2
    assert worker.paid() == len(ids)


def test_a_flood_of_one_site_leaves_a_worker_free_for_another(
    host: Callable[..., WorkerHost],
) -> None:
    defaults = make_settings()
    count, each = defaults.workers, defaults.site_slots
    worker = host("fork", IGNY8_WORKERS=str(count), IGNY8_SITE_SLOTS=str(each))
    worker.sandbox.pace("30")
    crowded = make_site().site
    flood = [worker.submit(crowded) for _ in range(12)]
    wait_until(lambda: len(worker.busy(flood)) == each, 40, "the flood has all that it may have")
    held = worker.busy(flood)
    single = worker.submit(make_site().site)
    wait_until(lambda: bool(worker.busy([single])), 20, "the other site's run is in work")
    assert worker.busy(flood) == held, "it waited for none of the flood to end"


@pytest.mark.parametrize("kind", KINDS)
def test_a_picture_that_was_paid_for_and_lost_is_asked_for_before_paying_again(
    kind: str, host: Callable[..., WorkerHost], tmp_path: Path
) -> None:
    site = make_site().site
    choices = {"provider": "runware", "featured": True, "in_article_images": 0}
    site_settings.update(site, {"image_generation": choices})
    task = make_task(site, title="Soil for raised beds")
    make_content(site, task_id=task.id, title="Soil", html="<h2>Why</h2><p>Roots need air.</p>")
    died = tmp_path / "died"
    worker = host(kind, "tests.integration.dies_unsaved", TEST_DIED=str(died))
    run = runs.submit(site, "generate_images", [task.id], {"publish": False})
    ids = [str(run.id)]
    wait_until(lambda: worker.states(ids) == {"success"}, 60, "the picture is drawn")
    assert died.exists()
    pictures = [one for one in worker.sandbox.journal() if "chat" not in one["path"]]
    assert sum(one["billed"] for one in pictures) == 1
    assert len(pictures) > 1, "it was asked for by its task id"
    calls = select(PaidCall.state).where(PaidCall.step.startswith("image:"))
    told = db.session.scalars(calls.order_by(PaidCall.attempt)).all()
    assert told == [CallState.UNKNOWN, CallState.DONE]


@pytest.mark.parametrize("make", [make_fork_worker, lambda url: make_thread_worker(url, 1)])
def test_a_worker_says_at_most_once_a_second_that_it_lives(
    redis_url: str, make: Callable[[str], BaseWorker], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workers.worker.BEAT_S", 60.0)
    worker = make(redis_url)
    worker.heartbeat()
    worker.connection.hset(worker.key, "last_heartbeat", "told")
    worker.heartbeat()
    assert worker.connection.hget(worker.key, "last_heartbeat") == b"told"
    worker.heartbeat(75)  # how long to wait from now on is always told
    assert worker.connection.hget(worker.key, "last_heartbeat") != b"told"
    assert worker.connection.ttl(worker.key) <= 75
