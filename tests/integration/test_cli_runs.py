"""The operator's commands about runs, with a worker at their side."""

import json
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import Result
from flask import Flask
from rq.registry import StartedJobRegistry
from sqlalchemy import select

from igny8_flask.cli import install_commands
from igny8_flask.db import db, utcnow
from igny8_flask.models import AITaskLog, Keyword, Site, WorkState
from igny8_flask.queue import JobQueue
from igny8_flask.services import current
from tests.factories import make_site, make_task, operating
from tests.integration.jobs_by_hand import admit_all, execute, reload, run_next, submit_article
from tests.lab.services import Sandbox

Command = Callable[..., Result]
PLAIN = ("--no-images", "--no-publish")


@pytest.fixture
def command(app: Flask) -> Command:
    install_commands(app)
    runner = app.test_cli_runner()
    return lambda *args: runner.invoke(args=args)


@contextmanager
def worker(app: Flask) -> Iterator[None]:
    """Executes whatever is due until the end of the block."""
    over = threading.Event()

    def work() -> None:
        with operating(app):
            while not over.wait(0.05):
                for ticket in admit_all():
                    execute(ticket)
                db.session.close()

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join(30)


def only_run() -> AITaskLog:
    return db.session.scalars(select(AITaskLog).execution_options(populate_existing=True)).one()


def start_article(command: Command, site: Site, *more: str) -> Result:
    task = make_task(site, title="How to prune", word_count=200)
    where = ("--site", site.url, "--ids", str(task.id))
    return command("runs", "start", "generate_content", *where, *PLAIN, *more)


def test_a_started_run_is_followed_to_its_result(app: Flask, site: Site, command: Command) -> None:
    with worker(app):
        done = start_article(command, site)
    assert done.exit_code == 0, done.output
    run_id, _, result = done.stdout.partition("\n")
    assert run_id == str(only_run().id)
    assert json.loads(result)["title"]
    assert "SUCCESS\t100 %\tDone." in done.stderr


def test_a_failure_is_the_commands_failure(
    app: Flask, site: Site, command: Command, sandbox: Sandbox
) -> None:
    sandbox.script({"fault": "auth", "times": 9, "match": {}})
    with worker(app):
        done = start_article(command, site)
    assert done.exit_code == 1
    assert "key" in done.output.lower()


def test_a_run_is_listed_shown_cancelled_and_retried(site: Site, command: Command) -> None:
    other = make_site().site
    assert start_article(command, site, "--no-wait").exit_code == 0
    run_id = str(only_run().id)
    assert run_id in command("runs", "list", "--site", site.url).output
    assert command("runs", "list", "--site", other.url).output == ""
    assert command("runs", "cancel", run_id).output.startswith("CANCELLED")
    assert run_id in command("runs", "list", "--state", "CANCELLED").output
    assert command("runs", "retry", run_id, "--no-wait").exit_code == 0
    assert run_next().state is WorkState.SUCCESS
    assert json.loads(command("runs", "show", run_id).output)["state"] == "SUCCESS"
    assert "USD" in command("runs", "list").output
    again = command("runs", "retry", run_id, "--no-wait")
    assert (again.exit_code, again.output) == (
        1,
        "Error: Only failed or cancelled work can be retried.\n",
    )


def test_a_selection_starts_a_run_of_all_it_stands_for(site: Site, command: Command) -> None:
    for number in range(3):
        db.session.add(
            Keyword(account_id=site.account_id, site_id=site.id, keyword=f"soil {number}")
        )
    db.session.commit()
    where = ("--site", site.url, "--select", "unclustered", "--no-wait")
    assert command("runs", "start", "auto_cluster", *where).exit_code == 0
    assert len(only_run().payload["ids"]) == 3


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("nothing", "--ids", "x"), "no AI function named 'nothing'"),
        (("generate_content", "--ids", "x"), "an id is not valid"),
        (("generate_content",), "Choose at least one item."),
        (("generate_content", "--select", "all"), "knows pending"),
        (("auto_cluster", "--select", "unclustered"), "no keywords without a cluster"),
    ],
)
def test_a_wrong_start_fails_in_words(
    site: Site, command: Command, args: tuple[Any, ...], words: str
) -> None:
    done = command("runs", "start", *args, "--site", site.url)
    assert done.exit_code == 1
    assert words in done.output
    assert db.session.scalars(select(AITaskLog)).all() == []


def test_the_operator_is_told_where_redis_and_the_database_differ(
    command: Command, site: Site
) -> None:
    assert "queued row(s)" not in command("queue", "show").output
    submit_article(site)
    (ticket,) = admit_all()
    row = reload(ticket)
    row.queued_at = utcnow() - timedelta(minutes=5)
    db.session.commit()
    queue = JobQueue("", current().cache.redis)
    registry = StartedJobRegistry(queue=queue.rq)
    queue.rq.connection.zadd(registry.key, {f"{uuid.uuid4()}-1:execution": time.time() + 60})
    for shown in (command("queue", "show").output, command("doctor").output):
        assert "1 queued row(s) are unknown to Redis" in shown
        assert "RQ takes 1 job(s) for running" in shown
    queue.send(ticket)
    assert "queued row(s)" not in command("queue", "show").output


def test_the_doctor_says_how_far_redis_is_off(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "ok\tclock\tThis host, Redis agree within 0." in command("doctor").output
    ahead = SimpleNamespace(time=lambda: time.time() + 600)
    monkeypatch.setattr("igny8_flask.clocks.time", ahead)
    assert "The clock of Redis is 10 min behind this host's" in command("doctor").output
