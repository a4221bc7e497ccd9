"""RQ's books held against the database, whose word counts.

RQ keeps a list of waiting jobs and registries of started, failed, deferred and scheduled ones.
A queued row whose job stands nowhere is sent again; a job that stands in a registry while no row
is dispatched under its name belongs to nobody, and is struck out.
"""

import uuid

from sqlalchemy import select

from igny8_flask.db import db
from igny8_flask.leases import WORK, Ticket
from igny8_flask.log import get_logger
from igny8_flask.models import WorkState
from igny8_flask.queue import Booking, JobQueue
from igny8_flask.recovery import back_to_pending, stale_queued

log = get_logger(__name__)

DISPATCHED = (WorkState.QUEUED, WorkState.RUNNING)


def send_lost_again(queue: JobQueue) -> int:
    """Un-queue the rows that Redis lost, for the next admission; raises RedisError."""
    tickets = lost(queue)
    for ticket in tickets:
        log.warning("job_lost", job_id=ticket.job_id)
        back_to_pending(ticket)
    return len(tickets)


def strike_out_strays(queue: JobQueue) -> int:
    """Forget the jobs that belong to nobody; raises RedisError."""
    bookings = strays(queue.unattended())
    for booking in bookings:
        queue.strike_out(booking)
    if bookings:
        log.info("registries_cleaned", jobs=len(bookings))
    return len(bookings)


def lost(queue: JobQueue) -> list[Ticket]:
    """Rows that were queued a while ago and wait nowhere in Redis; raises RedisError."""
    tickets = [ticket for model in WORK.values() for ticket in stale_queued(model)]
    held = queue.held() if tickets else set()
    return [ticket for ticket in tickets if ticket.job_id not in held]


def strays(bookings: list[Booking]) -> list[Booking]:
    """Those of our jobs under whose name no row is queued or in work."""
    ours = [booking for booking in bookings if _is_ours(booking.job_id)]
    if not ours:
        return []
    dispatched = {
        Ticket(model, row.id, row.generation).job_id
        for model in WORK.values()
        for row in db.session.execute(
            select(model.id, model.generation).where(model.state.in_(DISPATCHED))
        )
    }
    db.session.commit()
    return [booking for booking in ours if booking.job_id not in dispatched]


def _is_ours(job_id: str) -> bool:
    """Whether it is the name of a ticket; anything else was put there by hand."""
    row_id, _, generation = job_id.rpartition("-")
    try:
        return str(uuid.UUID(row_id)) == row_id and generation.isdigit()
    except ValueError:
        return False
