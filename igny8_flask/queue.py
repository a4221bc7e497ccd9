"""The RQ side of the house for everybody but the workers: one queue, ids as arguments."""

import time
from dataclasses import dataclass

from redis import Redis
from rq import Queue
from rq.exceptions import DuplicateJobError, NoSuchJobError
from rq.job import Job
from rq.registry import (
    BaseRegistry,
    DeferredJobRegistry,
    FailedJobRegistry,
    ScheduledJobRegistry,
    StartedJobRegistry,
)
from rq.serializers import JSONSerializer

from igny8_flask.cache import connect
from igny8_flask.leases import Ticket
from igny8_flask.models import AITaskLog

QUEUE_NAME = "igny8"
JOB_TIMEOUT_S = 3600
RESULT_TTL_S = 60
FAILURE_TTL_S = 86_400
RUN_JOB = "workers.tasks.run_ai_task"
WORKERS = f"rq:workers:{QUEUE_NAME}"
DELIVERY_JOB = "workers.tasks.publish"
RESTING = (FailedJobRegistry, DeferredJobRegistry, ScheduledJobRegistry)
UNVOUCHED_S = 60  # so long after a worker's last word its job is taken for left alone


@dataclass(frozen=True)
class Booking:
    """A line in one of RQ's registries: its key, the line itself, and the job it is about."""

    key: str
    line: bytes
    job_id: str


class JobQueue:
    """The one queue. RQ only carries ids to workers; the rows say what is to be done."""

    def __init__(self, redis_url: str, connection: Redis | None = None) -> None:
        self.rq = Queue(
            QUEUE_NAME, connection=connection or connect(redis_url), serializer=JSONSerializer
        )

    def send(self, ticket: Ticket) -> None:
        """Enqueue a ticket; sending it twice is the same as once. Raises RedisError."""
        job = RUN_JOB if ticket.model is AITaskLog else DELIVERY_JOB
        try:
            self.rq.enqueue_call(
                job,
                args=(str(ticket.id), ticket.generation),
                job_id=ticket.job_id,
                unique=True,
                timeout=JOB_TIMEOUT_S,
                result_ttl=RESULT_TTL_S,
                failure_ttl=FAILURE_TTL_S,
                description=f"{job} {ticket.job_id}",
            )
        except DuplicateJobError:
            return

    def held(self) -> set[str]:
        """Ids of all jobs that wait on the list."""
        names = self.rq.connection.lrange(self.rq.key, 0, -1)
        return {name.decode() for name in names if isinstance(name, bytes)}

    def started(self) -> list[Booking]:
        """All jobs that RQ takes for being in work; nothing is tidied by asking."""
        return self._bookings(StartedJobRegistry, "+inf")

    def unattended(self) -> list[Booking]:
        """What stands in RQ's registries and no worker vouches for."""
        silent = self._bookings(StartedJobRegistry, time.time() - UNVOUCHED_S)
        return silent + [line for kind in RESTING for line in self._bookings(kind, "+inf")]

    def strike_out(self, booking: Booking) -> None:
        """Take a line out of its registry, and forget its job."""
        self.rq.connection.zrem(booking.key, booking.line)
        try:
            job = Job.fetch(booking.job_id, self.rq.connection, JSONSerializer)
        except NoSuchJobError:
            return
        job.delete()

    def _bookings(self, kind: type[BaseRegistry], until: float | str) -> list[Booking]:
        """The lines of a registry that run out until then."""
        registry = kind(queue=self.rq)
        lines = self.rq.connection.zrangebyscore(registry.key, "-inf", until)
        return [
            Booking(registry.key, line, registry.parse_job_id(line.decode()))
            for line in lines
            if isinstance(line, bytes)
        ]

    def workers(self) -> int:
        """How many workers have said lately that they live; raises RedisError."""
        names = self.rq.connection.smembers(WORKERS)
        return sum(bool(self.rq.connection.exists(name)) for name in names)

    def depth(self) -> int:
        """How many jobs wait in Redis."""
        return int(self.rq.connection.llen(self.rq.key))
