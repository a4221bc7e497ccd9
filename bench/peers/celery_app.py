"""The job under Celery."""

from celery import Celery

from bench.peers.call import REDIS_URL, call

app = Celery("bench", broker=REDIS_URL)
app.conf.update(task_ignore_result=True, broker_connection_retry_on_startup=True)


@app.task
def job() -> None:
    """One call."""
    call()


def send() -> None:
    """Enqueue one."""
    job.delay()
