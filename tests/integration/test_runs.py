"""The life of a run, on the real provider stand-in."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import select

from igny8_flask import runs
from igny8_flask.ai.functions.generate_content import GenerateContentFunction
from igny8_flask.ai.providers import OpenAICompatText
from igny8_flask.cache import StatusBody
from igny8_flask.db import db, utcnow
from igny8_flask.errors import ConflictError, InputError, NotFoundError
from igny8_flask.models import (
    AITaskLog,
    CallState,
    Content,
    LedgerEntry,
    LedgerKind,
    PaidCall,
    Site,
    TaskStatus,
    WorkState,
)
from igny8_flask.recovery import reclaim_expired
from igny8_flask.services import current
from tests.factories import make_site, make_task
from tests.integration.jobs_by_hand import (
    abandon,
    admit_all,
    execute,
    reload,
    run_next,
    submit_article,
)
from tests.lab.services import Sandbox


class Killed(BaseException):
    """Stands for the end of a process: no handler of the product may catch it."""


@contextmanager
def killed_in(monkeypatch: pytest.MonkeyPatch, owner: type, method: str) -> Iterator[None]:
    """The process ends where ``method`` is called."""

    def end(*_: object, **__: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(owner, method, end)
        with pytest.raises(Killed):
            yield
    db.session.remove()


def paid(sandbox: Sandbox) -> int:
    return sum(entry["billed"] for entry in sandbox.journal())


def test_a_run_writes_the_article_and_books_what_it_cost(site: Site, sandbox: Sandbox) -> None:
    run = submit_article(site)
    done = run_next()

    content = db.session.scalars(select(Content)).one()
    assert done.id == run.id
    assert done.state is WorkState.SUCCESS
    assert done.percentage == 100
    assert done.sandbox
    assert done.result == {
        "content_id": str(content.id),
        "title": content.title,
        "word_count": content.word_count,
        "warnings": [],
        "incomplete": False,
    }
    assert "<script" not in content.html
    assert content.html.startswith("<p>")
    assert content.provenance["model"] == "gpt-6-luna"
    assert content.task
    assert content.task.status is TaskStatus.COMPLETED
    assert done.cost_usd
    settled = db.session.scalars(
        select(LedgerEntry.amount_usd).where(LedgerEntry.kind == LedgerKind.SETTLE)
    ).one()
    (entry,) = [e for e in sandbox.journal() if e["billed"]]
    assert settled == done.cost_usd
    assert float(settled) == pytest.approx(entry["expected_cost_usd"])


def test_reservations_are_given_back_in_full(site: Site) -> None:
    submit_article(site)
    run_next()
    movements = db.session.scalars(
        select(LedgerEntry.amount_usd).where(LedgerEntry.kind != LedgerKind.SETTLE)
    ).all()
    assert len(movements) == 2
    assert sum(amount for amount in movements if amount is not None) == 0


def test_a_second_press_returns_the_live_run(site: Site) -> None:
    task = make_task(site)
    options = {"images": False, "publish": False}
    first = runs.submit(site, "generate_content", [task.id], options)
    assert runs.submit(site, "generate_content", [task.id], options).id == first.id


def test_a_press_during_the_images_returns_the_run_they_follow(site: Site) -> None:
    first = submit_article(site, images=True)
    run_next()
    task = db.session.scalars(select(Content)).one().task
    assert task
    again = runs.submit(site, "generate_content", [task.id], {"images": True, "publish": False})
    assert again.id == first.id


def test_images_follow_the_article_and_the_delivery_follows_them(site: Site) -> None:
    submit_article(site, images=True, publish=True)
    article = run_next()
    assert isinstance(article, AITaskLog)
    images = run_next()
    assert isinstance(images, AITaskLog)
    assert article.next_id == images.id
    assert images.state is WorkState.SUCCESS
    assert images.next_kind == "delivery"
    (image,) = db.session.scalars(select(Content)).one().images
    assert image.sha256
    assert image.alt


def test_a_job_of_an_older_dispatch_steps_aside(site: Site, sandbox: Sandbox) -> None:
    submit_article(site)
    (ticket,) = admit_all()
    runs.execute(ticket.id, ticket.generation - 1)
    assert reload(ticket).state is WorkState.QUEUED
    assert paid(sandbox) == 0


def test_a_worker_killed_after_the_paid_call_costs_nothing_more(
    site: Site, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    submit_article(site)
    (ticket,) = admit_all()
    with killed_in(monkeypatch, GenerateContentFunction, "save_output"):
        execute(ticket)
    abandon(ticket)
    reclaim_expired(AITaskLog)
    done = run_next()
    assert done.state is WorkState.SUCCESS
    assert done.crashes == 0
    assert paid(sandbox) == 1
    assert "already paid" in str(done.request_steps)


def test_a_call_in_the_air_at_the_kill_is_told_by_the_ledger(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    submit_article(site)
    (ticket,) = admit_all()
    with killed_in(monkeypatch, OpenAICompatText, "complete"):
        execute(ticket)
    abandon(ticket)
    reclaim_expired(AITaskLog)
    assert run_next().state is WorkState.SUCCESS
    states = db.session.scalars(select(PaidCall.state).order_by(PaidCall.attempt)).all()
    assert states == [CallState.UNKNOWN, CallState.DONE]
    reasons = db.session.scalars(select(LedgerEntry.reason)).all()
    assert any("may have billed" in reason for reason in reasons)


def test_three_dead_workers_quarantine_a_run(site: Site) -> None:
    submit_article(site)
    for _ in range(3):
        (ticket,) = admit_all()
        row = reload(ticket)
        row.state = WorkState.RUNNING
        db.session.commit()
        abandon(ticket)
        runs.sweep()
    poisoned = db.session.get_one(AITaskLog, ticket.id, populate_existing=True)
    assert poisoned.state is WorkState.FAILURE
    assert poisoned.error_code == "poison"
    assert admit_all() == []


def test_a_death_after_progress_is_not_counted_as_poison(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    submit_article(site)
    deaths = []
    for method, owner in [
        ("complete", OpenAICompatText),
        ("complete", OpenAICompatText),
        ("save_output", GenerateContentFunction),  # after the reply was paid for and stored
        ("save_output", GenerateContentFunction),
        ("save_output", GenerateContentFunction),
        ("save_output", GenerateContentFunction),
    ]:
        (ticket,) = admit_all()
        with killed_in(monkeypatch, owner, method):
            execute(ticket)
        abandon(ticket)
        runs.sweep()
        row = reload(ticket)
        deaths.append((row.crashes, row.attempts, row.state.value))
    assert deaths == [
        (1, 1, "pending"),
        (2, 2, "pending"),
        (0, 0, "pending"),
        (1, 1, "pending"),
        (2, 2, "pending"),
        (3, 3, "failure"),
    ]


def test_a_refused_key_fails_with_the_setting_to_change(site: Site, sandbox: Sandbox) -> None:
    sandbox.script({"match": {"path": "/v1/chat/completions"}, "fault": "auth", "times": 9})
    submit_article(site)
    failed = run_next()
    assert failed.state is WorkState.FAILURE
    assert failed.error_code == "provider_auth"
    assert "key" in str(failed.error).lower()
    assert len(sandbox.journal()) == 1


def test_a_busy_provider_is_called_by_nobody_before_its_time(site: Site, sandbox: Sandbox) -> None:
    sandbox.script({"fault": "rate_limit", "times": 1, "args": {"retry_after": 45}, "match": {}})
    submit_article(site)
    (told,) = admit_all()
    submit_article(site)
    execute(told)
    neighbour = run_next()
    for waiting in (reload(told), neighbour):
        assert waiting.state is WorkState.PENDING
        assert waiting.not_before
        assert waiting.not_before > utcnow() + timedelta(seconds=40)
        assert waiting.attempts == int(waiting.id == told.id)  # who made no call lost no attempt
    assert neighbour.error_code == "provider_waiting"
    assert len(sandbox.journal()) == 1
    assert admit_all() == []
    _let_the_wait_pass()
    assert run_next().state is WorkState.SUCCESS


def _let_the_wait_pass() -> None:
    redis = current().cache.redis
    for name in [*redis.scan_iter("igny8:open:*"), *redis.scan_iter("igny8:probe:*")]:
        redis.delete(name)
    first = db.session.scalars(select(AITaskLog)).first()
    assert first
    first.not_before = None
    db.session.commit()


def test_a_provider_that_is_away_for_half_an_hour_costs_no_run(
    site: Site, sandbox: Sandbox
) -> None:
    sandbox.script({"fault": "overloaded_503", "times": 99, "match": {}})
    submit_article(site)
    away = timedelta(0)
    while away < timedelta(minutes=30):
        waiting = run_next()
        assert waiting.state is WorkState.PENDING
        assert waiting.not_before
        away += waiting.not_before - utcnow()
        _let_the_wait_pass()
    calls = len(sandbox.journal())
    assert calls <= away / timedelta(seconds=30)
    sandbox.reset()
    assert run_next().state is WorkState.SUCCESS


def test_a_provider_that_never_comes_back_ends_the_run(site: Site, sandbox: Sandbox) -> None:
    sandbox.script({"fault": "overloaded_503", "times": 99, "match": {}})
    submit_article(site)
    for _ in runs.RETRY_DELAYS_S:
        assert run_next().state is WorkState.PENDING
        _let_the_wait_pass()
    ended = run_next()
    assert ended.state is WorkState.FAILURE
    assert ended.error_code == "provider_transient"


def test_an_empty_balance_stops_at_once(site: Site, sandbox: Sandbox) -> None:
    sandbox.script({"fault": "quota", "times": 9, "match": {}})
    submit_article(site)
    failed = run_next()
    assert failed.state is WorkState.FAILURE
    assert failed.error_code == "provider_quota"


def test_an_unusable_answer_is_asked_for_once_more(site: Site, sandbox: Sandbox) -> None:
    sandbox.script({"fault": "refusal_text", "times": 1, "match": {}})
    sandbox.script({"fault": "empty_content", "times": 1, "match": {}})
    submit_article(site)
    first = run_next()
    assert first.error_code == "reply_refusal"
    again = runs.retry(site, first.id)
    done = run_next()
    assert done.id == again.id
    assert done.state is WorkState.SUCCESS
    assert paid(sandbox) == 3


def test_a_waiting_run_is_cancelled_at_once(site: Site, sandbox: Sandbox) -> None:
    run = submit_article(site)
    assert runs.cancel(site, run.id).state is WorkState.CANCELLED
    assert admit_all() == []
    assert paid(sandbox) == 0


def test_a_cancelled_run_can_be_started_again(site: Site) -> None:
    run = submit_article(site)
    runs.cancel(site, run.id)
    runs.retry(site, run.id)
    assert run_next().state is WorkState.SUCCESS


def test_finished_work_cannot_be_retried(site: Site) -> None:
    run = submit_article(site)
    run_next()
    with pytest.raises(ConflictError):
        runs.retry(site, run.id)


def test_several_tasks_become_one_batch(site: Site) -> None:
    tasks = [make_task(site, word_count=200) for _ in range(3)]
    options = {"images": False, "publish": False}
    batch = runs.submit(site, "generate_content", [task.id for task in tasks], options)
    assert batch.is_batch
    for ticket in admit_all():
        execute(ticket)
    runs.sweep()
    status = runs.describe(runs.get(site.id, batch.id))
    assert status["state"] == "SUCCESS"
    assert status["message"] == "3 of 3 done."
    assert status["percentage"] == 100


def test_a_foreign_task_is_not_found(site: Site) -> None:
    foreign = make_task(make_site().site)
    with pytest.raises(NotFoundError):
        runs.submit(site, "generate_content", [foreign.id], {})


def test_a_task_without_title_costs_nothing(site: Site) -> None:
    task = make_task(site, title="")
    with pytest.raises(InputError) as caught:
        runs.submit(site, "generate_content", [task.id], {})
    assert caught.value.code == "task_without_title"


def test_the_status_is_the_same_from_cache_and_database(site: Site) -> None:
    run = submit_article(site)
    run_next()
    cached = runs.read_status(site.id, run.id)
    current().cache.drop_status(run.id)
    assert cached == runs.read_status(site.id, run.id)
    assert isinstance(cached, StatusBody)


def test_another_site_reads_no_status(site: Site) -> None:
    run = submit_article(site)
    run_next()
    assert runs.read_status(make_site().site.id, run.id) is None
