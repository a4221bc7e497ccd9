"""Limits: bursts pass, floods are told when to come back, also while Redis is away."""

import uuid
from dataclasses import replace

import pytest
from flask import Flask

from igny8_flask.errors import RateLimitedError
from igny8_flask.services import EXTENSION, current
from tests.factories import make_settings, make_site
from tests.unit.conftest import Caller

TASKS = "/v1/writer/tasks/"


@pytest.fixture(autouse=True)
def _default_limit(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = make_settings(IGNY8_SITE_WRITES="60")
    monkeypatch.setitem(app.extensions, EXTENSION, replace(current(), settings=settings))


def write(plugin: Caller):
    return plugin("POST", TASKS, {"items": [{"title": "One"}]})


def test_the_21st_write_at_once_is_told_to_wait(plugin):
    answers = [write(plugin) for _ in range(21)]
    assert {answer.status_code for answer in answers[:20]} == {201}
    assert answers[20].status_code == 429
    assert answers[20].json["code"] == "rate_limited"
    assert 1 <= int(answers[20].headers["Retry-After"]) <= 2


def test_reading_and_other_sites_are_not_held_up(app, plugin):
    while write(plugin).status_code == 201:
        pass
    assert plugin("GET", TASKS).status_code == 200
    assert write(Caller(app, make_site())).status_code == 201


def test_what_a_plugin_tells_of_its_leases_is_not_lost_behind_its_other_writes(
    app, plugin, monkeypatch
):
    settings = make_settings(IGNY8_SITE_WRITES="6")
    monkeypatch.setitem(app.extensions, EXTENSION, replace(current(), settings=settings))
    while write(plugin).status_code == 201:
        pass
    told = f"/v1/publisher/deliveries/{uuid.uuid4()}/receipt/"
    receipt = {"lease": 1, "error": {"code": "igny8_step"}}
    answers = [plugin("POST", told, receipt).status_code for _ in range(90)]
    assert set(answers[:20]) == {404}, "each is looked at"
    assert 429 in answers, "and yet there is an end"


def test_connect_codes_cannot_be_guessed_quickly(app, stranger):
    guess = {
        "code": "x" * 32,
        "site_uuid": "00000000-0000-4000-8000-000000000009",
        "home_url": "https://guess.example.com",
        "rest_url": "https://guess.example.com/wp-json/",
    }
    where = {"environ_overrides": {"REMOTE_ADDR": "192.0.2.77"}}
    seen = [stranger("POST", "/v1/sites/connect/", guess, **where).status_code for _ in range(12)]
    assert seen == [422] * 10 + [429] * 2


def test_buckets_of_a_process_are_bounded(app, monkeypatch):
    from igny8_flask import limits

    monkeypatch.setattr(limits, "MAX_BUCKETS", 3)
    limit = limits.Limit("test", 60, 1, "Slowly.")
    limiter = limits.Limiter(current().cache)
    for number in range(5):
        limiter.take(limit, str(number))
    with pytest.raises(RateLimitedError):
        limiter.take(limit, "4")
    limiter.take(limit, "0")
