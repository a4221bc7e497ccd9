"""Hosts whose clocks differ agree on leases, because the database's clock counts."""

from datetime import UTC, datetime, timedelta

import pytest

from igny8_flask import create_app, jobs, leases, recovery
from igny8_flask import db as database
from igny8_flask.db import db
from igny8_flask.leases import Ticket, admit, claim
from igny8_flask.models import AITaskLog, WorkState
from igny8_flask.recovery import reclaim_expired
from tests.factories import make_settings, make_site, operating

LEASE_S = 60


@pytest.fixture
def postgres_app(postgres_url):
    app = create_app(make_settings(DATABASE_URL=postgres_url))
    with operating(app):
        db.create_all()
        yield app
        db.session.remove()
        db.drop_all()
        db.engine.dispose()


@pytest.mark.parametrize("minutes", [-10, 10])
def test_a_host_with_a_wrong_clock_keeps_its_work(postgres_app, monkeypatch, minutes):
    wrong = timedelta(minutes=minutes)
    site = make_site().site
    run = AITaskLog(
        account_id=site.account_id, site_id=site.id, function_name="generate_content", work_key="w"
    )
    db.session.add(run)
    db.session.commit()
    with monkeypatch.context() as host:
        for module in (database, jobs, recovery):
            host.setattr(module, "utcnow", lambda: datetime.now(UTC) + wrong)
        (ticket,) = admit(AITaskLog, site_slots=3, room=10)
        assert claim(ticket, LEASE_S)
    row = db.session.get_one(AITaskLog, run.id, populate_existing=True)
    left = row.lease_until - datetime.now(UTC)
    assert timedelta(0) < left <= timedelta(seconds=LEASE_S)
    assert reclaim_expired(AITaskLog) == []
    assert leases.move(Ticket(AITaskLog, run.id, 1), (WorkState.RUNNING,), message="still mine")
