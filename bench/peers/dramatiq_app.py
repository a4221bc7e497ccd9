"""The job under Dramatiq."""

import dramatiq
from dramatiq.brokers.redis import RedisBroker

from bench.peers.call import REDIS_URL, call

dramatiq.set_broker(RedisBroker(url=REDIS_URL))


@dramatiq.actor
def job() -> None:
    """One call."""
    call()


def send() -> None:
    """Enqueue one."""
    job.send()
