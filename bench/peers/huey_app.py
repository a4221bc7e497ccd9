"""The job under Huey."""

from huey import RedisHuey

from bench.peers.call import REDIS_URL, call

huey = RedisHuey("bench", url=REDIS_URL, results=False)


@huey.task()
def job() -> None:
    """One call."""
    call()


def send() -> None:
    """Enqueue one."""
    job()
