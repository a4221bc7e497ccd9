"""The threading worker: many I/O-bound jobs at once in one process.

Kept from RQ: the queue, executions, heartbeats and registries. Given up: a hard kill of one job
(its own deadlines and its lease bound it instead) and isolation of a crash to one job.
"""

import ctypes
import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from redis import Redis
from redis.exceptions import RedisError
from rq import Queue
from rq.executions import Execution
from rq.job import Job
from rq.serializers import JSONSerializer
from rq.timeouts import BaseDeathPenalty
from rq.worker.base import BaseWorker

from igny8_flask.log import get_logger
from workers.worker import MAINTENANCE_S, MONITORING_S, SafeStop, queue_of

log = get_logger(__name__)

SLOT_WAIT_S = 1.0
M_ARENA_MAX, ARENAS = -8, 2  # the number is glibc's, see mallopt(3)
DRAIN_S = 900  # longest wait for running jobs after a stop request


def share_arenas() -> None:
    """Let all threads allocate from few arenas: glibc gives each thread one that only grows."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(M_ARENA_MAX, ARENAS)


class NoDeathPenalty(BaseDeathPenalty):
    """Signals reach the main thread only; the jobs keep their own deadlines."""

    def setup_death_penalty(self) -> None:
        """Nothing to set up."""

    def cancel_death_penalty(self) -> None:
        """Nothing to cancel."""


class ThreadWorker(SafeStop, BaseWorker):
    """Takes a job only when a slot is free, and vouches for all running ones."""

    death_penalty_class = NoDeathPenalty

    def __init__(self, *args: Any, slots: int, **options: Any) -> None:
        super().__init__(*args, **options)
        self._slots = threading.BoundedSemaphore(slots)
        self._pool = ThreadPoolExecutor(slots, thread_name_prefix="job")
        self._running: dict[str, tuple[Job, Execution]] = {}
        self._closing = threading.Event()
        self._vouching = threading.Thread(target=self._vouch, name="heartbeats", daemon=True)

    def work(self, *args: Any, **options: Any) -> bool:
        """Work until stopped, then let the running jobs finish."""
        share_arenas()
        self._vouching.start()
        return bool(super().work(*args, **options))

    def _pop(self, timeout: int | None, max_idle_time: int | None) -> tuple[Job, Queue] | None:
        """Pop only with a free slot in hand."""
        if not self._slots.acquire(timeout=SLOT_WAIT_S):
            self.heartbeat()
            return None
        try:
            found = super()._pop(timeout, max_idle_time)
        except BaseException:
            self._slots.release()
            raise
        if found is None:
            self._slots.release()
        return found

    def execute_job(self, job: Job, queue: Queue) -> None:
        """Hand a job to the pool; the slot is held until it ends."""
        execution = self.prepare_execution(job)
        self._running[execution.id] = (job, execution)
        self._pool.submit(self._perform, job, queue, execution)

    def _perform(self, job: Job, queue: Queue, execution: Execution) -> None:
        try:
            self.perform_job(job, queue, execution)
        except RedisError:
            log.warning("outcome_not_stored", job_id=job.id)
        finally:
            self._running.pop(execution.id, None)
            self._slots.release()

    def _vouch(self) -> None:
        while not self._closing.wait(self.job_monitoring_interval):
            for job, execution in list(self._running.values()):
                try:
                    self.maintain_heartbeats(job, execution)
                except RedisError:
                    log.warning("heartbeat_failed", job_id=job.id)

    def teardown(self) -> None:
        """Wait for the running jobs; what does not end in time goes on elsewhere."""
        deadline = time.monotonic() + DRAIN_S
        while self._running and time.monotonic() < deadline:
            self._closing.wait(0.2)
        self._closing.set()
        self._pool.shutdown(wait=not self._running, cancel_futures=True)
        super().teardown()  # type: ignore[no-untyped-call]
        if self._running:
            os._exit(1)


def make_thread_worker(redis_url: str, slots: int) -> ThreadWorker:
    """A worker that runs up to ``slots`` jobs at once."""
    connection = Redis.from_url(redis_url, max_connections=slots + 10)
    return ThreadWorker(
        [queue_of(connection)],
        slots=slots,
        connection=connection,
        serializer=JSONSerializer,
        maintenance_interval=MAINTENANCE_S,
        job_monitoring_interval=MONITORING_S,
        log_job_description=False,
    )
