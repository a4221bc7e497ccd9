"""The operator's commands for queues, deliveries, keys that change and rows that grow old."""

import base64
import json
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from igny8_flask import rotation
from igny8_flask.cli import install_commands
from igny8_flask.crypto import SecretBox
from igny8_flask.db import db, id_at, utcnow
from igny8_flask.models import (
    AITaskLog,
    CallState,
    Delivery,
    IntegrationSettings,
    PaidCall,
    Site,
    WorkState,
)
from igny8_flask.services import EXTENSION, current
from tests.factories import make_content, make_settings, make_site

NEW_KEY = base64.b64encode(bytes(range(32))).decode()


@pytest.fixture
def run(app):
    install_commands(app)
    runner = app.test_cli_runner()
    return lambda *args, **more: runner.invoke(args=args, **more)


def make_delivery(site, **columns):
    delivery = Delivery(
        account_id=site.account_id,
        site_id=site.id,
        content_id=make_content(site).id,
        work_key=f"publish {columns}",
        **columns,
    )
    db.session.add(delivery)
    db.session.commit()
    return delivery


def test_deliveries_can_be_listed_shown_cancelled_and_sent_again(run):
    site = make_site().site
    delivery = make_delivery(site)
    assert str(delivery.id) in run("deliveries", "list", "--site", site.url).output
    assert "cancelled" in run("deliveries", "cancel", str(delivery.id)).output
    assert str(delivery.id) not in run("deliveries", "list", "--state", "pending").output
    assert "pending" in run("deliveries", "retry", str(delivery.id)).output
    assert run("deliveries", "retry", str(delivery.id)).exit_code == 1
    shown = json.loads(run("deliveries", "show", str(delivery.id)).output)
    assert (shown["state"], shown["receipt"]) == ("PENDING", None)


def test_the_queue_is_shown_by_site_also_without_redis(run):
    site = make_site().site
    make_delivery(site)
    make_delivery(site, state=WorkState.RUNNING)
    shown = run("queue", "show").output
    assert f"delivery\t{site.url}\tpending\t1" in shown
    assert f"delivery\t{site.url}\trunning\t1" in shown
    assert "Redis does not answer" in shown


@pytest.fixture
def two_keys(app, monkeypatch):
    """A new first key beside the old one."""
    old = make_settings().keys
    settings = make_settings(IGNY8_KEYS=f"new:{NEW_KEY}")
    ring = {**settings.keys, **old}
    changed = replace(current(), secrets=SecretBox(ring))

    def switch():
        monkeypatch.setitem(app.extensions, EXTENSION, changed)

    return switch


def seal_secrets(site):
    for column in ("wp_password_sealed", "webhook_secret_sealed"):
        setattr(site, column, current().secrets.seal(column, site.seal_context(column)))
    own = IntegrationSettings(
        account_id=site.account_id, site_id=site.id, integration_type="openai"
    )
    db.session.add(own)
    db.session.flush()
    own.secret_sealed = current().secrets.seal("sk-own", own.seal_context())
    db.session.commit()


def test_every_sealed_column_of_the_models_is_rotated(run, two_keys):
    site = make_site().site
    seal_secrets(site)
    two_keys()
    assert "key test\t3" in run("secrets", "rotate", "--check").output
    assert "key new\t3" in run("secrets", "rotate").output
    assert "0 sealed anew" in run("secrets", "rotate").output
    db.session.expire_all()
    context = site.seal_context("wp_password_sealed")
    assert current().secrets.open(site.wp_password_sealed, context) == "wp_password_sealed"
    columns = {
        f"{table.name}.{column.name}"
        for table in db.metadata.sorted_tables
        for column in table.c
        if column.name.endswith("_sealed")
    }
    seen = {f"{c.class_.__tablename__}.{c.key}" for c, *_ in rotation._sealed()}
    assert seen == columns


def test_a_stopped_rotation_goes_on_where_it_stopped(run, two_keys, monkeypatch):
    for _ in range(2):
        seal_secrets(make_site().site)
    two_keys()
    broken = db.session.scalars(select(Site).order_by(Site.id.desc())).first()
    kept, broken.wp_password_sealed = broken.wp_password_sealed, "v1.test.AAAA.AAAA"
    db.session.commit()
    assert run("secrets", "rotate").exit_code == 1
    done = rotation.key_ids()["new"]
    assert 0 < done < 6
    broken.wp_password_sealed = kept
    db.session.commit()
    assert f"{6 - done} sealed anew" in run("secrets", "rotate").output


def make_old_run(site, days, state):
    at = utcnow() - timedelta(days=days)
    old = AITaskLog(
        id=id_at(at),
        account_id=site.account_id,
        site_id=site.id,
        function_name="generate_content",
        work_key=f"{days} {state}",
        state=state,
        finished_at=at if state.is_final else None,
        request_steps=[{"stepName": "PREP"}],
    )
    db.session.add(old)
    db.session.flush()
    call = PaidCall(
        id=id_at(at),
        account_id=site.account_id,
        site_id=site.id,
        run_id=old.id,
        step="text",
        prompt_hash="0",
        model="gpt-6-luna",
        state=CallState.DONE,
        reply=b"{}",
    )
    db.session.add(call)
    db.session.commit()
    return old.id, call.id


def test_old_rows_are_forgotten_only_when_asked_and_never_of_unfinished_work(run):
    site = make_site().site
    old, old_call = make_old_run(site, 400, WorkState.SUCCESS)
    live, live_call = make_old_run(site, 401, WorkState.PENDING)
    fresh, fresh_call = make_old_run(site, 5, WorkState.FAILURE)
    assert "replies\t1" in run("retention", "run").output
    assert db.session.get(PaidCall, old_call).reply == b"{}"
    db.session.expire_all()
    assert "run_steps\t1" in run("retention", "run", "--apply").output
    db.session.expire_all()
    replies = [db.session.get(PaidCall, one).reply for one in (old_call, live_call, fresh_call)]
    assert replies == [None, b"{}", b"{}"]
    steps = [len(db.session.get(AITaskLog, one).request_steps) for one in (old, live, fresh)]
    assert steps == [0, 1, 1]
    assert "replies\t0" in run("retention", "run").output


def test_the_doctor_names_what_is_wrong_and_fails(run):
    site = make_site().site
    seal_secrets(site)
    done = run("doctor")
    assert done.exit_code == 1
    assert "error\tdatabase\tTables are not of this release" in done.output
    assert "error\tredis\t" in done.output
    assert "ok\tsecrets\t3 sealed with key test." in done.output
    assert f"warning\tsites\t{site.url} was never tested" in done.output
