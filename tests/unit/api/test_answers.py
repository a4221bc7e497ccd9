"""The shape of every answer: request ids, errors, health, and the document of the API."""

import re

import pytest
import sqlalchemy.exc

from igny8_flask import site_settings
from igny8_flask.api import idempotency, tasks
from igny8_flask.db import db, utcnow
from igny8_flask.models import IdempotencyRecord

TASKS = "/v1/writer/tasks/"


def test_a_request_id_is_echoed_or_made(stranger):
    given = stranger("GET", "/healthz", headers={"X-Request-ID": "abc-123-def"})
    assert given.headers["X-Request-ID"] == "abc-123-def"
    for bad in ("short", "x" * 65, "with blank inside", "a\tb-------"):
        made = stranger("GET", "/healthz", headers={"X-Request-ID": bad}).headers["X-Request-ID"]
        assert made != bad
        assert len(made) == 32


@pytest.mark.parametrize("path", ["/nothing", "/v1/writer/tasks/not-a-uuid/", "//v1/writer/tasks/"])
def test_an_unknown_address_is_a_404_of_our_shape(plugin, path):
    answer = plugin("GET", path)
    assert (answer.status_code, answer.json["code"]) == (404, "not_found")
    assert set(answer.json) == {"success", "error", "code", "request_id"}


def test_a_wrong_method_is_a_405_that_names_the_right_ones(plugin):
    answer = plugin("PATCH", TASKS)
    assert (answer.status_code, answer.json["code"]) == (405, "method_not_allowed")
    assert "POST" in answer.headers["Allow"]


def test_the_slash_at_the_end_is_optional(plugin):
    assert plugin("GET", TASKS.rstrip("/")).status_code == 200
    assert plugin("GET", "/healthz/").status_code == 200


def test_a_fault_of_ours_is_a_500_without_its_story(plugin, monkeypatch):
    def crash(*_args):
        raise RuntimeError("secret inner detail")

    monkeypatch.setattr(tasks.writing, "view_tasks", crash)
    answer = plugin("GET", TASKS)
    assert (answer.status_code, answer.json["code"]) == (500, "internal_error")
    assert "secret inner detail" not in answer.text
    assert "Traceback" not in answer.text


def test_a_database_that_is_away_is_a_503_with_a_time_to_come_back(plugin, monkeypatch):
    def away(*_args):
        raise sqlalchemy.exc.OperationalError("SELECT", {}, Exception("refused"))

    monkeypatch.setattr(tasks.writing, "view_tasks", away)
    answer = plugin("GET", TASKS)
    assert (answer.status_code, answer.json["code"]) == (503, "unavailable")
    assert answer.headers["Retry-After"] == "10"
    assert "SELECT" not in answer.text


def test_healthz_answers_without_a_database(stranger):
    assert stranger("GET", "/healthz").json == {"success": True, "status": "ok"}


def test_readyz_says_what_is_missing(stranger):
    answer = stranger("GET", "/readyz")
    assert answer.status_code == 503, "the tables were made without migrations"
    assert answer.json["checks"] == {
        "database": True,
        "migrations": False,
        "keys": True,
        "redis": False,
    }


def test_the_document_lists_exactly_the_routes_there_are(app, stranger):
    document = stranger("GET", "/openapi.json").json
    documented = {
        (method.upper(), path)
        for path, operations in document["paths"].items()
        for method in operations
        if method in ("get", "post", "put", "patch", "delete")
    }
    there = {
        (method, re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule))
        for rule in app.url_map.iter_rules()
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }
    assert documented == there


def test_the_document_says_which_routes_need_a_key_and_how_errors_look(stranger):
    document = stranger("GET", "/openapi.json").json
    assert document["security"] == [{"siteKey": []}]
    open_routes = {
        path
        for path, operations in document["paths"].items()
        for operation in operations.values()
        if isinstance(operation, dict) and operation.get("security") == []
    }
    assert open_routes == {
        "/healthz",
        "/readyz",
        "/metrics",
        "/openapi.json",
        "/v1/sites/connect/",
    }
    default = document["components"]["responses"]["DEFAULT_ERROR"]
    schema = default["content"]["application/json"]["schema"]
    assert schema == {"$ref": "#/components/schemas/Problem"}


def test_every_post_that_writes_takes_an_idempotency_key(stranger):
    document = stranger("GET", "/openapi.json").json
    without = {
        path
        for path, operations in document["paths"].items()
        if "post" in operations
        and "Idempotency-Key"
        not in {parameter.get("name") for parameter in operations["post"].get("parameters", [])}
    }
    # The code itself makes connecting repeatable; a saved answer would keep a key in clear.
    # Quotes, dry runs and the search for a person write nothing.
    assert without == {
        "/v1/sites/connect/",
        "/v1/sites/rotate_key/",
        "/v1/sites/me/people/",
        "/v1/system/estimate/",
        "/v1/writer/content/{content_id}/refresh/quote/",
        "/v1/system/prompts/dry_run/",
    }


def test_settings_are_read_and_changed_field_by_field(plugin):
    path = "/v1/system/settings/"
    assert plugin("GET", path).json["settings"] == site_settings.DEFAULTS
    changed = plugin("PATCH", path, {"publishing": {"status": "publish"}}).json["settings"]
    assert changed["publishing"]["status"] == "publish"
    assert changed["publishing"]["auto"] is True
    wrong = plugin("PATCH", path, {"publishing": {"status": "loud"}, "nothing": {}})
    assert wrong.status_code == 422
    assert set(wrong.json["fields"]) == {"publishing.status", "nothing"}


KEY = {"Idempotency-Key": "0123456789abcdef"}
BODY = {"items": [{"title": "Once"}]}


def test_the_same_write_sent_twice_happens_once_and_is_answered_the_same(plugin):
    first = plugin("POST", TASKS, BODY, headers=KEY)
    second = plugin("POST", TASKS, BODY, headers=KEY)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json == second.json
    assert plugin("GET", TASKS).json["count"] == 1


def test_a_key_used_for_another_body_is_refused(plugin):
    plugin("POST", TASKS, BODY, headers=KEY)
    answer = plugin("POST", TASKS, {"items": [{"title": "Two"}]}, headers=KEY)
    assert (answer.status_code, answer.json["code"]) == (422, "idempotency_key_reused")


def test_two_sites_may_use_the_same_key(plugin, other_plugin):
    assert plugin("POST", TASKS, BODY, headers=KEY).status_code == 201
    assert other_plugin("POST", TASKS, BODY, headers=KEY).status_code == 201
    assert other_plugin("GET", TASKS).json["count"] == 1


def test_while_a_write_is_going_on_its_repeat_is_told_to_wait(plugin, monkeypatch):
    seen = []
    create = tasks.writing.create_tasks

    def slow(site, items):
        monkeypatch.setattr(tasks.writing, "create_tasks", create)
        db.session.rollback()  # lets the second request of this one thread write
        seen.append(plugin("POST", TASKS, BODY, headers=KEY))
        return create(site, items)

    monkeypatch.setattr(tasks.writing, "create_tasks", slow)
    plugin("POST", TASKS, BODY, headers=KEY)
    assert (seen[0].status_code, seen[0].json["code"]) == (409, "idempotency_in_flight")


def test_a_refused_write_may_be_corrected_under_the_same_key(plugin):
    assert plugin("POST", TASKS, {"items": []}, headers=KEY).status_code == 422
    assert plugin("POST", TASKS, BODY, headers=KEY).status_code == 201


def test_a_write_whose_answer_was_lost_is_never_done_again(plugin):
    plugin("POST", TASKS, BODY, headers=KEY)
    record = db.session.scalars(db.select(IdempotencyRecord)).one()
    record.status, record.body = 0, None
    db.session.commit()
    answer = plugin("POST", TASKS, BODY, headers=KEY)
    assert (answer.status_code, answer.json["code"]) == (409, "idempotency_answer_lost")
    assert plugin("GET", TASKS).json["count"] == 1


@pytest.mark.parametrize(
    "key", ["short", "x" * 65, "blank blank blank blank", "a-key-long-enough-but-\u00e4"]
)
def test_an_ill_shaped_key_is_refused(plugin, key):
    answer = plugin("POST", TASKS, BODY, headers={"Idempotency-Key": key})
    assert answer.status_code == 422
    assert list(answer.json["fields"]) == ["Idempotency-Key"]


def test_records_are_forgotten_after_their_time_alone(plugin):
    plugin("POST", TASKS, BODY, headers=KEY)
    idempotency.forget_expired()
    record = db.session.scalars(db.select(IdempotencyRecord)).one()
    record.expires_at = utcnow()
    db.session.commit()
    idempotency.forget_expired()
    assert db.session.scalars(db.select(IdempotencyRecord)).all() == []
