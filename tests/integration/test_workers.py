"""Real worker processes of both kinds: they finish jobs, and stop or retire without losing one."""

import signal
from collections.abc import Callable

import pytest
from rq.worker.base import BaseWorker

from tests.factories import make_site
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
    wait_until(lambda: worker.running(ids) >= 10, 40, "ten runs at once")
    wait_until(lambda: worker.states(ids) == {"success"}, 60, "all runs done")
    assert worker.paid() == len(ids)


def test_a_worn_out_worker_finishes_its_jobs_beside_its_successor(
    host: Callable[..., WorkerHost],
) -> None:
    worker = host("threads", IGNY8_WORKER_JOBS="3")
    worker.sandbox.pace("4.0")
    ids = [worker.submit(make_site().site) for _ in range(8)]
    wait_until(lambda: worker.running(ids) == 6, 40, "two workers hold three jobs each")
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
