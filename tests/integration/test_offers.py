"""Which models the provider offers: known before a run fails, and said when one does."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from igny8_flask import site_settings
from igny8_flask.ai import offers
from igny8_flask.ai.providers import OpenAICompatText, TextReply, TextRequest
from igny8_flask.cli import install_commands
from igny8_flask.db import db, utcnow
from igny8_flask.models import AITaskLog, ModelListing, PaidCall, Site, WorkState
from igny8_flask.services import current
from tests.integration.jobs_by_hand import run_next, submit_article
from tests.lab.services import Sandbox


def asked_for_models(sandbox: Sandbox) -> int:
    return sum(entry["path"] == "/v1/models" for entry in sandbox.journal())


def test_a_finished_run_reads_the_listing_once_a_day(site: Site, sandbox: Sandbox) -> None:
    for _ in range(2):
        submit_article(site)
        assert run_next().state is WorkState.SUCCESS
    assert asked_for_models(sandbox) == 1
    listing = db.session.scalars(select(ModelListing)).one()
    assert listing.models["gpt-4o"] == "2027-01-14"
    listing.tried_at = utcnow() - timedelta(days=1, minutes=1)
    db.session.commit()
    submit_article(site)
    run_next()
    assert asked_for_models(sandbox) == 2


def test_a_listing_that_fails_harms_no_run_and_is_tried_again_in_an_hour(
    site: Site, sandbox: Sandbox
) -> None:
    sandbox.script({"match": {"path": "/v1/models"}, "fault": "server_500", "times": 9})
    submit_article(site)
    assert run_next().state is WorkState.SUCCESS
    listing = db.session.scalars(select(ModelListing)).one()
    assert listing.error
    assert offers.warnings(current(), site) == []
    submit_article(site)
    run_next()
    assert asked_for_models(sandbox) == 1
    listing = db.session.get_one(ModelListing, listing.base_url, populate_existing=True)
    listing.tried_at = utcnow() - timedelta(minutes=61)
    db.session.commit()
    sandbox.reset()
    submit_article(site)
    run_next()
    assert asked_for_models(sandbox) == 1


@pytest.mark.parametrize(
    ("model", "instead"),
    [
        ("gpt-6-lunar", "gpt-6-luna"),
        ("gpt-3.5-turbo", "gpt-6-luna"),
        ("o3-mini", "gpt-6.1-terra"),
        ("nothing-like-it", "gpt-6-luna"),
    ],
)
def test_a_run_on_a_model_that_is_gone_ends_naming_a_live_one(
    site: Site, model: str, instead: str
) -> None:
    site_settings.update(site, {"openai": {"model": model}})
    submit_article(site)
    failed = run_next()
    assert failed.state is WorkState.FAILURE
    assert failed.error_code == "provider_model"
    assert model in str(failed.error)
    assert f"Choose {instead} instead." in str(failed.error)


def test_an_image_model_that_is_gone_is_replaced_by_an_image_model(site: Site) -> None:
    site_settings.update(site, {"image_generation": {"model": "dall-e-3"}})
    assert offers.warnings(current(), site) == []
    submit_article(site, images=True)
    run_next()
    assert "Choose gpt-image-2.5-flare instead." in offers.warnings(current(), site)[0]
    failed = run_next()
    assert "Choose gpt-image-2.5-flare instead." in str(failed.error)


def test_what_a_function_was_given_reaches_the_provider(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[TextRequest] = []
    complete = OpenAICompatText.complete

    def spy(self: OpenAICompatText, request: TextRequest, *more: Any) -> TextReply:
        sent.append(request)
        return complete(self, request, *more)

    monkeypatch.setattr(OpenAICompatText, "complete", spy)
    own = {"model": "gpt-6.1-sol", "max_tokens": 7000, "reasoning_effort": "low"}
    site_settings.update_account(
        site.account, {"openai": {"model": "gpt-4o", "functions": {"generate_content": own}}}
    )
    site_settings.update(site, {"openai": {"model": "gpt-6.1-terra"}})
    submit_article(site)
    run = run_next()
    assert isinstance(run, AITaskLog)
    assert run.state is WorkState.SUCCESS
    assert run.model == "gpt-6.1-sol"
    assert {(one.model, one.max_tokens, one.reasoning_effort) for one in sent} == {
        ("gpt-6.1-sol", 7000, "low")
    }


def test_a_run_keeps_the_price_it_was_booked_at(app: Flask, site: Site) -> None:
    install_commands(app)
    submit_article(site)
    run = run_next()
    assert isinstance(run, AITaskLog)
    booked = run.cost_usd
    set_price = ["prices", "set", "gpt-6-luna", "--input", "50", "--output", "50"]
    assert app.test_cli_runner().invoke(args=set_price).exit_code == 0
    call = db.session.scalars(select(PaidCall)).one()
    assert booked == call.cost_usd == db.session.get_one(AITaskLog, run.id).cost_usd
    submit_article(site)
    dearer = run_next()
    assert isinstance(dearer, AITaskLog)
    assert booked
    assert dearer.cost_usd
    assert dearer.cost_usd > 50 * booked


def test_the_operator_sees_what_is_offered_and_when_it_ends(app: Flask) -> None:
    install_commands(app)
    listed = app.test_cli_runner().invoke(args=["models", "list", "gpt-4o"])
    assert listed.exit_code == 0
    assert "gpt-4o\tin 2.5 out 10\tends 2027-01-14, then gpt-6-luna" in listed.output
    assert "gpt-6-luna\t" not in listed.output
