"""Executing jobs in this process, as a worker would, one dispatch at a time."""

from datetime import timedelta
from typing import Any

from igny8_flask import publishing, runs
from igny8_flask.db import db, utcnow
from igny8_flask.leases import Ticket, WorkRow, admit
from igny8_flask.models import AITaskLog, Site
from tests.factories import make_task


def admit_all(model: WorkRow = AITaskLog) -> list[Ticket]:
    """Admit what is due, as the dispatcher does."""
    return admit(model, site_slots=10, room=100)


def run_next(model: WorkRow = AITaskLog) -> Any:
    """Dispatch and execute one row; returns it as it stands afterwards."""
    (ticket,) = admit_all(model)
    execute(ticket)
    return reload(ticket)


def execute(ticket: Ticket) -> None:
    """Execute a dispatched row."""
    job = runs.execute if ticket.model is AITaskLog else publishing.execute
    job(ticket.id, ticket.generation)


def reload(ticket: Ticket) -> Any:
    """The row as the database has it now."""
    return db.session.get_one(ticket.model, ticket.id, populate_existing=True)


def abandon(ticket: Ticket) -> None:
    """Let the lease of a running row run out, as when its worker was killed."""
    row = reload(ticket)
    row.lease_until = utcnow() - timedelta(seconds=1)
    db.session.commit()


def submit_article(site: Site, **options: bool) -> AITaskLog:
    """A task and the run that shall write it, nothing after it unless asked."""
    task = make_task(site, title="How to prune an apple tree", word_count=300)
    choices = {"images": False, "publish": False, **options}
    return runs.submit(site, "generate_content", [task.id], choices)
