"""/metrics: true numbers, for those who may see them."""

from datetime import timedelta

import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import update

from igny8_flask import heartbeats
from igny8_flask.db import db, id_at, utcnow
from igny8_flask.models import AITaskLog, CallState, Heartbeat, PaidCall, WorkState
from tests.factories import make_settings, make_site

TOKEN = "a-token-of-the-tests-with-many-characters"


def read(answer) -> dict[tuple, float]:
    return {
        (sample.name, *sorted(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def make_run(site, number, **columns):
    run = AITaskLog(
        account_id=site.account_id,
        site_id=site.id,
        function_name="generate_content",
        work_key=f"work {number}",
        **columns,
    )
    db.session.add(run)
    db.session.flush()
    return run


def test_work_is_counted_by_state_and_its_wait_told(app, stranger):
    site = make_site().site
    make_run(site, 1, created_at=utcnow() - timedelta(seconds=90))
    make_run(site, 2, not_before=utcnow() + timedelta(hours=1))
    ended = utcnow()
    steps = [{"stepName": "PREP", "duration": 2.0}, {"stepName": "PREP", "duration": 4.0}]
    make_run(
        site,
        3,
        state=WorkState.SUCCESS,
        started_at=ended - timedelta(seconds=8),
        finished_at=ended,
        request_steps=steps,
    )
    db.session.commit()
    found = read(stranger("GET", "/metrics"))
    assert found["igny8_work", "pending", "run"] == 2
    assert found["igny8_queue_due", "run"] == 1
    assert 90 <= found["igny8_queue_oldest_seconds", "run"] < 120
    assert found["igny8_run_seconds_sum", "generate_content"] == pytest.approx(8, abs=0.01)
    assert found["igny8_step_seconds_sum", "PREP", "generate_content"] == 6
    assert found["igny8_redis_up",] == 0
    assert ("igny8_database_write_age_seconds",) not in found


def test_a_dispatcher_that_cannot_write_is_seen_by_the_age_of_its_last_write(app, stranger):
    heartbeats.beat()
    heartbeats.beat()
    assert read(stranger("GET", "/metrics"))["igny8_database_write_age_seconds",] < 5
    late = utcnow() - timedelta(minutes=2)
    db.session.execute(update(Heartbeat).values(at=late))
    db.session.commit()
    age = read(stranger("GET", "/metrics"))["igny8_database_write_age_seconds",]
    assert age == pytest.approx(120, abs=5)


def test_provider_errors_are_counted_by_code(app, stranger):
    site = make_site().site
    run = make_run(site, 1)
    old = {"id": id_at(utcnow() - timedelta(days=2))}
    for number, more in enumerate(({}, {}, old)):
        db.session.add(
            PaidCall(
                account_id=site.account_id,
                site_id=site.id,
                run_id=run.id,
                step=f"text:{number}",
                prompt_hash="0",
                model="gpt-6-luna",
                provider="openai",
                state=CallState.FAILED,
                error_code="provider_rate",
                **more,
            )
        )
    db.session.commit()
    found = read(stranger("GET", "/metrics"))
    assert found["igny8_provider_errors_hour", "openai", "provider_rate"] == 2
    assert found["igny8_paid_calls_day", "failed", "openai"] == 2


@pytest.mark.parametrize(
    ("address", "headers"),
    [
        ("192.0.2.1", {}),
        ("192.0.2.1", {"Authorization": "Bearer wrong"}),
        ("127.0.0.1", {"X-Forwarded-For": "192.0.2.1"}),
    ],
)
def test_metrics_are_closed_to_others(app, stranger, address, headers):
    where = {"REMOTE_ADDR": address}
    answer = stranger("GET", "/metrics", headers=headers, environ_overrides=where)
    assert answer.status_code == 403


def test_the_token_opens_metrics_from_elsewhere(app, stranger, monkeypatch):
    from dataclasses import replace

    from igny8_flask.services import EXTENSION, current

    settings = make_settings(IGNY8_METRICS_TOKEN=TOKEN)
    monkeypatch.setitem(app.extensions, EXTENSION, replace(current(), settings=settings))
    answer = stranger(
        "GET",
        "/metrics",
        headers={"Authorization": f"Bearer {TOKEN}"},
        environ_overrides={"REMOTE_ADDR": "192.0.2.1"},
    )
    assert answer.status_code == 200
