"""Bulk: a thousand tasks in one request, paused and resumed, stopped by money and not by half."""

from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, insert, select

from igny8_flask import chains, planning, runs, site_settings
from igny8_flask.ai.validators import MAX_TASKS
from igny8_flask.batches import close_finished
from igny8_flask.db import db
from igny8_flask.errors import ConflictError
from igny8_flask.models import AITaskLog, Content, PaidCall, Site, Task, WorkState
from igny8_flask.pauses import hold_members
from tests.factories import make_task
from tests.integration.jobs_by_hand import admit_all, execute, reload, run_next, submit_article

PLAIN = {"images": False, "publish": False}


def submit_batch(site: Site, count: int) -> AITaskLog:
    tasks = [make_task(site, word_count=300) for _ in range(count)]
    return runs.submit(site, "generate_content", [task.id for task in tasks], PLAIN)


def states(batch: AITaskLog) -> dict[str, int]:
    rows = db.session.execute(
        select(AITaskLog.state, func.count())
        .where(AITaskLog.batch_id == batch.id)
        .group_by(AITaskLog.state)
    )
    return {row[0].value: row[1] for row in rows}


def status(batch: AITaskLog) -> dict[str, Any]:
    fresh = db.session.get_one(AITaskLog, batch.id, populate_existing=True)
    return runs.describe(fresh)


def test_a_thousand_pending_tasks_become_one_batch(app: Flask, site: Site) -> None:
    values = {"account_id": site.account_id, "site_id": site.id}
    db.session.execute(
        insert(Task), [{**values, "title": f"Task {n}"} for n in range(MAX_TASKS + 5)]
    )
    db.session.commit()
    ids = planning.select_ids(site, "pending")
    batch = runs.submit(site, "generate_content", ids, PLAIN)
    told = status(batch)
    assert (told["total"], len(told["items"])) == (MAX_TASKS, MAX_TASKS)
    assert len(planning.select_ids(site, "pending")) == 5
    again = runs.submit(site, "generate_content", ids[:3], PLAIN)
    assert states(batch) == {"pending": MAX_TASKS}, "the same work is not begun twice"
    assert again.payload["ids"] == batch.payload["ids"][:3]


def test_work_that_somebody_else_begins_meanwhile_is_joined(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    tasks = [make_task(site, word_count=300) for _ in range(3)]
    live = runs.submit(site, "generate_content", [tasks[1].id], PLAIN)
    monkeypatch.setattr(chains, "_begun", lambda _site, _keys: set())  # looked a moment too early
    batch = runs.submit(site, "generate_content", [task.id for task in tasks], PLAIN)
    first, second, third = batch.payload["ids"]
    assert second == str(live.id)
    assert len({first, second, third}) == 3
    assert db.session.scalar(select(func.count(AITaskLog.id))) == 4  # three runs and the batch


def test_a_paused_batch_begins_nothing_new_and_goes_on_when_resumed(site: Site) -> None:
    batch = submit_batch(site, 4)
    first, *others = admit_all()
    runs.pause(site, batch.id)
    execute(others[0])
    assert states(batch) == {"paused": 4}, "what only waited is paused, its jobs are void"
    assert admit_all() == []
    assert status(batch)["paused"]
    assert status(batch)["message"] == "0 of 4 done. Paused."
    runs.resume(site, batch.id)
    for ticket in admit_all():
        execute(ticket)
    close_finished()
    assert status(batch)["state"] == "SUCCESS"
    assert first.generation < reload(first).generation


def test_what_comes_back_to_a_paused_batch_waits_too(site: Site) -> None:
    batch = submit_batch(site, 2)
    runs.pause(site, batch.id)
    row = db.session.scalars(select(AITaskLog).where(AITaskLog.batch_id == batch.id)).first()
    assert row
    row.state = WorkState.PENDING
    db.session.commit()
    hold_members()
    assert states(batch) == {"paused": 2}


def test_a_cap_pauses_the_batch_and_money_lets_it_go_on(site: Site) -> None:
    site_settings.update(site, {"budget": {"day_usd": Decimal("100")}})
    batch = submit_batch(site, 3)
    run_next_of(batch)
    site_settings.update(site, {"budget": {"day_usd": Decimal("0.000001")}})
    run_next_of(batch)
    assert states(batch) == {"success": 1, "paused": 2}
    told = status(batch)
    assert told["paused"]
    assert "cap" in told["message"]
    with pytest.raises(ConflictError):
        runs.pause(site, batch.id)
    site_settings.update(site, {"budget": {"day_usd": Decimal("100")}})
    runs.resume(site, batch.id)
    for ticket in admit_all():
        execute(ticket)
    close_finished()
    assert status(batch)["state"] == "SUCCESS"
    assert db.session.scalar(select(func.count(Content.id))) == 3
    assert db.session.scalar(select(func.count(PaidCall.id))) == 3


def run_next_of(batch: AITaskLog) -> None:
    """Execute one member; the others that were dispatched go back."""
    first, *others = admit_all()
    execute(first)
    for ticket in others:
        row = reload(ticket)
        if row.state is WorkState.QUEUED:
            row.state = WorkState.PENDING
    db.session.commit()


def test_a_paused_batch_can_be_cancelled(site: Site) -> None:
    batch = submit_batch(site, 3)
    runs.pause(site, batch.id)
    runs.cancel(site, batch.id)
    close_finished()
    assert states(batch) == {"cancelled": 3}
    assert status(batch)["state"] != "PROGRESS"


def test_a_single_run_is_paused_only_while_it_waits(site: Site) -> None:
    run = submit_article(site)
    runs.pause(site, run.id)
    assert admit_all() == []
    runs.resume(site, run.id)
    assert run_next().state is WorkState.SUCCESS
    with pytest.raises(ConflictError):
        runs.pause(site, run.id)
    with pytest.raises(ConflictError):
        runs.resume(site, run.id)
