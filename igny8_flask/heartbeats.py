"""A row that the dispatcher writes every few seconds: its age tells when writing fails.

A full disk, a read-only file system or a held lock leave reading intact; only this shows them.
"""

from datetime import datetime

from sqlalchemy import select

from igny8_flask.db import db, upsert, utcnow
from igny8_flask.models import Heartbeat

DISPATCHER = "dispatcher"


def beat() -> None:
    """Write that the database could be written now; commits."""
    now = utcnow()
    row = upsert(Heartbeat).values(name=DISPATCHER, at=now)
    db.session.execute(row.on_conflict_do_update(index_elements=["name"], set_={"at": now}))
    db.session.commit()


def last() -> datetime | None:
    """When the dispatcher could last write; None when it never did."""
    return db.session.scalar(select(Heartbeat.at).where(Heartbeat.name == DISPATCHER))
