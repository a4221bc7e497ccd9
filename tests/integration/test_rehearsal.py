"""Before the first fork the main job is played through, so that children find it prepared."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.sql.compiler import SQLCompiler

from igny8_flask.db import db
from igny8_flask.models import Account, AITaskLog, Delivery, Site, WorkState
from igny8_flask.services import current
from tests.integration.jobs_by_hand import run_next, submit_article
from tests.lab.services import Sandbox
from workers import supervisor
from workers.rehearsal import rehearse

pytestmark = pytest.mark.redis


@pytest.fixture
def prepared(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is compiled from now on."""
    seen: list[str] = []
    make: Callable[..., None] = SQLCompiler.__init__

    def note(self: SQLCompiler, *args: Any, **options: Any) -> None:
        make(self, *args, **options)
        seen.append(str(self))

    monkeypatch.setattr(SQLCompiler, "__init__", note)
    return seen


def test_a_run_after_the_rehearsal_prepares_hardly_anything(
    app: Flask, site: Site, prepared: list[str]
) -> None:
    rehearse(app)
    assert len(prepared) > 60
    submit_article(site)
    prepared.clear()
    assert run_next().state is WorkState.SUCCESS
    # the daily look at the provider's models, which the rehearsal has no list to keep for
    others = [one for one in prepared if "model_listing" not in one]
    assert len(others) <= 3, "\n".join(others)


def test_the_rehearsal_plays_to_its_end_and_leaves_nothing(
    app: Flask, site: Site, sandbox: Sandbox, caplog: pytest.LogCaptureFixture
) -> None:
    own = current()
    calls = len(sandbox.journal())
    rehearse(app)
    assert "'rehearsed'" in caplog.text
    assert "success" in caplog.text
    assert current() is own
    assert len(sandbox.journal()) == calls
    for model, count in ((Account, 1), (Site, 1), (AITaskLog, 0), (Delivery, 0)):
        assert db.session.scalar(select(func.count()).select_from(model)) == count


def test_a_rehearsal_that_fails_is_told_and_keeps_no_worker_from_work(
    app: Flask, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fall(_app: Flask) -> None:
        raise OSError("no room for a stage")

    monkeypatch.setattr(supervisor, "rehearse", fall)
    supervisor.warm_up(app, forks=True)
    assert "rehearsal_failed" in caplog.text
    assert "no room for a stage" in caplog.text
