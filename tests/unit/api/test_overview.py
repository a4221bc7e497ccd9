"""The one answer behind the first screen."""

from datetime import timedelta
from decimal import Decimal

from igny8_flask import site_settings
from igny8_flask.db import db, utcnow
from igny8_flask.models import (
    AITaskLog,
    BudgetCounter,
    ContentProposal,
    ContentStatus,
    Delivery,
    Image,
    Keyword,
    Publication,
    PublicationState,
    SitePost,
    WorkState,
)
from igny8_flask.models.enums import ImageState
from tests.factories import make_content, make_site, make_task
from tests.statements import asked

OVERVIEW = "/v1/system/overview/"
NOTHING = {
    "review": 0,
    "proposals": 0,
    "decision": 0,
    "redelivery": 0,
    "retry": 0,
    "resume": 0,
    "missed": 0,
    "images": 0,
    "tasks": 0,
    "keywords": 0,
    "live": 0,
}


def add(model, site, **columns):
    row = model(account_id=site.account_id, site_id=site.id, **columns)
    db.session.add(row)
    db.session.commit()
    return row


def add_run(site, state, key, **columns):
    columns = {"function_name": "generate_content", "payload": {"ids": []}, **columns}
    return add(AITaskLog, site, state=state, work_key=key, **columns)


def add_delivery(site, state, content, **columns):
    return add(
        Delivery, site, state=state, content_id=content.id, work_key=str(content.id), **columns
    )


def waiting(plugin):
    told = plugin("GET", OVERVIEW).json["waiting"]
    return {name: count for name, count in told.items() if count}


def test_a_new_site_has_nothing_and_nothing_waits(plugin):
    answer = plugin("GET", OVERVIEW)
    assert answer.status_code == 200
    told = answer.json
    assert set(told["pipeline"].values()) == {0}
    assert told["waiting"] == NOTHING
    assert told["usage"]["per_day"] == []
    assert told["posts"] == {"count": 0, "told_at": None}
    assert told["paused"] is False
    me = plugin("GET", "/v1/sites/me/").json
    assert {name: told[name] for name in ("site", "connection", "service_version")} == {
        name: me[name] for name in ("site", "connection", "service_version")
    }


def test_rows_are_counted_by_kind_and_other_sites_are_not(plugin):
    site, other = plugin.site, make_site().site
    for owner in (site, other):
        task = make_task(owner)
        content = make_content(owner, task_id=task.id, status=ContentStatus.REVIEW)
        add(Image, owner, content_id=content.id, state=ImageState.FAILED)
        add(Keyword, owner, keyword="soil")
        text = {"title": "New", "html": "<p>x</p>"}
        add(ContentProposal, owner, content_id=content.id, **text)
        add(Publication, owner, content_id=content.id, state=PublicationState.MISSED)
        add(SitePost, owner, post_id=1, url="https://x.example/1", seen_at=utcnow())
    told = plugin("GET", OVERVIEW).json
    assert told["pipeline"] == {
        "keywords": 1,
        "clusters": 0,
        "ideas": 0,
        "tasks": 1,
        "content": 1,
        "images": 1,
    }
    ones = ("review", "proposals", "missed", "images", "tasks", "keywords")
    assert told["waiting"] == {**NOTHING, **dict.fromkeys(ones, 1)}
    assert plugin("GET", "/v1/writer/content/?proposal=true").json["count"] == 1
    assert plugin("GET", "/v1/writer/content/?proposal=false").json["count"] == 0
    assert told["posts"]["count"] == 1
    assert told["posts"]["told_at"]


def test_a_failed_run_waits_until_the_same_work_is_asked_for_again(plugin):
    site = plugin.site
    add_run(site, WorkState.FAILURE, "one")
    add_run(site, WorkState.FAILURE, "two")
    add_run(site, WorkState.CANCELLED, "three")
    add_run(site, WorkState.FAILURE, "old", created_at=utcnow() - timedelta(days=31))
    add_run(site, WorkState.FAILURE, "batch", is_batch=True)
    assert waiting(plugin) == {"retry": 2}
    add_run(site, WorkState.SUCCESS, "one")
    assert waiting(plugin) == {"retry": 1}


def test_what_is_given_up_waits_for_nobody_and_can_still_be_retried(plugin):
    site = plugin.site
    batch = add_run(site, WorkState.FAILURE, "batch", is_batch=True)
    members = [add_run(site, WorkState.FAILURE, f"one {n}", batch_id=batch.id) for n in range(2)]
    batch.payload = {"ids": [str(one.id) for one in members]}
    alone = add_run(site, WorkState.FAILURE, "alone")
    delivery = add_delivery(site, WorkState.FAILURE, make_content(site))
    assert waiting(plugin) == {"retry": 3, "redelivery": 1}
    addresses = [f"/v1/system/tasks/{one.id}/" for one in (batch, alone)]
    addresses.append(f"/v1/publisher/deliveries/{delivery.id}/")
    for address in addresses:
        assert plugin("POST", f"{address}give_up/").status_code == 200
        assert plugin("GET", f"{address}status/").json["state"] == "CANCELLED"
        refused = plugin("POST", f"{address}give_up/")
        assert (refused.status_code, refused.json["code"]) == (409, "not_failed")
    assert waiting(plugin) == {}
    assert plugin("POST", f"{addresses[1]}retry/").status_code == 202


def test_a_failed_delivery_and_a_decision_are_told_apart_and_end(plugin):
    site = plugin.site
    failed, refused = make_content(site), make_content(site)
    add_delivery(site, WorkState.FAILURE, failed, error="No.", error_code="wp_auth")
    choice = {"reason": "wp_changed"}
    conflict = add_delivery(
        site, WorkState.FAILURE, refused, error_code="wp_changed", result={"choice": choice}
    )
    assert waiting(plugin) == {"redelivery": 1, "decision": 1}
    conflict.result = {"choice": {**choice, "decided": "keep"}}
    db.session.commit()
    assert waiting(plugin) == {"redelivery": 1}
    add_delivery(site, WorkState.SUCCESS, failed)
    assert waiting(plugin) == {}


def test_a_delivery_that_failed_without_a_code_waits_too(plugin):
    add_delivery(plugin.site, WorkState.FAILURE, make_content(plugin.site), error="No.")
    assert waiting(plugin) == {"redelivery": 1}


def test_a_batch_counts_once_while_it_runs_and_while_it_is_paused(plugin):
    site = plugin.site
    batch = add_run(site, WorkState.RUNNING, "batch", is_batch=True)
    for number in range(3):
        add_run(site, WorkState.PENDING, f"member {number}", batch_id=batch.id)
    add_delivery(site, WorkState.QUEUED, make_content(site))
    assert waiting(plugin) == {"live": 2}
    batch.state = WorkState.PAUSED
    for member in db.session.scalars(db.select(AITaskLog).where(AITaskLog.batch_id == batch.id)):
        member.state = WorkState.PAUSED
    db.session.commit()
    assert waiting(plugin) == {"live": 2, "resume": 1}


def test_spend_caps_and_a_pause_are_told(plugin):
    site = plugin.site
    site_settings.update(site, {"budget": {"day_usd": 1}, "publishing": {"paused": True}})
    add_run(site, WorkState.SUCCESS, "one", cost_usd=Decimal("0.5"), credits=3, tokens=9)
    key = f"site:{site.id}:day:{utcnow():%Y-%m-%d}"
    add(BudgetCounter, site, key=key, used=100_000_000)
    told = plugin("GET", f"{OVERVIEW}?days=7").json
    assert told["paused"] is True
    assert told["usage"]["days"] == 7
    assert told["usage"]["total"] == {"runs": 1, "credits": 3, "tokens": 9, "cost_usd": 0.5}
    assert [day["runs"] for day in told["usage"]["per_day"]] == [1]
    caps = {(cap["scope"], cap["period"]): cap["left_usd"] for cap in told["usage"]["caps"]}
    assert caps["site", "day"] == 0
    assert caps["account", "day"] is None


def test_the_answer_takes_few_statements_however_much_there_is(plugin):
    site = plugin.site
    for number in range(30):
        add_run(site, WorkState.FAILURE, f"run {number}")
        add_delivery(site, WorkState.FAILURE, make_content(site), error_code="wp_auth")
    plugin("GET", OVERVIEW)  # a key notes its use once an hour
    statements, commits = asked(lambda: plugin("GET", OVERVIEW))
    assert len(statements) <= 8, "\n".join(statements)
    assert commits == 0
