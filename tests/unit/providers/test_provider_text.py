"""Text completions against the sandbox: what comes back, and what every fault ends in."""

import json
import socket
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from igny8_flask.ai.providers import (
    MemoryProfiles,
    Message,
    OpenAICompatText,
    ReplySchema,
    TextRequest,
)
from igny8_flask.errors import CancelledError, ProviderError
from igny8_flask.outbound import PROVIDER, Outbound

KEY = "sk-sandbox-test-key"
FAST = replace(PROVIDER, first_byte_s=1.5, idle_s=0.8, total_s=30)
Make = Callable[..., TextRequest]


@pytest.fixture
def text(provider: Any, outbound: Outbound) -> OpenAICompatText:
    return OpenAICompatText(outbound, provider.base_url, KEY, policy=FAST)


def test_a_streamed_answer_arrives_in_pieces_and_with_its_usage(
    text: OpenAICompatText, make_request: Make, provider: Any
) -> None:
    pieces: list[str] = []
    reply = text.complete(make_request(), pieces.append)
    assert len(pieces) > 3
    assert reply.text == "".join(pieces)
    assert "winter" in reply.text.lower()
    assert (reply.finish_reason, reply.truncated_stream, reply.model) == (
        "stop",
        False,
        "gpt-6-luna",
    )
    entry = provider.journal[-1]
    assert reply.request_id == entry["request_id"]
    assert reply.usage
    assert (reply.usage.input, reply.usage.output) == (
        entry["prompt_tokens"],
        entry["completion_tokens"],
    )
    assert reply.tier
    assert [entry["status"] for entry in provider.journal] == [200]


def test_a_schema_is_sent_strict_and_answered_in_kind(
    text: OpenAICompatText, make_request: Make, cluster_schema: ReplySchema
) -> None:
    request = make_request('Group these keywords: ["red tent", "blue tent"]', schema=cluster_schema)
    document = json.loads(text.complete(request).text)
    assert {kw for row in document["clusters"] for kw in row["keywords"]} == {
        "red tent",
        "blue tent",
    }


def test_a_refused_field_is_learnt_once_and_remembered(
    provider: Any, outbound: Outbound, make_request: Make
) -> None:
    profiles = MemoryProfiles()
    request = make_request(temperature=0.3, reasoning_effort="medium")
    reply = OpenAICompatText(outbound, provider.base_url, KEY, profiles).complete(request)
    assert [entry["status"] for entry in provider.journal] == [400, 200]
    assert reply.attempts == 2
    profile = profiles.get(provider.base_url, "gpt-6-luna")
    assert profile
    assert not profile.temperature
    again = OpenAICompatText(outbound, provider.base_url, KEY, profiles).complete(request)
    assert again.attempts == 1
    assert [entry["status"] for entry in provider.journal] == [400, 200, 200]


@pytest.mark.parametrize(
    ("param", "kind", "left"),
    [
        ("response_format", "json_schema", "json_object"),
        ("response_format", None, "prompt"),
    ],
)
def test_the_format_ladder_is_walked_down_and_the_schema_goes_into_the_prompt(
    param: str,
    kind: str | None,
    left: str,
    provider: Any,
    outbound: Outbound,
    make_request: Make,
    cluster_schema: ReplySchema,
) -> None:
    args = {"param": param, **({"type": kind} if kind else {})}
    provider.script("unsupported_parameter", 0, **args)
    profiles = MemoryProfiles()
    client = OpenAICompatText(outbound, provider.base_url, KEY, profiles)
    request = make_request('Group the keywords: ["red tent", "blue tent"]', schema=cluster_schema)
    reply = client.complete(request)
    learnt = profiles.get(provider.base_url, "gpt-6-luna")
    assert learnt
    assert learnt.format == left
    assert reply.text


@pytest.mark.parametrize("param", ["stream_options", "stream", "reasoning_effort"])
def test_other_fields_are_given_up_one_by_one(
    param: str, provider: Any, outbound: Outbound, make_request: Make
) -> None:
    provider.script("unsupported_parameter", 0, param=param)
    pieces: list[str] = []
    client = OpenAICompatText(outbound, provider.base_url, KEY)
    reply = client.complete(make_request(reasoning_effort="low"), pieces.append)
    assert reply.attempts == 2
    assert "".join(pieces) == reply.text != ""


def test_the_token_field_is_renamed_where_the_other_name_is_wanted(
    provider: Any, outbound: Outbound, make_request: Make
) -> None:
    mistral = f"http://{provider.pair}/mistral/v1"
    reply = OpenAICompatText(outbound, mistral, KEY).complete(make_request())
    assert [entry["status"] for entry in provider.journal] == [422, 200]
    assert reply.text


@pytest.mark.parametrize(
    "path",
    ["azure/openai/v1", "openrouter/api/v1", "ollama/v1", "groq/openai/v1", "mistral/v1",
     "gemini/v1beta/openai", "llamacpp/v1"],
)  # fmt: skip
def test_every_dialect_of_the_sandbox_answers(
    path: str, provider: Any, outbound: Outbound, make_request: Make
) -> None:
    client = OpenAICompatText(outbound, f"http://{provider.pair}/{path}", KEY)
    reply = client.complete(make_request(model="gpt-6-luna", temperature=1))
    assert reply.text
    assert reply.finish_reason == "stop"


def test_a_reported_cost_is_exact_money(
    provider: Any, outbound: Outbound, make_request: Make
) -> None:
    client = OpenAICompatText(outbound, f"http://{provider.pair}/openrouter/api/v1", KEY)
    reply = client.complete(make_request())
    assert isinstance(reply.cost_usd, Decimal)
    assert float(reply.cost_usd) == pytest.approx(provider.journal[-1]["expected_cost_usd"])


FAILURES = [
    ("rate_limit", "rate", True),
    ("rate_limit_no_header", "rate", True),
    ("slow_down", "rate", True),
    ("quota", "quota", False),
    ("insufficient_quota", "quota", False),
    ("credit_balance_exhausted", "quota", False),
    ("organization_spend_limit_exceeded", "quota", False),
    ("project_spend_limit_exceeded", "quota", False),
    ("organization_usage_limit_exceeded", "quota", False),
    ("flex_unavailable", "capacity", True),
    ("auth", "auth", False),
    ("unverified", "permission", False),
    ("not_found", "model", False),
    ("policy", "policy", False),
    ("context", "context", False),
    ("server_500", "transient", True),
    ("bad_gateway_html", "transient", True),
    ("overloaded_503", "transient", True),
    ("gateway_504", "transient", True),
    ("status_529", "capacity", True),
    ("status_498", "capacity", True),
    ("redirect_302", "config", False),
    ("error_in_200", "transient", True),
    ("empty_200", "transient", True),
    ("html_in_200", "transient", True),
    ("reset_before_headers", "transient", True),
    ("hang", "timeout", True),
    ("huge_body", "transient", True),
    ("error_mid_stream", "transient", True),
]


@pytest.mark.parametrize(("fault", "kind", "retryable"), FAILURES)
def test_a_fault_ends_in_its_class_with_words_and_a_hint(
    fault: str,
    kind: str,
    retryable: bool,
    provider: Any,
    text: OpenAICompatText,
    make_request: Make,
) -> None:
    provider.script(fault, **({"seconds": 2.5} if fault == "hang" else {}))
    with pytest.raises(ProviderError) as caught:
        text.complete(make_request())
    error = caught.value
    assert (error.kind, error.retryable) == (kind, retryable)
    assert error.code == f"provider_{kind}"
    assert error.message
    assert error.hint
    assert KEY not in error.message + error.hint
    assert len(provider.journal) == 1


@pytest.mark.parametrize("fault", ["rate_limit", "server_500", "reset_before_headers", "auth"])
def test_a_passing_fault_passes(
    fault: str, provider: Any, text: OpenAICompatText, make_request: Make
) -> None:
    provider.script(fault)
    with pytest.raises(ProviderError):
        text.complete(make_request())
    assert text.complete(make_request()).text


@pytest.mark.parametrize(
    ("args", "seconds"), [({"retry_after": 7}, 7), ({"retry_after_ms": 250}, 0.25)]
)
def test_the_wait_that_a_provider_asks_for_is_handed_on(
    args: dict[str, int],
    seconds: float,
    provider: Any,
    text: OpenAICompatText,
    make_request: Make,
) -> None:
    provider.script("rate_limit", **args)
    with pytest.raises(ProviderError) as caught:
        text.complete(make_request())
    assert caught.value.retry_after_s == seconds


@pytest.mark.parametrize("fault", ["reset_before_headers", "hang", "error_mid_stream", "empty_200"])
def test_a_lost_answer_is_marked_as_perhaps_paid(
    fault: str, provider: Any, text: OpenAICompatText, make_request: Make
) -> None:
    provider.script(fault, **({"seconds": 3, "after_work": True} if fault == "hang" else {}))
    with pytest.raises(ProviderError) as caught:
        text.complete(make_request())
    assert caught.value.maybe_billed


@pytest.mark.parametrize("fault", ["rate_limit", "auth", "quota", "context", "server_500"])
def test_a_refused_call_is_not_marked_as_perhaps_paid(
    fault: str, provider: Any, text: OpenAICompatText, make_request: Make
) -> None:
    provider.script(fault)
    with pytest.raises(ProviderError) as caught:
        text.complete(make_request())
    assert not caught.value.maybe_billed


def test_a_closed_port_is_passing_and_surely_not_paid(make_request: Make) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        pair = f"127.0.0.1:{listener.getsockname()[1]}"
    client = OpenAICompatText(Outbound(frozenset({pair})), f"http://{pair}/v1", KEY)
    with pytest.raises(ProviderError) as caught:
        client.complete(make_request())
    error = caught.value
    assert (error.kind, error.retryable, error.maybe_billed) == ("transient", True, False)


def test_a_private_address_that_nobody_allowed_is_a_fault_of_the_settings(
    provider: Any, make_request: Make
) -> None:
    client = OpenAICompatText(Outbound(), provider.base_url, KEY)
    with pytest.raises(ProviderError) as caught:
        client.complete(make_request())
    assert (caught.value.kind, caught.value.retryable) == ("config", False)
    assert "OPENAI_BASE_URL" in caught.value.hint


@pytest.mark.parametrize(
    "fault",
    ["no_done", "keepalive_comments", "split_utf8", "empty_choices", "wrong_content_type",
     "latin1_charset", "slow_drip", "duplicate_chunk"],
)  # fmt: skip
def test_an_oddly_sent_stream_gives_the_same_answer(
    fault: str, provider: Any, text: OpenAICompatText, make_request: Make
) -> None:
    request = make_request("Write an article: Zelte für den Winter in Österreich, größer als je")
    plain = text.complete(request)
    provider.script(fault, **({"interval": 0.0, "bytes": 50} if fault == "slow_drip" else {}))
    odd = text.complete(request)
    assert odd.text == plain.text
    assert odd.finish_reason == "stop"
    assert not odd.truncated_stream
    assert odd.usage
    assert plain.usage
    assert odd.usage.output == plain.usage.output


@pytest.mark.parametrize(
    ("fault", "args"),
    [
        ("cut_stream", {}),
        ("reset_mid_body", {"events": 20}),
        ("stall_mid_stream", {"seconds": 2}),
        ("not_json", {}),
        ("bad_gzip", {}),
        ("short_content_length", {}),
    ],
)
def test_a_stream_that_breaks_off_keeps_the_text_that_was_paid_for(
    fault: str,
    args: dict[str, Any],
    provider: Any,
    text: OpenAICompatText,
    make_request: Make,
) -> None:
    full = text.complete(make_request())
    provider.script(fault, **args)
    cut = text.complete(make_request())
    assert cut.text
    assert full.text.startswith(cut.text)
    if fault == "short_content_length":
        assert cut.text == full.text
    else:
        assert cut.truncated_stream
        assert cut.finish_reason == ""
        assert cut.usage is None


@pytest.mark.parametrize("fault", ["no_usage", "usage_missing", "usage_zero"])
def test_missing_usage_is_unknown_and_never_zero(
    fault: str, provider: Any, text: OpenAICompatText, make_request: Make
) -> None:
    provider.script(fault)
    reply = text.complete(make_request())
    assert reply.text
    assert reply.usage is None


def test_content_faults_come_through_as_they_are(
    provider: Any, text: OpenAICompatText, make_request: Make
) -> None:
    outcomes = {}
    for fault in ("length_cut", "length_empty", "content_filter", "null_content", "refusal_field"):
        provider.script(fault)
        reply = text.complete(make_request())
        outcomes[fault] = (bool(reply.text), reply.finish_reason, bool(reply.refusal))
    assert outcomes["length_cut"] == (True, "length", False)
    assert outcomes["length_empty"] == (False, "length", False)
    assert outcomes["content_filter"][1] == "content_filter"
    assert outcomes["null_content"][0] is False
    assert outcomes["refusal_field"][2] is True


@pytest.mark.parametrize(
    ("fault", "field", "value"),
    [("tier_downgraded", "tier", "default"), ("model_alias_in_reply", "model", None)],
)
def test_the_tier_and_model_really_served_are_told(
    fault: str,
    field: str,
    value: str | None,
    provider: Any,
    text: OpenAICompatText,
    make_request: Make,
) -> None:
    provider.script(fault)
    served = getattr(text.complete(make_request()), field)
    assert served == value if value else served != "gpt-6-luna"


def test_a_cancelled_stream_stops_and_hangs_up(
    provider: Any, outbound: Outbound, make_request: Make
) -> None:
    pieces: list[str] = []
    provider.script("stall_mid_stream", seconds=3)
    client = OpenAICompatText(outbound, provider.base_url, KEY)
    with pytest.raises(CancelledError):
        client.complete(make_request(), pieces.append, lambda: len(pieces) > 2)
    assert pieces


@pytest.mark.parametrize(
    ("key", "kind"),
    [("sk-wrong", "auth"), ("", "auth"), ("sk with blank", "auth"), ("sk-ümlaut", "auth")],
)
def test_a_bad_key_is_an_auth_failure_that_never_shows_the_key(
    key: str, kind: str, provider: Any, outbound: Outbound, make_request: Make
) -> None:
    with pytest.raises(ProviderError) as caught:
        OpenAICompatText(outbound, provider.base_url, key).complete(make_request())
    assert caught.value.kind == kind
    assert "OPENAI_API_KEY" in caught.value.hint
    assert not key or key not in caught.value.message


def test_a_retired_or_unknown_model_is_named(text: OpenAICompatText, make_request: Make) -> None:
    with pytest.raises(ProviderError) as caught:
        text.complete(make_request(model="gpt-3.5-turbo"))
    assert caught.value.kind == "model"
    assert "gpt-3.5-turbo" in caught.value.message


def test_no_request_ever_leaks_its_key(
    text: OpenAICompatText, make_request: Make, provider: Any
) -> None:
    text.complete(make_request())
    assert not any(entry["key_leaked"] for entry in provider.journal)


def test_a_request_without_system_message_works(text: OpenAICompatText, make_request: Make) -> None:
    request = make_request(messages=(Message("user", "Write an article: Tents"),))
    assert text.complete(request).text
