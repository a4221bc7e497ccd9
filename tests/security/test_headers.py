"""What stands around a body: headers, methods, addresses of callers, and the log of refusals."""

import json

import pytest

from igny8_flask import create_app
from igny8_flask.db import db
from igny8_flask.log import configure_logging
from tests.factories import make_settings, operating
from tests.security.ground import Ground
from tests.security.test_door import routes

ME = "/v1/sites/me/"
ALL = {"GET", "POST", "PUT", "PATCH", "DELETE"}
STRANGER = {"REMOTE_ADDR": "198.51.100.9"}


def test_every_answer_carries_its_headers(place: Ground) -> None:
    client = place.app.test_client()
    for method, path in [*routes(place.app, ALL), ("GET", "/healthz"), ("GET", "/nowhere")]:
        for headers in ({}, {"Authorization": f"Bearer {place.theirs.key}"}):
            if path.startswith("/v1/sites") and headers and method in ("DELETE", "POST"):
                continue
            answer = client.open(path, method=method, headers=headers)
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert "Server" not in answer.headers
            assert "X-Powered-By" not in answer.headers
            assert "Set-Cookie" not in answer.headers
            assert "Access-Control-Allow-Origin" not in answer.headers
            kept = answer.headers["Cache-Control"]
            assert kept == "no-store" or (kept.startswith("private") and answer.status_code < 400)
            if answer.status_code >= 400:
                assert answer.mimetype == "application/json"


def test_no_route_redirects(place: Ground) -> None:
    client = place.app.test_client()
    for method, path in routes(place.app, ALL):
        for form in (path, path.rstrip("/"), path + "?next=https://example.com"):
            status = client.open(form, method=method).status_code
            assert status == 401, f"{method} {form}: {status}"


@pytest.mark.parametrize(
    "path",
    ["/static/x", "/.git/config", "/.env", "/wsgi.py", "/v1/", "/docs", "/swagger-ui", "/console"],
)
def test_nothing_but_the_routes_is_served(place: Ground, path: str) -> None:
    answer = place.app.test_client().get(path)
    assert (answer.status_code, answer.json["code"]) == (404, "not_found")  # type: ignore[index]


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "PROPFIND", "X-NOTHING", "get"])
def test_methods_that_nobody_needs_are_refused(place: Ground, method: str) -> None:
    answer = place.app.test_client().open(ME, method=method)
    assert answer.status_code in (401, 405)
    assert place.ours.key not in answer.text


def test_a_method_cannot_be_disguised(place: Ground) -> None:
    client = place.app.test_client()
    for name in ("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"):
        client.get(ME, headers={**place.ours.headers, name: "DELETE"})
    client.get(f"{ME}?_method=DELETE", headers=place.ours.headers)
    assert client.get(ME, headers=place.ours.headers).status_code == 200


def test_a_forged_address_changes_nothing(place: Ground) -> None:
    forged = {
        "X-Forwarded-For": "127.0.0.1",
        "X-Real-IP": "127.0.0.1",
        "Forwarded": "for=127.0.0.1",
    }
    client = place.app.test_client()
    for headers in ({}, forged, {"X-Forwarded-For": "127.0.0.1, 127.0.0.1"}):
        answer = client.get("/metrics", headers=headers, environ_base=STRANGER)
        assert answer.status_code == 403
    for name, value in forged.items():
        assert client.get("/metrics", headers={name: value}).status_code == 403
    behind = create_app(make_settings(IGNY8_PROXIES="1"))
    with operating(behind):
        db.create_all()
        answer = behind.test_client().get(
            "/metrics", headers={"X-Forwarded-For": "127.0.0.1, 198.51.100.9"}
        )
        assert answer.status_code == 403


@pytest.mark.parametrize("sent", ["Bearer \u00e9", "\u00ff" * 40, "Bearer", "Bearer \x00", ""])
def test_no_token_is_the_token_of_metrics(sent: str) -> None:
    app = create_app(make_settings(IGNY8_METRICS_TOKEN="a token of thirty-two characters"))
    answer = app.test_client().get(
        "/metrics", headers={"Authorization": sent}, environ_base=STRANGER
    )
    assert answer.status_code == 403


def test_a_parameter_named_twice_is_one_or_refused(place: Ground) -> None:
    client, headers = place.app.test_client(), place.ours.headers
    for query in ("page=1&page=2", "page_size=5&page_size=100", "search=a&search=b"):
        answer = client.get(f"/v1/writer/tasks/?{query}", headers=headers)
        assert answer.status_code in (200, 422)
        if answer.status_code == 200:
            assert answer.json["page"] == 1  # type: ignore[index]


def test_a_refused_call_is_logged_with_code_and_address(
    place: Ground, capfd: pytest.CaptureFixture[str]
) -> None:
    configure_logging()
    client = place.app.test_client()
    client.get(ME, environ_base=STRANGER, headers={"X-Request-ID": "request-of-a-test"})
    (line,) = [line for line in capfd.readouterr().err.splitlines() if '"request"' in line]
    event = json.loads(line)
    assert (event["code"], event["status"]) == ("key_missing", 401)
    assert event["address"] == STRANGER["REMOTE_ADDR"]
    assert event["request_id"] == "request-of-a-test"
    assert event["time"].endswith("Z")
