"""Keys and bodies: every wrong form is refused on every route, and nothing is left half done."""

import json
import re
import uuid

from flask import Flask
from sqlalchemy import func, select

from igny8_flask.auth import PUBLIC_ENDPOINTS
from igny8_flask.db import db
from tests.security import bodies, keys
from tests.security.conftest import Teller
from tests.security.ground import TRACES, Ground

WRITING = {"POST", "PUT", "PATCH"}
TAKES_NO_BODY = "rotate_key"


def routes(app: Flask, methods: set[str]) -> list[tuple[str, str]]:
    """Every route that asks for a key, with ids of nobody."""
    return [
        (
            method,
            re.sub(
                r"<uuid:\w+>", str(uuid.uuid4()), re.sub(r"<(?:string|int):\w+>", "1", rule.rule)
            ),
        )
        for rule in app.url_map.iter_rules()
        if rule.endpoint not in PUBLIC_ENDPOINTS
        for method in sorted((rule.methods or set()) & methods)
    ]


def census() -> dict[str, int]:
    """How many rows stand in each table; the key's last use is no row."""
    return {
        table.name: db.session.scalar(select(func.count()).select_from(table)) or 0
        for table in db.metadata.sorted_tables
        if table.name != "idempotency_record"
    }


def test_the_collections_are_large_enough(place: Ground) -> None:
    assert len(set(keys.forms(place.ours))) >= 137
    assert len(set(bodies.forms())) >= 178


def test_no_form_but_the_key_itself_opens_a_route(place: Ground, full: bool, tell: Teller) -> None:
    client, before = place.app.test_client(), census()
    every = routes(place.app, {"GET", "POST", "PUT", "PATCH", "DELETE"})
    step, calls = 1 if full else 23, 0
    for number, form in enumerate(keys.forms(place.ours)):
        for method, path in every[number % step :: step]:
            answer = client.open(path, method=method, headers={"Authorization": form})
            assert answer.status_code in (401, 429), f"{method} {path} {form[:60]!r}: {answer.text}"
            assert not TRACES.search(answer.text)
            calls += 1
    assert census() == before
    answer = client.get("/v1/sites/me/", headers={"Authorization": f"bearer  {place.ours.key} "})
    assert answer.status_code == 200
    tell("T1 calls with wrong keys, all refused", f"{calls:,} of {number + 1} forms")


def test_other_places_of_a_request_hold_no_key(place: Ground) -> None:
    client, key = place.app.test_client(), place.ours.key
    for headers in (
        {"X-Api-Key": key},
        {"X-Authorization": f"Bearer {key}"},
        {"Cookie": f"Authorization=Bearer {key}; key={key}"},
        {"Proxy-Authorization": f"Bearer {key}"},
        {"X-Forwarded-User": "admin", "X-Original-URL": "/healthz", "X-Igny8-Key": key},
    ):
        assert client.get("/v1/sites/me/", headers=headers).status_code == 401
    for query in (f"key={key}", f"access_token={key}", f"authorization=Bearer {key}"):
        assert client.get(f"/v1/sites/me/?{query}").status_code == 401
    for path in (
        "//v1/sites/me/",
        "/v1/sites/me/..",
        "/v1//sites/me/",
        "/V1/sites/me/",
        "/healthz/../v1/sites/me/",
    ):
        assert client.get(path).status_code in (401, 404)


HIDDEN = {
    **dict.fromkeys(
        ("id", "account_id", "site_id", "task_id", "wp_post_id"), str(uuid.UUID(int=7))
    ),
    "created_at": "2020-01-01T00:00:00Z",
    "generation": 9,
    "attempts": 0,
    "cost_usd": 0,
    "is_admin": True,
    "sandbox": False,
    "__class__": "x",
    "digest": "x",
    "provenance": {},
}


def test_no_hidden_field_can_be_set(place: Ground) -> None:
    client, headers, before = place.app.test_client(), place.ours.headers, census()
    rows = {"tasks": {"title": "t"}, "keywords": {"keyword": "k"}, "clusters": {"name": "c"}}
    areas = {"tasks": "writer", "keywords": "planner", "clusters": "planner"}
    for kind, row in rows.items():
        path = f"/v1/{areas[kind]}/{kind}/"
        for name, value in HIDDEN.items():
            item = {"items": [{**row, name: value}]}
            for body in (item, {"items": [row], name: value}):
                answer = client.post(path, json=body, headers=headers)
                assert answer.status_code == 422, f"{path} {name}: {answer.text}"
            assert client.get(f"{path}?{name}=x", headers=headers).status_code == 422
    assert census() == before


def test_no_hostile_body_ends_in_a_fault_or_a_half_write(
    place: Ground, full: bool, tell: Teller
) -> None:
    client, calls = place.app.test_client(), 0
    every = [one for one in routes(place.app, WRITING) if TAKES_NO_BODY not in one[1]]
    step = 1 if full else 11
    for number, body in enumerate(bodies.forms()):
        before = census()
        statuses = set()
        for method, path in every[number % step :: step]:
            answer = client.open(
                path,
                method=method,
                data=body,
                content_type="application/json",
                headers=place.ours.headers,
            )
            assert answer.status_code < 500, f"{method} {path} {body[:80]!r}: {answer.text[:200]}"
            assert json.loads(answer.text)["success"] is (answer.status_code < 400)
            assert not TRACES.search(answer.text), f"{method} {path}: {answer.text[:200]}"
            statuses.add(answer.status_code)
            calls += 1
        if all(status >= 400 for status in statuses):
            assert census() == before, f"{body[:80]!r} left something behind"
    tell("T20 hostile bodies, none 5xx, no half write", f"{calls:,} of {number + 1} forms")
