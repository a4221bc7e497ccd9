"""What may not come in as JSON, and that it never ends in a fault of ours."""

import time

import pytest

from igny8_flask.api.json_door import MAX_BODY_BYTES, read_json
from igny8_flask.errors import BadRequestError

TASKS = "/v1/writer/tasks/"

HOSTILE = [
    b"{",
    b"nonsense",
    b'{"items": NaN}',
    b'{"items": Infinity}',
    b'{"items": -Infinity}',
    b'{"items": 1e999}',
    b'{"items": [], "items": []}',
    b'{"items": [{"title": "a\\u0000b"}]}',
    b'{"items": [{"title": "\\ud800"}]}',
    b'{"\\udfff": 1}',
    b'{"items": [{"title": "\\u0007"}]}',
    b"[" * 33 + b"]" * 33,
    b"[" * 100_000,
    b'{"a":' * 5_000 + b"1" + b"}" * 5_000,
    '{"items": "é"}'.encode("latin-1"),
    '{"items": []}'.encode("utf-16"),
    b"\xef\xbb\xbf{}",
    b'{"items": ' + b"9" * 5_000 + b"}",
    b'{"items": 01}',
    b"{'items': []}",
]


@pytest.mark.parametrize("body", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_body_is_refused_in_words(plugin, body):
    answer = plugin("POST", TASKS, data=body, content_type="application/json")
    assert answer.status_code in (400, 422)
    assert answer.json["success"] is False
    assert answer.json["error"]
    assert answer.json["request_id"] == answer.headers["X-Request-ID"]
    assert plugin("GET", TASKS).json["count"] == 0


@pytest.mark.parametrize(
    "body", [b"null", b"1", b'"text"', b"true", b"[]", b"[1]", b"{}", b"", b"   "]
)
def test_a_body_that_is_no_object_is_refused(plugin, body):
    answer = plugin("POST", TASKS, data=body, content_type="application/json")
    assert answer.status_code == 422


def test_only_json_is_read_as_json(plugin):
    answer = plugin("POST", TASKS, data=b"items=1", content_type="text/plain")
    assert (answer.status_code, answer.json["code"]) == (400, "not_json")


def test_a_body_over_a_mebibyte_is_refused(plugin):
    body = b'{"items": "' + b"x" * MAX_BODY_BYTES + b'"}'
    answer = plugin("POST", TASKS, data=body, content_type="application/json")
    assert (answer.status_code, answer.json["code"]) == (400, "body_too_large")
    huge = plugin("POST", TASKS, data=b"x" * (6 * 1024 * 1024), content_type="application/json")
    assert (huge.status_code, huge.json["code"]) == (413, "body_too_large")


def test_depth_32_is_still_read():
    assert read_json(b"[" * 32 + b"]" * 32)


def test_brackets_inside_texts_do_not_count_as_depth():
    assert read_json(b'["' + b"[{" * 100 + b'", "\\"[[["]') == ["[{" * 100, '"[[[']


@pytest.mark.parametrize("piece", [b'\\"', b'"', b"\\", b"[", b'"[', b"{}", b'"\\'])
def test_a_mebibyte_of_noise_is_refused_in_linear_time(piece):
    body = (b'"' + piece * MAX_BODY_BYTES)[:MAX_BODY_BYTES]
    started = time.monotonic()
    with pytest.raises(BadRequestError):
        read_json(body)
    assert time.monotonic() - started < 5


@pytest.mark.parametrize(
    "body",
    [
        b'{"a": 1, "a": 1}',
        b'{"x": {"a": 1, "a": 2}}',
        b'{"a": NaN}',
        b"[Infinity]",
        b"-Infinity",
        b"[1e999]",
    ],
)
def test_the_door_refuses_by_itself_what_no_schema_sees(body):
    with pytest.raises(BadRequestError):
        read_json(body)
