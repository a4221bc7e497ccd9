"""``flask queue``: what waits, what is in work, and who works."""

import time
from collections.abc import Iterator

import click
from flask.cli import with_appcontext
from redis.exceptions import RedisError
from sqlalchemy import func, select

from igny8_flask import reconciliation
from igny8_flask.cli.failing import in_words
from igny8_flask.db import db, utcnow
from igny8_flask.leases import WORK
from igny8_flask.models import Site, WorkState
from igny8_flask.queue import JobQueue
from igny8_flask.services import current

LIVE = (WorkState.PENDING, WorkState.PAUSED, WorkState.QUEUED, WorkState.RUNNING)


@click.group(name="queue")
def queue_commands() -> None:
    """The queue of runs and deliveries."""


@queue_commands.command()
@with_appcontext
@in_words
def show() -> None:
    """Show live work by site and state, what Redis holds, and the age of the dispatcher."""
    for kind, model in WORK.items():
        rows = db.session.execute(
            select(Site.url, model.state, func.count(), func.min(model.created_at))
            .join(Site, Site.id == model.site_id)
            .where(model.state.in_(LIVE), model.is_batch.is_(False))
            .group_by(Site.url, model.state)
            .order_by(Site.url)
        )
        for url, state, count, oldest in rows:
            minutes = (utcnow() - oldest).total_seconds() / 60
            click.echo(f"{kind}\t{url}\t{state.value}\t{count}\toldest {minutes:.0f} min")
    cache = current().cache
    try:
        queue = JobQueue("", cache.redis)
        click.echo(f"Redis holds {queue.depth()} job(s); {queue.workers()} worker(s) live.")
        for words in disagreements(queue):
            click.echo(words)
    except RedisError:
        click.echo("Redis does not answer: work waits until it is back.")
    seen = cache.dispatcher()
    age = "was not seen" if seen is None else f"made a pass {time.time() - seen.at:.1f} s ago"
    click.echo(f"The dispatcher {age}.")


def disagreements(queue: JobQueue) -> Iterator[str]:
    """Where RQ's books and the database differ, in words; raises RedisError."""
    if lost := len(reconciliation.lost(queue)):
        yield f"{lost} queued row(s) are unknown to Redis: the dispatcher sends them again."
    if stray := len(reconciliation.strays(queue.started())):
        yield f"RQ takes {stray} job(s) for running that the database does not: they step aside."
    if left := len(reconciliation.strays(queue.unattended())):
        yield f"RQ keeps {left} job(s) that belong to no run: the dispatcher strikes them out."
