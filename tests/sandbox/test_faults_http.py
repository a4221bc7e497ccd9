"""Faults of status and body, and the ways in which a fault is chosen."""

from email.utils import parsedate_to_datetime
from typing import Any

import openai
import pytest

from igny8_flask.sandbox.faults import QUOTA_CODES
from tests.sandbox.conftest import TEA, Sandbox, answer_of, question

STATUSES: dict[str, tuple[int, str | None, type[openai.APIStatusError]]] = {
    "rate_limit": (429, "rate_limit_exceeded", openai.RateLimitError),
    "rate_limit_no_header": (429, "rate_limit_exceeded", openai.RateLimitError),
    "slow_down": (429, "slow_down", openai.RateLimitError),
    "quota": (429, "insufficient_quota", openai.RateLimitError),
    **{code: (429, code, openai.RateLimitError) for code in QUOTA_CODES},
    "flex_unavailable": (429, "resource_unavailable", openai.RateLimitError),
    "auth": (401, "invalid_api_key", openai.AuthenticationError),
    "unverified": (403, None, openai.PermissionDeniedError),
    "not_found": (404, "model_not_found", openai.NotFoundError),
    "policy": (400, "content_policy_violation", openai.BadRequestError),
    "context": (400, "context_length_exceeded", openai.BadRequestError),
    "unsupported_parameter": (400, "unsupported_parameter", openai.BadRequestError),
    "server_500": (500, None, openai.InternalServerError),
    "bad_gateway_html": (502, None, openai.InternalServerError),
    "overloaded_503": (503, "server_is_overloaded", openai.InternalServerError),
    "gateway_504": (504, None, openai.InternalServerError),
    "status_529": (529, None, openai.InternalServerError),
    "status_498": (498, "capacity_exceeded", openai.APIStatusError),
}


@pytest.mark.parametrize("name", STATUSES)
def test_a_status_fault_strikes_once_unbilled_and_then_works(box: Sandbox, name: str) -> None:
    status, code, kind = STATUSES[name]
    box.fault(name)
    with box.client() as client:
        with pytest.raises(kind) as caught:
            client.chat.completions.create(**question())
        assert (caught.value.status_code, caught.value.code) == (status, code)
        assert client.chat.completions.create(**question()).choices
    first, second = box.journal()
    assert (first["fault"], first["status"], first["billed"]) == (name, status, False)
    assert (second["fault"], second["billed"]) == (None, True)


def test_waiting_times_come_as_seconds_milliseconds_or_a_date(box: Sandbox) -> None:
    box.fault("rate_limit", args={"retry_after": 7})
    assert box.chat().headers["retry-after"] == "7"
    box.fault("rate_limit", args={"retry_after_ms": 250})
    assert box.chat().headers["retry-after-ms"] == "250"
    box.fault("rate_limit", args={"date": True, "retry_after": 5})
    assert parsedate_to_datetime(box.chat().headers["retry-after"]).tzinfo is not None
    box.fault("rate_limit_no_header")
    assert "retry-after" not in box.chat().headers


def test_a_redirect_leads_elsewhere(box: Sandbox) -> None:
    box.fault("redirect_302")
    answer = box.chat(allow_redirects=False)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/v1/elsewhere")


def test_status_200_may_hold_an_error_nothing_or_a_page(box: Sandbox) -> None:
    box.fault("error_in_200")
    answer = box.chat()
    assert (answer.status_code, answer.json()["error"]["code"]) == (200, 502)
    box.fault("empty_200")
    assert (box.chat().content, box.journal()[-1]["status"]) == (b"", 200)
    box.fault("html_in_200")
    assert box.chat().headers["Content-Type"].startswith("text/html")


def test_a_refused_field_is_refused_only_while_it_is_sent(box: Sandbox) -> None:
    rule: dict[str, Any] = {"times": 0, "args": {"param": "response_format", "type": "json_schema"}}
    box.fault("unsupported_parameter", **rule)
    schema = {"type": "object", "properties": {"title": {"type": "string"}}}
    chosen = {"type": "json_schema", "json_schema": {"name": "x", "schema": schema}}
    refused = box.chat({"response_format": chosen})
    assert refused.json()["error"]["param"] == "response_format"
    assert box.chat().status_code == 200


def test_a_key_chooses_a_fault_for_good_or_for_some_times(box: Sandbox) -> None:
    for _ in range(2):
        assert box.chat(key="sk-sandbox-server_500").status_code == 500
    answers = [box.chat(key="sk-sandbox-overloaded-503-x2").status_code for _ in range(3)]
    assert answers == [503, 503, 200]
    assert box.chat(key="sk-sandbox-anything-else").status_code == 200


@pytest.mark.parametrize(
    ("mark", "statuses"),
    [
        ("[[fault:server_500]]", [500, 200, 200]),
        ("[[fault:server_500:2]]", [500, 500, 200]),
        ("[[fault:server_500:*]]", [500, 500, 500]),
        ("[[fault:no_such_fault]]", [200, 200, 200]),
    ],
)
def test_a_mark_in_a_prompt_chooses_a_fault(box: Sandbox, mark: str, statuses: list[int]) -> None:
    asked = question({**TEA, "title": f"Tea {mark}", "word_count": 100})
    answers = [box.post("/v1/chat/completions", asked) for _ in statuses]
    assert [answer.status_code for answer in answers] == statuses


def test_a_mark_carries_arguments_and_stays_out_of_the_article(box: Sandbox) -> None:
    title = "Tea [[fault:rate_limit:1:retry_after=9]]"
    asked = question({"title": title, "keywords": ["tea"], "word_count": 100})
    assert box.post("/v1/chat/completions", asked).headers["retry-after"] == "9"
    assert answer_of(box.post("/v1/chat/completions", asked))["title"] == "Tea"


@pytest.mark.parametrize(
    "match",
    [
        {"path": "/chat/"},
        {"function": "generate_content"},
        {"function": "auto_generate_content"},
        {"model": "gpt-6-*"},
        {"text": "green tea"},
        {"nth": 1},
    ],
)
def test_a_rule_strikes_what_it_matches(box: Sandbox, match: dict[str, Any]) -> None:
    box.fault("server_500", match=match)
    assert box.chat().status_code == 500


@pytest.mark.parametrize(
    "match",
    [
        {"path": "/images/"},
        {"function": "auto_cluster"},
        {"model": "gpt-4*"},
        {"text": "coffee"},
        {"nth": 2},
    ],
)
def test_a_rule_leaves_alone_what_it_does_not_match(box: Sandbox, match: dict[str, Any]) -> None:
    box.fault("server_500", match=match)
    assert box.chat().status_code == 200


def test_a_rule_counts_the_requests_that_match(box: Sandbox) -> None:
    box.fault("server_500", match={"nth": [2, 3]}, times=0)
    assert [box.chat().status_code for _ in range(4)] == [200, 500, 500, 200]


def test_a_fault_waits_for_a_request_that_it_can_spoil(box: Sandbox) -> None:
    box.fault("zero_bytes")
    assert box.chat().status_code == 200
    picture = box.post("/v1/images/generations", {"model": "gpt-image-2", "prompt": "Tea"})
    assert picture.json()["data"][0]["b64_json"] == ""


@pytest.mark.parametrize(
    "rule",
    [
        {"fault": "nonsense"},
        {"fault": "server_500", "match": {"colour": "red"}},
        {"fault": "server_500", "times": -1},
        {"fault": "server_500", "args": ["x"]},
        "server_500",
    ],
)
def test_a_wrong_rule_is_refused(box: Sandbox, rule: Any) -> None:
    answer = box.session.post(f"{box.root}/_sandbox/faults", json=rule)
    assert answer.status_code == 400
    assert answer.json()["error"]
