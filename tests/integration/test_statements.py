"""How often work asks the database: each statement costs a worker as much as a page of parsing.

The bounds are what the work needs; whoever adds a statement finds out here, and says why.
"""

import threading

import pytest
from flask import Flask

from igny8_flask import runs
from igny8_flask.models import Site, WorkState
from tests.factories import make_task
from tests.integration.jobs_by_hand import admit_all, execute, reload, submit_article
from tests.statements import asked
from workers.dispatcher import Dispatcher

pytestmark = pytest.mark.redis


def test_an_article_asks_the_database_at_most_33_times(site: Site) -> None:
    """Claim, settings, checks, prompt, one paid call with its caps, article and end."""
    submit_article(site)
    execute(admit_all()[0])  # learns which models there are, once a day
    submit_article(site)
    (ticket,) = admit_all()
    statements, commits = asked(lambda: execute(ticket))
    assert reload(ticket).state is WorkState.SUCCESS
    assert len(statements) <= 33, "\n".join(statements)
    assert commits <= 11
    writes = [one for one in statements if one.startswith("UPDATE ai_task_log")]
    assert len(writes) == 6  # claimed, four phases that follow INIT, done


def test_all_counters_of_a_call_are_held_by_one_statement(site: Site) -> None:
    submit_article(site)
    (ticket,) = admit_all()
    statements, _ = asked(lambda: execute(ticket))
    assert sum(one.startswith("INSERT INTO budget_counter") for one in statements) == 1
    assert sum(one.startswith("UPDATE budget_counter") for one in statements) == 1


def test_a_pass_of_the_dispatcher_that_finds_nothing_asks_five_times(
    app: Flask, redis_url: str, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each bell makes a pass: at full load thirty a second, beside the workers."""
    monkeypatch.setattr("workers.dispatcher.LOOK_S", 60.0)  # however slow this machine is
    monkeypatch.setattr("workers.dispatcher.SWEEP_S", 60.0)
    dispatcher = Dispatcher(app, redis_url, threading.Event())
    dispatcher.run_pass()  # sweeps, and looks around, as it does now and then
    statements, _ = asked(dispatcher.run_pass)
    assert len(statements) <= 5, "\n".join(statements)


def test_a_click_is_accepted_by_ten_statements_and_one_commit(site: Site) -> None:
    """Settings, checks, the run, its task; the key and the answer come on top."""
    task = make_task(site, title="How to prune an apple tree", word_count=300)
    choices = {"images": False, "publish": False}
    statements, commits = asked(lambda: runs.submit(site, "generate_content", [task.id], choices))
    assert len(statements) <= 10, "\n".join(statements)
    assert commits == 1
