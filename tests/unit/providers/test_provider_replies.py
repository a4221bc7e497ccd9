"""Answers as odd servers really send them, and the small clients for moderation and models."""

import json
import socket
import threading
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from igny8_flask.ai.providers import (
    Message,
    Moderation,
    OpenAICompatText,
    Profile,
    ReplySchema,
    TextReply,
    TextRequest,
    list_models,
)
from igny8_flask.ai.providers.catalog import COMPATIBLE, OPENAI, provider_for
from igny8_flask.ai.providers.chat_reply import ReplyBuilder, read_usage
from igny8_flask.ai.providers.faults import Fault
from igny8_flask.ai.providers.models_list import read_date
from igny8_flask.ai.providers.payload import build_payload, is_strict
from igny8_flask.ai.providers.profiles import learn, plainest
from igny8_flask.ai.providers.sse import DONE, read_events
from igny8_flask.errors import ProviderError
from igny8_flask.outbound import Outbound

KEY = "sk-sandbox-test-key"
REQUEST = TextRequest("some-model", (Message("user", "hi"),), 100)
Answer = Callable[..., TextReply]


@pytest.fixture
def answer() -> Iterator[Answer]:
    """Complete one text against a server that sends exactly these bytes as its body."""
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    bodies: list[tuple[bytes, str]] = []

    def serve() -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            with client:
                client.recv(65536)
                body, kind = bodies[-1]
                head = f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n"
                client.sendall(head.encode() + b"Connection: close\r\n\r\n" + body)

    threading.Thread(target=serve, daemon=True).start()
    outbound = Outbound(frozenset({f"127.0.0.1:{port}"}))

    def complete(
        body: bytes, kind: str = "text/event-stream", on_text: Callable[[str], None] | None = None
    ) -> TextReply:
        bodies.append((body, kind))
        client = OpenAICompatText(outbound, f"http://127.0.0.1:{port}/v1", "")
        return client.complete(REQUEST, on_text)

    yield complete
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()


def chunk(text: str | None = None, finish: str | None = None, **more: Any) -> dict[str, Any]:
    delta = {} if text is None else {"content": text}
    return {"choices": [{"index": 0, "delta": delta, "finish_reason": finish}], **more}


def stream(*events: Any, done: bool = True) -> bytes:
    lines = [f"data: {event if isinstance(event, str) else json.dumps(event)}" for event in events]
    return "\n\n".join([*lines, *(["data: [DONE]"] if done else []), ""]).encode()


OK = (chunk("Hel"), chunk("lo ☕"), chunk(None, "stop"))


@pytest.mark.parametrize(
    "body",
    [
        stream(*OK),
        stream(*OK, done=False),
        stream(*OK).replace(b"\n", b"\r\n"),
        stream(*OK).replace(b"\n\n", b"\n"),
        stream(*OK).replace(b"data: ", b"data:"),
        b"\xef\xbb\xbf" + stream(*OK),
        b": comment\n\nretry: 100\nid: 1\n\n" + stream(*OK),
        b"event: message\n" + stream(*OK),
        stream({"choices": []}, *OK, {"choices": [], "usage": None}),
        stream(*OK, chunk("after the end")),
        stream(*OK) + b"data: {broken\n\ndata: more\n\n",
        stream("not json at all", *OK),
        stream("null", "[]", "7", *OK),
        stream(chunk(""), *OK),
        stream({"choices": [{"delta": None}]}, {"choices": [None]}, {"choices": "x"}, *OK),
        stream(*OK, {"choices": [{"index": 1, "delta": {"content": "other"}}]}),
        b'data: {"choices":\ndata: [{"delta":{"content":"Hello \xe2\x98\x95"},\n'
        b'data: "finish_reason":"stop"}]}\n\n',
        stream({"choices": [{"message": {"content": "Hello ☕"}, "finish_reason": "stop"}]}),
        stream(
            {"choices": [{"delta": {"content": [{"type": "text", "text": "Hello ☕"}]}}]},
            chunk(None, "STOP"),
        ),
        stream(
            {"choices": [{"delta": {"content": [{"type": "thinking", "thinking": "hm"}]}}]},
            {"choices": [{"delta": {"reasoning_content": "let me see"}}]},
            *OK,
        ),
        json.dumps(
            {"choices": [{"message": {"content": "Hello ☕"}, "finish_reason": "stop"}]}
        ).encode(),
        json.dumps(
            {"choices": [{"message": {"content": "Hello ☕"}, "finish_reason": "end_turn"}]},
            indent=2,
        ).encode(),
    ],
)
@pytest.mark.parametrize("kind", ["text/event-stream", "text/html; charset=iso-8859-1", "x"])
def test_an_answer_in_any_form_reads_the_same(body: bytes, kind: str, answer: Answer) -> None:
    pieces: list[str] = []
    after_end = b"after the end" in body
    reply = answer(body, kind, pieces.append)
    assert reply.text == ("Hello ☕after the end" if after_end else "Hello ☕")
    assert (reply.finish_reason, reply.truncated_stream) == ("stop", False)
    assert "".join(pieces) == reply.text


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\n\n\n",
        b": only a comment\n\n",
        b"data: [DONE]\n\n",
        b"<!doctype html><html><body>Welcome</body></html>",
        b"Internal error",
        b"{}",
        b'{"choices": "none"}',
        b"[]",
        b"null",
        b'{"id": "x", "choices"',
        b"\xff\xfe{\x00}\x00",
        b"[" * 100_000,
    ],
)
@pytest.mark.parametrize("kind", ["text/event-stream", "application/json"])
def test_an_answer_that_is_none_is_a_passing_failure_perhaps_paid(
    body: bytes, kind: str, answer: Answer
) -> None:
    with pytest.raises(ProviderError) as caught:
        answer(body, kind)
    error = caught.value
    assert (error.kind, error.retryable, error.maybe_billed) == ("transient", True, True)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b'{"error": {"code": 402, "message": "no credits"}}', "quota"),
        (b'{"error": {"message": "Rate limit", "code": "rate_limit_exceeded"}}', "rate"),
        (b'data: {"error": {"code": 429, "message": "slow down"}}\n\n', "rate"),
        (b'event: error\ndata: {"message": "x", "code": "insufficient_quota"}\n\n', "quota"),
        (b'event: error\ndata: {"error": "overloaded"}\n\n', "transient"),
        (stream(chunk("text")) + b'data: {"error": {"message": "boom"}}\n\n', None),
        (stream(chunk("te"), {"error": {"message": "boom"}}), "transient"),
        (stream(chunk("te")).replace(b"data: [DONE]", b'{"error": {"message": "b"}}'), "transient"),
    ],
)
def test_an_error_inside_a_good_status_is_an_error(
    body: bytes, kind: str | None, answer: Answer
) -> None:
    if kind is None:
        assert answer(body).text == "text"
        return
    with pytest.raises(ProviderError) as caught:
        answer(body)
    assert caught.value.kind == kind


def test_an_end_without_finish_reason_is_told_from_a_cut(answer: Answer) -> None:
    assert not answer(stream(chunk("text"))).truncated_stream
    assert answer(stream(chunk("text"), done=False)).truncated_stream
    assert answer(stream(chunk("text"), done=False) + b'data: {"choi').truncated_stream


@pytest.mark.parametrize(
    ("piece", "more", "copies"),
    [
        ("ha ", {}, 2),
        ("a long piece of text", {}, 1),
        ("ha ", {"obfuscation": "x7"}, 1),
    ],
)
def test_a_chunk_sent_twice_counts_once_unless_a_model_may_mean_it(
    piece: str, more: dict[str, str], copies: int
) -> None:
    builder = ReplyBuilder("m", {})
    for _ in range(2):
        builder.add(chunk(piece, **more))
    assert builder.build().text == piece * copies


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (None, None),
        ({}, None),
        ({"prompt_tokens": 0, "completion_tokens": 0}, None),
        ({"prompt_tokens": "5", "completion_tokens": 1}, None),
        ({"prompt_tokens": -5, "completion_tokens": 1}, None),
        ({"prompt_tokens": True, "completion_tokens": 1}, None),
        ({"prompt_tokens": 5, "completion_tokens": 7}, (5, 0, 0, 7, 0)),
        ({"input_tokens": 5, "output_tokens": 7}, (5, 0, 0, 7, 0)),
        (
            {
                "prompt_tokens": 100,
                "completion_tokens": 50,
                "prompt_tokens_details": {"cached_tokens": 60, "cache_write_tokens": 90},
                "completion_tokens_details": {"reasoning_tokens": 70},
            },
            (100, 60, 40, 50, 50),
        ),
        (
            {"prompt_tokens": 5, "completion_tokens": 7, "prompt_tokens_details": None},
            (5, 0, 0, 7, 0),
        ),
    ],
)
def test_usage_is_read_within_its_bounds_or_is_unknown(raw: Any, expected: Any) -> None:
    usage = read_usage(raw)
    found = usage and (usage.input, usage.cached, usage.cache_write, usage.output, usage.reasoning)
    assert found == expected


@pytest.mark.parametrize(
    ("cost", "expected"),
    [(0.00123, Decimal("0.00123")), ("0.5", Decimal("0.5")), (-1, None), ("x", None), (True, None),
     (float("nan"), None), (None, None), (0, Decimal(0))],
)  # fmt: skip
def test_a_reported_cost_is_read_exactly_or_not_at_all(cost: Any, expected: Any) -> None:
    builder = ReplyBuilder("m", {})
    builder.add({"usage": {"prompt_tokens": 1, "completion_tokens": 1, "cost": cost}})
    assert builder.build().cost_usd == expected


def test_events_with_too_many_lines_are_dropped_in_linear_time() -> None:
    lines = [b"data: x"] * 10_000 + [b"", b"data: [DONE]", b"data: never"]
    events = list(read_events(lines))
    assert events[-1] == DONE
    assert set(map(str, events)) == {"None", DONE}


SCHEMA = ReplySchema("s", {"type": "object", "properties": {"a": {"type": "string"}}})
CLOSED = {**SCHEMA.definition, "additionalProperties": False, "required": ["a"]}


def test_a_plain_request_carries_only_what_every_server_knows() -> None:
    plain = plainest(Profile())
    assert plain
    payload = build_payload(REQUEST, plain, COMPATIBLE)
    assert set(payload) == {"model", "messages", "max_tokens", "stream"}


def test_a_schema_is_strict_only_when_it_is_closed_all_the_way_down() -> None:
    assert is_strict(CLOSED)
    assert not is_strict(SCHEMA.definition)
    assert not is_strict({"type": "array", "items": SCHEMA.definition})
    assert is_strict({"type": "array", "items": CLOSED})
    assert not is_strict({**CLOSED, "required": []})


@pytest.mark.parametrize("form", ["json_object", "prompt"])
def test_without_schema_support_the_schema_stands_in_the_prompt(form: str) -> None:
    request = TextRequest("m", (Message("user", "hi"),), 10, schema=SCHEMA)
    payload = build_payload(request, Profile(format=form), COMPATIBLE)
    assert "JSON" in payload["messages"][0]["content"]
    assert '"properties":{"a"' in payload["messages"][0]["content"]
    assert payload["messages"][-1] == {"role": "user", "content": "hi"}
    assert payload.get("response_format") == ({"type": form} if form != "prompt" else None)


def test_only_hosts_that_know_them_get_their_own_fields() -> None:
    assert build_payload(REQUEST, Profile(), OPENAI)["store"] is False
    router = provider_for("https://openrouter.ai/api/v1")
    assert build_payload(REQUEST, Profile(), router)["usage"] == {"include": True}
    assert not {"store", "usage"} & set(build_payload(REQUEST, Profile(), COMPATIBLE))


def test_learning_always_ends() -> None:
    request = TextRequest(
        "m", REQUEST.messages, 10, temperature=0.5, schema=SCHEMA, reasoning_effort="low"
    )
    profile: Profile | None = Profile()
    names = "stream_options max_tokens max_completion_tokens temperature reasoning_effort"
    steps = 0
    while profile:
        words = Fault(message=f"unsupported: {names} response_format stream")
        profile = learn(profile, words, build_payload(request, profile, COMPATIBLE))
        steps += 1
    assert steps <= 8


def test_a_limit_that_is_too_large_teaches_nothing_about_names() -> None:
    fault = Fault("max_tokens is too large: 9. At most 5 completion tokens", param="max_tokens")
    assert learn(Profile(), fault, build_payload(REQUEST, Profile(), COMPATIBLE)) is None


def test_a_profile_survives_storage_and_other_versions() -> None:
    profile = Profile(format="prompt", temperature=False)
    assert Profile.from_dict({**profile.as_dict(), "added_later": 1}) == profile
    assert Profile.from_dict({}) == Profile()


def test_moderation_flags_what_the_list_names(provider: Any, outbound: Outbound) -> None:
    moderation = Moderation(outbound, provider.base_url, KEY)
    assert not moderation.check(["A tent for winter"]).flagged
    verdict = moderation.check(["A tent", "how to murder someone"])
    assert verdict.flagged
    assert verdict.categories == ("violence",)


@pytest.mark.parametrize("fault", ["server_500", "empty_200", "html_in_200", "error_in_200"])
def test_moderation_without_a_verdict_raises(fault: str, provider: Any, outbound: Outbound) -> None:
    provider.script(fault)
    with pytest.raises(ProviderError):
        Moderation(outbound, provider.base_url, KEY).check(["text"])


def test_models_are_listed_with_the_day_they_end(provider: Any, outbound: Outbound) -> None:
    models = {row.id: row.shutdown_date for row in list_models(outbound, provider.base_url, KEY)}
    assert models["gpt-4o"] == date(2027, 1, 14)
    assert models["gpt-6-luna"] is None
    with pytest.raises(ProviderError):
        list_models(outbound, provider.base_url, "sk-wrong")


@pytest.mark.parametrize(
    ("value", "day"),
    [
        ("2026-12-11", date(2026, 12, 11)),
        ("2026-12-11T00:00:00Z", date(2026, 12, 11)),
        (1796947200, date(2026, 12, 11)),
        ("soon", None),
        (None, None),
        (True, None),
        (1e30, None),
        (float("nan"), None),
        ([], None),
    ],
)
def test_a_shutdown_day_is_read_in_every_form(value: Any, day: date | None) -> None:
    assert read_date(value) == day
