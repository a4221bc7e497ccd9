"""The threading worker: many I/O-bound jobs at once in one process.

Kept from RQ: the queue, executions, heartbeats and registries. Given up: a hard kill of one job
(its own deadlines and its lease bound it instead) and isolation of a crash to one job.
What a long life leaves in memory is bounded by its end: after enough jobs, or above enough
memory, a worker takes nothing new, finishes what it holds and goes; a fresh one is started at once.
"""

import ctypes
import os
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
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


STATM = Path("/proc/self/statm")  # of Linux; elsewhere only jobs are counted


def resident_mb() -> float:
    """How much memory this process holds now, what it shares with its parent included."""
    if not STATM.exists():
        return 0.0
    pages = int(STATM.read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


@dataclass(frozen=True)
class Wear:
    """After how many jobs or MB a worker makes room for a fresh one; 0 = never."""

    jobs: int = 0
    mb: int = 0

    def reached(self, jobs: int) -> bool:
        """Whether it is time; never before the first job, so that any cap lets work go on."""
        if not jobs:
            return False
        return 0 < self.jobs <= jobs or 0 < self.mb <= resident_mb()


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

    def __init__(
        self,
        *args: Any,
        slots: int,
        wear: Wear = Wear(),
        on_retire: Callable[[], None] = lambda: None,
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        self._wear, self._on_retire, self._taken = wear, on_retire, 0
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
        """Pop only with a free slot in hand, and while not worn out."""
        if self._wear.reached(self._taken):
            self._retire()
            return None
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

    def _retire(self) -> None:
        log.info("worker_retires", jobs=self._taken, mb=round(resident_mb()))
        self._stop_requested = True
        self._on_retire()

    def execute_job(self, job: Job, queue: Queue) -> None:
        """Hand a job to the pool; the slot is held until it ends."""
        self._taken += 1
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


def make_thread_worker(
    redis_url: str,
    slots: int,
    wear: Wear = Wear(),
    on_retire: Callable[[], None] = lambda: None,
) -> ThreadWorker:
    """A worker that runs up to ``slots`` jobs at once; ``on_retire`` is called when it is worn."""
    connection = Redis.from_url(redis_url, max_connections=slots + 10)
    return ThreadWorker(
        [queue_of(connection)],
        slots=slots,
        wear=wear,
        on_retire=on_retire,
        connection=connection,
        serializer=JSONSerializer,
        maintenance_interval=MAINTENANCE_S,
        job_monitoring_interval=MONITORING_S,
        log_job_description=False,
    )
