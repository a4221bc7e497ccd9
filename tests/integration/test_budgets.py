"""Caps: no call is made that would pass one, however many workers there are."""

import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import func, select

from igny8_flask import budgets, runs, site_settings
from igny8_flask.ai.types import CallIntent, CallOutcome
from igny8_flask.db import db
from igny8_flask.errors import BudgetError
from igny8_flask.ledger import PaidCalls
from igny8_flask.models import AITaskLog, BudgetHold, LedgerEntry, PaidCall, Site, WorkState
from tests.conftest import machine_permitting
from tests.factories import app_on, make_site, make_task, operating
from tests.integration.jobs_by_hand import run_next, submit_article
from tests.lab.postgresql import postgresql
from tests.lab.services import Sandbox

CENT = Decimal("0.01")


def make_run(site: Site) -> AITaskLog:
    run = AITaskLog(
        account_id=site.account_id,
        site_id=site.id,
        function_name="generate_content",
        work_key=uuid.uuid4().hex,
    )
    db.session.add(run)
    db.session.commit()
    return run


def intent(step: str, estimate: Decimal | None) -> CallIntent:
    return CallIntent(step, "0" * 64, "gpt-6-luna", "sandbox", estimate)


def outcome(cost: Decimal | None) -> CallOutcome:
    return CallOutcome(b"{}", {"input": 1, "output": 1}, cost, "table", 2, None)


def cap(site: Site, scope: str, **caps: Decimal) -> None:
    if scope == "site":
        site_settings.update(site, {"budget": caps})
    else:
        site_settings.update_account(site.account, {"budget": caps})


def used(site: Site, scope: str = "site", period: str = "day") -> Decimal:
    caps = budgets.standing(site.account_id, site.id)
    return next(one for one in caps if (one.scope, one.period) == (scope, period)).used_usd


def spend_in_parallel(app: Flask, run_ids: list[uuid.UUID]) -> int:
    """Each run makes up to eight calls of a cent, all at once; returns how many were made."""

    def write(run_id: uuid.UUID) -> int:
        with operating(app):
            calls = PaidCalls(db.session.get_one(AITaskLog, run_id))
            made = 0
            for number in range(8):
                try:
                    opened = calls.intend(intent(f"text:{number}", CENT))
                except BudgetError:
                    continue
                calls.settle(opened.id, outcome(CENT))
                made += 1
            db.session.remove()
            return made

    with ThreadPoolExecutor(len(run_ids)) as pool:
        return sum(pool.map(write, run_ids))


@pytest.fixture(scope="module")
def postgres_app() -> Iterator[Flask]:
    with ExitStack() as cleanup:
        with machine_permitting():
            url = cleanup.enter_context(postgresql())
        yield cleanup.enter_context(app_on(url))


@pytest.mark.parametrize("database", ["app", "postgres_app"])
@pytest.mark.parametrize("scope", ["site", "account"])
def test_twenty_parallel_writers_cannot_pass_a_cap(
    request: pytest.FixtureRequest, database: str, scope: str
) -> None:
    app: Flask = request.getfixturevalue(database)
    with operating(app):
        site = make_site().site
        cap(site, scope, day_usd=Decimal("0.50"))
        ids = [make_run(site).id for _ in range(20)]
        assert spend_in_parallel(app, ids) == 50
        cost = select(func.sum(PaidCall.cost_usd)).where(PaidCall.site_id == site.id)
        assert db.session.scalar(cost) == Decimal("0.50")
        assert used(site, scope) == Decimal("0.50")


def test_what_a_call_did_not_cost_is_free_for_the_next(site: Site) -> None:
    cap(site, "site", month_usd=Decimal("0.05"))
    calls = PaidCalls(make_run(site))
    for number in range(4):
        opened = calls.intend(intent(f"text:{number}", Decimal("0.02")))
        calls.settle(opened.id, outcome(CENT))
    assert used(site, "site", "month") == Decimal("0.04")
    with pytest.raises(BudgetError, match=r"site's cap of \$0.0500 per month"):
        calls.intend(intent("text:4", Decimal("0.02")))
    assert db.session.scalar(select(func.count(BudgetHold.id))) == 0


def test_a_failed_call_frees_what_it_held_and_a_lost_one_does_not(site: Site) -> None:
    calls = PaidCalls(make_run(site))
    calls.fail(calls.intend(intent("text:1", CENT)).id, "provider_transient", False)
    assert used(site) == 0
    calls.fail(calls.intend(intent("text:2", CENT)).id, "provider_timeout", True)
    assert used(site) == CENT


def test_a_run_cap_counts_what_the_run_spent_before_the_cap_was_set(site: Site) -> None:
    calls = PaidCalls(make_run(site))
    calls.settle(calls.intend(intent("text:1", CENT)).id, outcome(Decimal("0.03")))
    cap(site, "site", run_usd=Decimal("0.04"))
    with pytest.raises(BudgetError, match="per run"):
        calls.intend(intent("text:2", Decimal("0.02")))
    calls.intend(intent("text:3", CENT))


def test_an_unknown_price_counts_as_a_guess_and_stays_unknown_in_the_ledger(site: Site) -> None:
    cap(site, "account", unknown_call_usd=Decimal("0.2"))
    calls = PaidCalls(make_run(site))
    calls.settle(calls.intend(intent("text:1", None)).id, outcome(None))
    entries = db.session.scalars(select(LedgerEntry)).all()
    assert [entry.amount_usd for entry in entries] == [None, None, None]
    assert "price unknown, 0.2 USD counted" in entries[0].reason
    assert {one.unpriced_usd for one in budgets.standing(site.account_id, site.id)} == {
        Decimal(0),  # of the runs, which have no cap and no counter
        Decimal("0.2"),
    }
    assert used(site) == used(site, "account", "month") == Decimal("0.2")


def test_a_request_above_the_cap_is_refused_at_once(site: Site, sandbox: Sandbox) -> None:
    cap(site, "site", day_usd=Decimal("0.000001"))
    with pytest.raises(BudgetError, match="may cost up to") as refused:
        submit_article(site)
    assert refused.value.http_status == 402
    assert db.session.scalar(select(func.count(AITaskLog.id))) == 0
    assert sandbox.journal() == []


def test_a_run_whose_cap_shrank_meanwhile_ends_before_any_call(
    site: Site, sandbox: Sandbox
) -> None:
    submit_article(site)
    cap(site, "account", month_usd=Decimal("0.000001"))
    failed = run_next()
    assert failed.state is WorkState.FAILURE
    assert failed.error_code == "budget_exceeded"
    assert "account's cap" in str(failed.error)
    assert "It starts anew at" in str(failed.error)
    assert sandbox.journal() == []


def test_images_are_held_against_the_caps_too(site: Site, sandbox: Sandbox) -> None:
    submit_article(site, images=True)
    run_next()
    article = used(site)
    cap(site, "site", day_usd=article + Decimal("0.012"))
    failed = run_next()
    assert failed.error_code == "budget_exceeded"
    assert [entry for entry in sandbox.journal() if entry["path"].endswith("generations")] == []


def test_a_finished_run_counts_exactly_what_it_cost(site: Site) -> None:
    submit_article(site, images=True)
    article, images = run_next(), run_next()
    assert isinstance(article, AITaskLog)
    assert isinstance(images, AITaskLog)
    assert article.cost_usd
    assert images.cost_usd
    assert used(site) == used(site, "account", "month") == article.cost_usd + images.cost_usd
    assert db.session.scalar(select(func.count(BudgetHold.id))) == 0


def test_a_second_press_finds_its_run_although_the_cap_is_used_up(site: Site) -> None:
    task = make_task(site, word_count=300)
    options = {"images": False, "publish": False}
    first = runs.submit(site, "generate_content", [task.id], options)
    cap(site, "site", day_usd=Decimal(0))
    assert runs.submit(site, "generate_content", [task.id], options).id == first.id


def test_a_site_does_not_spend_from_another_sites_cap(site: Site, app: Flask) -> None:
    cap(site, "site", day_usd=Decimal(0))
    neighbour = make_site(site.account).site
    PaidCalls(make_run(neighbour)).intend(intent("text:1", CENT))
    assert used(site) == 0
    assert used(neighbour) == CENT
    assert used(site, "account") == CENT
