"""Settings, quotes and usage over HTTP."""

import uuid
from datetime import timedelta
from decimal import Decimal

import pytest

from igny8_flask import site_settings
from igny8_flask.db import db, utcnow
from igny8_flask.models import AITaskLog, BudgetCounter, ModelListing
from tests.factories import make_content, make_site, make_task

ESTIMATE = "/v1/system/estimate/"
SETTINGS = "/v1/system/settings/"


def make_run(site, **columns):
    values = {"function_name": "generate_content", "work_key": uuid.uuid4().hex, **columns}
    db.session.add(AITaskLog(account_id=site.account_id, site_id=site.id, **values))
    db.session.commit()


def spend(site, usd):
    day = f"{utcnow():%Y-%m-%d}"
    units = int(Decimal(usd) * 100_000_000)
    key = f"site:{site.id}:day:{day}"
    row = BudgetCounter(key=key, account_id=site.account_id, site_id=site.id, used=units)
    db.session.add(row)
    db.session.commit()


def test_a_quote_names_model_count_cost_and_credits(plugin):
    tasks = [make_task(plugin.site, word_count=1000) for _ in range(7)]
    body = {
        "function": "generate_content",
        "ids": [str(task.id) for task in tasks],
        "options": {"images": False},
    }
    answer = plugin("POST", ESTIMATE, body)
    assert answer.status_code == 200
    quote = answer.json
    assert (quote["function"], quote["model"], quote["count"]) == (
        "generate_content",
        "gpt-6-luna",
        7,
    )
    assert quote["credits"] == 7 * 10
    # 1,900 answer tokens expected, 12,000 at most, at 0.5 dollars a million, plus the prompt
    assert 7 * 0.00095 < quote["cost_usd"]["low"] < 7 * 0.0012
    assert 7 * 0.006 < quote["cost_usd"]["high"] < 7 * 0.0063
    assert quote["over_budget"] is False
    assert quote["reason"] is None


def test_a_quote_counts_the_images_that_follow(plugin):
    site_settings.update(
        plugin.site, {"image_generation": {"in_article_images": 2, "mobile_images": True}}
    )
    task = make_task(plugin.site, word_count=1000)
    body = {"function": "generate_content", "ids": [str(task.id)]}
    without = plugin("POST", ESTIMATE, {**body, "options": {"images": False}}).json
    with_images = plugin("POST", ESTIMATE, {**body, "options": {"images": True}}).json
    assert with_images["credits"] == without["credits"] + 5 * 5
    # five pictures of 1.5 megapixels at 439 tokens a square and 30 dollars a million
    assert with_images["cost_usd"]["low"] - without["cost_usd"]["low"] > 5 * 439 * 1.5 * 30e-6


def test_a_quote_above_what_is_left_says_which_cap(plugin):
    site_settings.update(plugin.site, {"budget": {"day_usd": 1}})
    spend(plugin.site, "0.9999")
    task = make_task(plugin.site)
    body = {"function": "generate_content", "ids": [str(task.id)], "options": {"images": False}}
    quote = plugin("POST", ESTIMATE, body).json
    assert quote["over_budget"] is True
    assert "site's cap of $1.00 per day" in quote["reason"]
    caps = {(cap["scope"], cap["period"]): cap for cap in quote["caps"]}
    assert caps["site", "day"]["left_usd"] == 0.0001
    assert caps["site", "day"]["resets_at"] > utcnow().isoformat()
    assert caps["account", "day"]["cap_usd"] is None
    refused = plugin(
        "POST", "/v1/writer/tasks/auto_generate_content/", {"ids": [str(task.id)], "options": {}}
    )
    assert (refused.status_code, refused.json["code"]) == (402, "budget_exceeded")


def test_a_quote_without_a_known_price_says_so(plugin):
    site_settings.update(plugin.site, {"openai": {"model": "my-own-model"}})
    task = make_task(plugin.site)
    body = {"function": "generate_content", "ids": [str(task.id)], "options": {"images": False}}
    assert plugin("POST", ESTIMATE, body).json["cost_usd"] is None


def test_a_quote_refuses_what_the_work_itself_would_refuse(plugin, other_plugin):
    foreign = make_task(other_plugin.site)
    body = {"function": "generate_content", "ids": [str(foreign.id)]}
    assert plugin("POST", ESTIMATE, body).status_code == 404
    task = make_task(plugin.site)
    images = plugin("POST", ESTIMATE, {"function": "generate_images", "ids": [str(task.id)]})
    assert (images.status_code, images.json["code"]) == (422, "task_without_content")
    make_content(plugin.site, task_id=task.id)
    images = plugin("POST", ESTIMATE, {"function": "generate_images", "ids": [str(task.id)]})
    assert images.json["credits"] == 5


def test_usage_is_told_by_day_with_the_caps(plugin):
    now = utcnow()
    make_run(plugin.site, cost_usd=Decimal("0.5"), credits=3, tokens=100)
    make_run(plugin.site, cost_usd=Decimal("0.25"), credits=2, tokens=50)
    make_run(plugin.site, cost_usd=None, tokens=7, created_at=now - timedelta(days=3))
    make_run(make_site().site, cost_usd=Decimal(9), tokens=9)
    used = plugin("GET", "/v1/system/usage/?days=7").json
    assert used["per_day"] == [
        {
            "day": f"{now - timedelta(days=3):%Y-%m-%d}",
            "runs": 1,
            "credits": 0,
            "tokens": 7,
            "cost_usd": None,
        },
        {"day": f"{now:%Y-%m-%d}", "runs": 2, "credits": 5, "tokens": 150, "cost_usd": 0.75},
    ]
    assert used["functions"][0]["function"] == "generate_content"
    assert len(used["caps"]) == 6


def test_settings_warn_of_a_model_that_will_end(plugin):
    listing = ModelListing(
        base_url="https://api.openai.com/v1",
        tried_at=utcnow(),
        read_at=utcnow(),
        models={"gpt-6-luna": None, "gpt-4o": "2099-01-14", "gpt-image-2.5-flare": None},
    )
    db.session.add(listing)
    db.session.commit()
    assert plugin("GET", SETTINGS).json["warnings"] == []
    changed = plugin("PATCH", SETTINGS, {"openai": {"model": "gpt-4o"}}).json
    assert changed["warnings"] == [
        "The model gpt-4o ends on 2099-01-14. Choose gpt-6-luna instead."
    ]
    functions = {"generate_content": {"model": "gpt-6-lunar"}}
    changed = plugin("PATCH", SETTINGS, {"openai": {"model": "", "functions": functions}}).json
    assert changed["warnings"] == [
        "The provider does not list the model gpt-6-lunar. Choose gpt-6-luna instead."
    ]


def test_choices_for_one_function_are_checked_and_taken_back(plugin):
    wrong = {
        "generate_content": {"max_tokens": 1, "temperature": 3, "reasoning_effort": "huge"},
        "make_coffee": {},
    }
    answer = plugin("PATCH", SETTINGS, {"openai": {"functions": wrong}})
    assert answer.status_code == 422
    assert set(answer.json["fields"]) == {
        "openai.functions.generate_content.max_tokens",
        "openai.functions.generate_content.temperature",
        "openai.functions.generate_content.reasoning_effort",
        "openai.functions.make_coffee",
    }
    right = {"generate_content": {"max_tokens": 4000, "temperature": 0.5}}
    changed = plugin("PATCH", SETTINGS, {"openai": {"functions": right}}).json["settings"]
    assert changed["openai"]["functions"] == right
    back = {"generate_content": {"temperature": None}}
    changed = plugin("PATCH", SETTINGS, {"openai": {"functions": back}}).json["settings"]
    assert changed["openai"]["functions"]["generate_content"]["max_tokens"] == 4000
    assert changed["openai"]["functions"]["generate_content"]["temperature"] is None


def test_a_cap_must_be_an_amount(plugin):
    for wrong in (-1, True, "5", 1e9):
        answer = plugin("PATCH", SETTINGS, {"budget": {"day_usd": wrong}})
        assert list(answer.json["fields"]) == ["budget.day_usd"], wrong
    assert plugin("PATCH", SETTINGS, {"budget": {"unknown_call_usd": 1}}).status_code == 422
    capped = plugin("PATCH", SETTINGS, {"budget": {"day_usd": 2.5}}).json["settings"]["budget"]
    assert capped == {"run_usd": None, "day_usd": 2.5, "month_usd": None}
    freed = plugin("PATCH", SETTINGS, {"budget": {"day_usd": None}}).json["settings"]["budget"]
    assert freed["day_usd"] is None


def test_a_title_alone_is_quoted_and_leaves_no_task_behind(plugin):
    body = {"function": "generate_content", "title": "Mulch", "options": {"images": False}}
    answer = plugin("POST", ESTIMATE, body)
    assert answer.status_code == 200, answer.json
    assert answer.json["count"] == 1
    assert answer.json["cost_usd"]["high"] > 0
    assert plugin("GET", "/v1/writer/tasks/").json["count"] == 0


@pytest.mark.parametrize(
    "body",
    [
        {"function": "auto_cluster", "title": "Mulch"},
        {"function": "generate_content", "title": "Mulch", "select": "pending"},
        {"function": "generate_content", "title": " "},
        {"function": "generate_content"},
    ],
)
def test_a_title_stands_alone_and_only_for_writing(plugin, body):
    assert plugin("POST", ESTIMATE, body).status_code == 422


def test_a_refresh_is_quoted_where_writing_anew_is_refused(plugin):
    task = make_task(plugin.site)
    make_content(plugin.site, task_id=task.id, wp_post_id=7)
    body = {"function": "generate_content", "ids": [str(task.id)]}
    assert plugin("POST", ESTIMATE, body).status_code == 409
    options = {"images": False, "proposal": True}
    assert plugin("POST", ESTIMATE, {**body, "options": options}).json["count"] == 1
