"""The forking worker: one queue, JSON only, stops safely, and reports a dead job at once."""

import time
import uuid
from typing import Any

from redis import Redis
from rq import Queue, Worker
from rq.job import Job
from rq.serializers import JSONSerializer

from igny8_flask.leases import Ticket
from igny8_flask.log import get_logger
from igny8_flask.models import AITaskLog, Delivery
from igny8_flask.queue import QUEUE_NAME, RUN_JOB
from igny8_flask.recovery import expire
from igny8_flask.tenants import every_tenant
from workers.tasks import bound_app

log = get_logger(__name__)

BEAT_S = 1.0  # RQ waits minutes before it takes a silent worker for dead
POP_S = 3  # longest blocking pop, so that a stop request is seen soon
MAINTENANCE_S = 60
MONITORING_S = 15


class SafeStop:
    """Mixin of both workers: SIGTERM can never fall between the pop and its bookkeeping.

    RQ's own handler raises out of the blocking pop, which loses the job it is just receiving
    (rq/rq#2236); this one only sets a flag that is read between short pops.
    """

    _stop_requested: bool
    _beat_at = 0.0

    def heartbeat(self, timeout: int | None = None, pipeline: Any = None) -> None:
        """RQ's own, which comes several times a job, at most once a second."""
        if timeout is None and pipeline is None:
            if time.monotonic() - self._beat_at < BEAT_S:
                return
            self._beat_at = time.monotonic()
        super().heartbeat(timeout, pipeline=pipeline)  # type: ignore[misc]

    def _shutdown(self) -> None:
        self._stop_requested = True

    def dequeue_job_and_maintain_ttl(
        self, timeout: int | None, max_idle_time: int | None = None
    ) -> tuple[Job, Queue] | None:
        """Wait for a job in short pops until there is one or a stop was requested."""
        if timeout is None:
            return self._pop(None, max_idle_time)
        while not self._stop_requested:
            found = self._pop(min(timeout, POP_S), POP_S)
            if found is not None:
                return found
        return None

    def _pop(self, timeout: int | None, max_idle_time: int | None) -> tuple[Job, Queue] | None:
        """One blocking pop of RQ's own."""
        return super().dequeue_job_and_maintain_ttl(timeout, max_idle_time)  # type: ignore[misc,no-any-return]


class ForkWorker(SafeStop, Worker):
    """Forks a work horse per job: a crash or a runaway costs that one job."""


def queue_of(connection: Redis) -> Queue:
    """The one queue, JSON only."""
    return Queue(QUEUE_NAME, connection=connection, serializer=JSONSerializer)


def make_fork_worker(redis_url: str) -> ForkWorker:
    """A worker with the client's patient defaults for a Redis that restarts."""
    connection = Redis.from_url(redis_url)
    return ForkWorker(
        [queue_of(connection)],
        connection=connection,
        serializer=JSONSerializer,
        maintenance_interval=MAINTENANCE_S,
        job_monitoring_interval=MONITORING_S,
        log_job_description=False,
        work_horse_killed_handler=_hand_back,
    )


def _hand_back(job: Job, pid: int, status: int, _usage: Any) -> None:
    """The horse died: end its lease now instead of waiting for it."""
    row_id, generation = job.args
    model = AITaskLog if job.func_name == RUN_JOB else Delivery
    log.warning("work_horse_killed", job_id=job.id, pid=pid, status=status)
    with bound_app().app_context(), every_tenant():
        expire(Ticket(model, uuid.UUID(row_id), generation))
