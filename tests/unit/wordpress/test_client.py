"""What the client sends, and how each answer of a WordPress is understood."""

import time
import uuid

import pytest

from igny8_flask.errors import WordPressError
from igny8_flask.outbound import Outbound
from igny8_flask.wordpress.client import Addressee, WordPressClient
from igny8_flask.wordpress.replies import parse_json

CONTENT = uuid.uuid4()


def test_a_call_carries_the_login_and_asks_for_json(wordpress):
    wordpress.client().whoami()
    request = wordpress.seen[0]
    assert request.path == "/wp-json/igny8/v1/whoami"
    assert request.authorization.username == "igny8-publisher"
    assert request.authorization.password == "abcd efgh"
    assert request.headers["Accept"] == "application/json"
    assert request.headers["User-Agent"].startswith("IGNY8/")


def test_every_call_to_the_plugin_names_the_site_that_is_meant(wordpress):
    meant = Addressee("the-uuid", "https://example.com")
    client = wordpress.client(addressee=meant).within(5)
    client.put_content(CONTENT, {})
    client.call("GET", "users/me", namespace="wp/v2")
    ours, cores = (dict(request.headers) for request in wordpress.seen)
    assert (ours["X-Igny8-Site"], ours["X-Igny8-Home"]) == ("the-uuid", "https://example.com")
    assert "X-Igny8-Site" not in cores


def test_plain_permalinks_keep_their_query(wordpress):
    client = wordpress.client(wordpress.home + "/index.php?rest_route=/")
    client.put_media("ab" * 32, b"bytes", "image/png", "a b.png", "Alt & text", "T", "")
    request = wordpress.seen[0]
    assert request.path == "/index.php"
    assert request.args.to_dict() == {
        "rest_route": "/igny8/v1/media/" + "ab" * 32,
        "filename": "a b.png",
        "alt": "Alt & text",
        "title": "T",
    }
    assert request.headers["Content-Type"] == "image/png"
    assert request.get_data() == b"bytes"


def test_a_document_goes_out_as_json_under_its_id(wordpress):
    wordpress.client().put_content(CONTENT, {"title": "Ü"})
    request = wordpress.seen[0]
    assert (request.method, request.path) == ("PUT", f"/wp-json/igny8/v1/content/{CONTENT}")
    assert request.get_json() == {"title": "Ü"}


@pytest.mark.parametrize(
    "body",
    [
        b'{"id": 5}',
        b'\xef\xbb\xbf{"id": 5}',
        b'<br />\n<b>Notice</b>: Undefined index: x[{ in <b>/a.php</b> on line 3\n{"id": 5}',
        b'  {"id": 5}\n<!-- cached -->',
    ],
)
def test_noise_around_the_json_is_forgiven(wordpress, body):
    wordpress.answers["GET whoami"] = (200, body, {})
    assert wordpress.client().whoami() == {"id": 5}


def error(code, status=400, **data):
    return {"code": code, "message": "told by the site", "data": {"status": status, **data}}


@pytest.mark.parametrize(
    ("status", "body", "headers", "code", "retryable"),
    [
        (409, error("igny8_changed", modified_by="Ann"), {}, "wp_changed", False),
        (423, error("igny8_locked", user="Ann"), {}, "wp_locked", False),
        (409, error("igny8_trashed"), {}, "wp_trashed", False),
        (409, error("igny8_other_site"), {}, "wp_other_site", False),
        (503, error("igny8_busy"), {"Retry-After": "3"}, "wp_busy", True),
        (422, error("igny8_unknown_media"), {}, "wp_rejected", False),
        (422, error("igny8_hash_mismatch"), {}, "wp_upload_damaged", True),
        (412, error("rest_upload_hash_mismatch"), {}, "wp_upload_damaged", True),
        (200, b"<form action='/wp-login.php'>", {}, "wp_rest_blocked", False),
        (400, error("rest_invalid_param"), {}, "wp_rejected", False),
        (404, error("igny8_not_found"), {}, "wp_rejected", False),
        (404, error("rest_no_route"), {}, "wp_rest_blocked", False),
        (404, b"<html>nothing</html>", {}, "wp_rest_blocked", False),
        (200, b"<html>a page</html>", {}, "wp_rest_blocked", False),
        (200, b"", {}, "wp_bad_reply", True),
        (201, b'{"id": 7, "li', {"Content-Type": "application/json"}, "wp_bad_reply", True),
        (409, b'{"code":', {"Content-Type": "application/json"}, "wp_bad_reply", True),
        (200, b"[1]", {}, "wp_rest_blocked", False),
        (401, error("rest_not_logged_in"), {}, "wp_auth", False),
        (401, error("incorrect_password"), {}, "wp_auth", False),
        (403, error("rest_forbidden"), {}, "wp_forbidden", False),
        (403, b"<html>challenge</html>", {"Server": "cloudflare"}, "wp_blocked", False),
        (413, b"<html>too large</html>", {}, "wp_too_large", False),
        (503, {"code": "wp_die", "message": "x"}, {"Retry-After": "600"}, "wp_maintenance", True),
        (500, error("internal_server_error"), {}, "wp_error", True),
        (502, b"<html>bad gateway</html>", {}, "wp_error", True),
        (429, b"slow down", {"Retry-After": "9"}, "wp_error", True),
        (301, b"", {"Location": "https://new.example.com/"}, "wp_moved", False),
    ],
)
def test_each_answer_has_its_cause(wordpress, status, body, headers, code, retryable):
    wordpress.answers["PUT content"] = (status, body, headers)
    with pytest.raises(WordPressError) as caught:
        wordpress.client().put_content(CONTENT, {})
    assert (caught.value.code, caught.value.retryable) == (code, retryable)
    assert caught.value.message
    assert "<html>" not in caught.value.message
    if "Retry-After" in headers:
        assert caught.value.retry_after_s == float(headers["Retry-After"])
    assert len(wordpress.seen) == 1, "a redirect is never followed"


def test_the_details_of_a_refusal_are_kept(wordpress):
    body = error("igny8_changed", 409, modified_by="Ann", edit_link="https://x.example/e")
    wordpress.answers["PUT content"] = (409, body, {})
    with pytest.raises(WordPressError) as caught:
        wordpress.client().put_content(CONTENT, {})
    assert caught.value.details["modified_by"] == "Ann"
    assert caught.value.details["wp_code"] == "igny8_changed"


def test_a_site_that_is_not_there_is_unreachable(wordpress):
    wordpress.server.server_close()
    with pytest.raises(WordPressError) as caught:
        wordpress.client().whoami()
    assert (caught.value.code, caught.value.retryable) == ("wp_unreachable", True)


@pytest.mark.parametrize(
    "rest_url", ["http://127.0.0.1:1/wp-json/", "nonsense", "ftp://x.example/"]
)
def test_an_address_that_may_not_be_called_is_unreachable_for_good(rest_url):
    with pytest.raises(WordPressError) as caught:
        WordPressClient(Outbound(), rest_url, "user", "password").whoami()
    assert (caught.value.code, caught.value.retryable) == ("wp_unreachable", False)


def test_a_megabyte_of_open_braces_is_no_json_within_seconds():
    started = time.monotonic()
    assert parse_json(b'{"a":' * 200_000) is None
    assert time.monotonic() - started < 3
