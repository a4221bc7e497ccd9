"""Promises that hold for every route, generated from the route table itself."""

import re
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest

from igny8_flask.db import db
from igny8_flask.models import Site, Task
from tests.unit.conftest import Caller

HOSTILE = [
    b"{",
    b"[]",
    b"null",
    b'{"ids": NaN}',
    b'{"ids": ["\\u0000"]}',
    b'{"ids": [9007199254740993]}',
    b'{"ids": [' + b"1," * 200 + b"1]}",
    b'{"items": [{}]}',
    b'{"items": [null, 1, "x", [], true]}',
    b'{"items": {"0": {"title": "x"}}}',
    b'{"title": {"$ne": 1}, "name": [], "keyword": 1e308, "status": null}',
    b'{"html": 1, "seo": [], "terms": "x", "alt": {}, "volume": 1.5, "cluster_id": "x"}',
    b'{"publishing": 1, "brand": null, "openai": [[[]]]}',
    b'{"__proto__": 1, "account_id": "x", "site_id": "x"}',
    b"[" * 5000,
    b"\xff\xfe{\x00",
    b"x" * 2000,
]


COMPLETE = {
    "/v1/publisher/deliveries/<uuid:delivery_id>/choose/": {"choice": "keep"},
    "/v1/publisher/deliveries/<uuid:delivery_id>/media/": {"lease": 1, "media": []},
    "/v1/publisher/deliveries/<uuid:delivery_id>/receipt/": {"lease": 1, "error": {"code": "x"}},
}


def concrete(rule: str) -> str:
    return re.sub(r"<int:\w+>", "1", re.sub(r"<uuid:\w+>", str(uuid.uuid4()), rule))


def routes(app, methods):
    return [
        (method, rule.rule)
        for rule in app.url_map.iter_rules()
        for method in sorted(rule.methods & set(methods))
    ]


@pytest.mark.parametrize("body", HOSTILE, ids=range(len(HOSTILE)))
def test_no_hostile_body_ever_ends_in_a_fault_or_a_half_write(app, plugin, body):
    for method, rule in routes(app, {"POST", "PUT", "PATCH"}):
        if "rotate_key" in rule:
            continue  # takes no body; it would end the key in use here
        answer = plugin(method, concrete(rule), data=body, content_type="application/json")
        if "import" not in rule and rule != "/v1/system/settings/":
            assert 400 <= answer.status_code < 500, f"{method} {rule}: {answer.text}"
        assert answer.status_code < 500, f"{method} {rule}: {answer.text}"
        assert answer.json["success"] is (answer.status_code < 400)
    assert db.session.scalars(db.select(Task)).all() == []


@pytest.mark.parametrize(
    "query",
    ["search=%00", "search=%ED%A0%80", "page=99999999999999999999", "page_size=-1", "ordering=;--"],
)
def test_no_hostile_query_ever_ends_in_a_fault(app, plugin, query):
    for method, rule in routes(app, {"GET"}):
        answer = plugin(method, f"{concrete(rule)}?{query}")
        assert answer.status_code < 500 or rule == "/readyz", f"{rule}: {answer.text}"


def test_every_unknown_id_gives_the_same_404(app, plugin):
    bodies = set()
    good = {"title": "x", "name": "x", "sector": "x", "alt": "x"}
    for method, rule in routes(app, {"GET", "POST", "PATCH", "DELETE"}):
        if "<uuid:" not in rule:
            continue
        for field, value in [*good.items()] if method == "PATCH" else [("", "")]:
            body = {field: value} if field else COMPLETE.get(rule)
            answer = plugin(method, concrete(rule), body)
            if answer.status_code == 422 and method == "PATCH":
                continue  # that resource has no such field
            assert answer.status_code == 404, f"{method} {rule}: {answer.text}"
            bodies.add((answer.json["code"], tuple(sorted(answer.json))))
    assert bodies == {("not_found", ("code", "error", "request_id", "success"))}


def test_a_write_sent_eight_times_at_once_happens_once(app, plugin):
    key = {"Idempotency-Key": "eight-at-the-same-time"}
    body = {"items": [{"title": "Once"}]}

    def send(_number):
        return Caller(app, None)(
            "POST", "/v1/writer/tasks/", body, headers={**plugin.headers, **key}
        )

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(send, range(8)))
    made = {answer.json["results"][0]["id"] for answer in answers if answer.status_code == 201}
    refused = {answer.json["code"] for answer in answers if answer.status_code != 201}
    assert len(made) == 1
    assert refused <= {"idempotency_in_flight"}
    assert plugin("GET", "/v1/writer/tasks/").json["count"] == 1


def test_no_answer_shows_what_is_stored_in_secret(app, plugin):
    secret = "sealed-and-never-shown"
    site = db.session.get(Site, plugin.site.id)
    site.wp_password_sealed = site.webhook_secret_sealed = secret
    db.session.commit()
    for method, rule in routes(app, {"GET"}):
        answer = plugin(method, concrete(rule))
        assert secret not in answer.text
        assert plugin.connected.key not in answer.text
