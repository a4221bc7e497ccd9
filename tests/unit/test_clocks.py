"""Hosts whose clocks differ agree on leases, because the database's clock counts."""

import time
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from igny8_flask import clocks, jobs, leases, recovery
from igny8_flask import db as database
from igny8_flask.cli import install_commands
from igny8_flask.db import db
from igny8_flask.leases import Ticket, admit, claim
from igny8_flask.models import AITaskLog, WorkState
from igny8_flask.recovery import reclaim_expired
from tests.factories import app_on, make_site

LEASE_S = 60


@pytest.fixture
def postgres_app(postgres_url):
    with app_on(postgres_url) as app:
        yield app


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


def doctor_of(app, monkeypatch, minutes=0):
    """What the doctor says of clocks on a host whose own is so many minutes ahead."""
    shifted = SimpleNamespace(time=lambda: time.time() + 60 * minutes)
    monkeypatch.setattr(clocks, "time", shifted)
    install_commands(app)
    lines = app.test_cli_runner().invoke(args=["doctor"]).output.splitlines()
    return [line for line in lines if "\tclock\t" in line]


@pytest.mark.parametrize("minutes", [-10, 10])
def test_the_doctor_says_how_far_the_database_is_off(postgres_app, monkeypatch, minutes):
    (line,) = doctor_of(postgres_app, monkeypatch, minutes)
    way = "behind" if minutes > 0 else "ahead of"
    assert line.startswith(f"warning\tclock\tThe clock of the database is 10 min {way} this host's")
    assert "timedatectl set-ntp true" in line


def test_the_doctor_agrees_with_a_database_whose_clock_is_right(postgres_app, monkeypatch):
    (line,) = doctor_of(postgres_app, monkeypatch)
    assert line.startswith("ok\tclock\tThis host, the database agree within 0.")


def test_the_doctor_repeats_what_a_sites_test_said_of_its_clock(app, monkeypatch):
    site = make_site().site
    told = {"name": "clock", "ok": False, "message": "Ten minutes behind.", "fix": "Use NTP."}
    site.connection = {"mode": "push", "checks": [told]}
    db.session.commit()
    warned, agreed = doctor_of(app, monkeypatch)
    assert warned == f"warning\tclock\t{site.url}: Ten minutes behind. Use NTP."
    assert agreed.startswith("ok")
