"""POST /v1/chat/completions, as one JSON document or as a stream of events."""

import json
from collections.abc import Iterator
from typing import Any

from flask import Blueprint, Response

from igny8_flask.sandbox.call import Call, current_call
from igny8_flask.sandbox.chat_rules import check_chat, find_model
from igny8_flask.sandbox.faults_stream import spoil_stream
from igny8_flask.sandbox.question import read_messages
from igny8_flask.sandbox.refusals import Refusal
from igny8_flask.sandbox.reply import Reply, answer_pieces, make_reply
from igny8_flask.sandbox.state import Sandbox, current_sandbox

blueprint = Blueprint("chat", __name__)

FINGERPRINT = "fp_sandbox"
MAX_EVENTS = 160
EVENTS_PER_S = 12
SSE_HEADERS = {"Content-Type": "text/event-stream", "Cache-Control": "no-cache"}


@blueprint.post("/v1/chat/completions")
def complete() -> Response:
    """Answer a conversation."""
    call, sandbox = current_call(), current_sandbox()
    reply = answer_chat(call.body, call, sandbox)
    first_s, streaming_s = call.latency.text(reply.usage.completion if reply.usage else 0)
    if call.body.get("stream") is True:
        with_usage = bool((call.body.get("stream_options") or {}).get("include_usage"))
        events = chat_events(reply, with_usage, event_limit(streaming_s))
        stream = paced_stream(events, call, first_s, streaming_s)
        return Response(stream, headers=SSE_HEADERS)
    call.wait(first_s + streaming_s)
    return Response(print_json(chat_document(reply)), content_type="application/json")


def answer_chat(body: Any, call: Call, sandbox: Sandbox) -> Reply:
    """Check a chat request and write its answer; raises Refusal."""
    if not isinstance(body, dict):
        raise Refusal(400, "We could not parse the JSON body of your request.")
    model = find_model(body.get("model"), "text", call.profile, sandbox)
    check_chat(body, call.profile, model, call.text)
    messages = read_messages(body["messages"])
    return make_reply(body, messages, model, call.profile, sandbox, call.fault, call.entry)


def print_json(value: Any) -> str:
    """Print a document as the services do: UTF-8, unescaped."""
    return json.dumps(value, ensure_ascii=False)


def chat_document(reply: Reply) -> dict[str, Any]:
    """Shape an answer as a chat completion."""
    message: dict[str, Any] = {
        "role": "assistant",
        "content": reply.text,
        "refusal": reply.refusal,
        "annotations": [],
    }
    choice = {
        "index": 0,
        "message": message,
        "logprobs": None,
        "finish_reason": reply.finish_reason,
    }
    document = {**_head(reply, "chat.completion"), "choices": [choice]}
    if reply.usage is not None:
        document["usage"] = usage_document(reply)
    return document


def _head(reply: Reply, kind: str) -> dict[str, Any]:
    return {
        "id": reply.id,
        "object": kind,
        "created": reply.created,
        "model": reply.model,
        "service_tier": reply.tier,
        "system_fingerprint": FINGERPRINT,
    }


def usage_document(reply: Reply) -> dict[str, Any] | None:
    """Shape the tokens of an answer."""
    usage = reply.usage
    if usage is None:
        return None
    document: dict[str, Any] = {
        "prompt_tokens": usage.prompt,
        "completion_tokens": usage.completion,
        "total_tokens": usage.prompt + usage.completion,
        "prompt_tokens_details": {
            "cached_tokens": usage.cached,
            "cache_write_tokens": 0,
            "audio_tokens": 0,
        },
        "completion_tokens_details": {
            "reasoning_tokens": usage.reasoning,
            "audio_tokens": 0,
            "accepted_prediction_tokens": 0,
            "rejected_prediction_tokens": 0,
        },
    }
    if reply.shows_cost:
        document["cost"] = reply.cost_usd
    return document


def event_limit(streaming_s: float) -> int:
    """Bound the events of one answer, so that hundreds of slow streams stay cheap."""
    return min(MAX_EVENTS, max(12, int(streaming_s * EVENTS_PER_S))) if streaming_s else MAX_EVENTS


def chat_events(reply: Reply, with_usage: bool, most: int) -> list[dict[str, Any]]:
    """Shape an answer as chunks: role, text, finish reason, usage."""
    head = _head(reply, "chat.completion.chunk")
    deltas: list[dict[str, Any]] = [{"role": "assistant", "content": "", "refusal": None}]
    deltas.extend({"content": text} for text in join_pieces(answer_pieces(reply), most))
    if reply.refusal:
        deltas.append({"refusal": reply.refusal})
    events = [_chunk(head, delta, None) for delta in deltas]
    events.append(_chunk(head, {}, reply.finish_reason))
    if with_usage:
        for event in events:
            event["usage"] = None
        if reply.usage is not None:
            events.append({**head, "choices": [], "usage": usage_document(reply)})
    return events


def _chunk(head: dict[str, Any], delta: dict[str, Any], finish: str | None) -> dict[str, Any]:
    choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
    return {**head, "choices": [choice]}


def join_pieces(pieces: list[str], most: int) -> list[str]:
    """Join pieces into at most that many."""
    size = max(1, -(-len(pieces) // most))
    return ["".join(pieces[at : at + size]) for at in range(0, len(pieces), size)]


def paced_stream(
    events: list[dict[str, Any]],
    call: Call,
    first_s: float,
    streaming_s: float,
) -> Iterator[bytes]:
    """Print events as server-sent events, spread over the streaming time."""
    last = max(1, len(events) - 1)
    lines: Iterator[bytes] = (_event(event) for event in events)
    if call.fault is not None and call.fault.group == "stream":
        lines = spoil_stream(events, call.fault)
    else:
        lines = _with_end(lines)
    return _paced(lines, call, first_s, streaming_s / last, last)


def _paced(
    lines: Iterator[bytes],
    call: Call,
    first_s: float,
    pause_s: float,
    last: int,
) -> Iterator[bytes]:
    """Send each line at its time; a late one does not delay those after it."""
    if call.profile.keepalive_comments:
        yield b": PROCESSING\n\n"
    for number, line in enumerate(lines):
        call.wait(first_s + min(number, last) * pause_s)
        yield line


def _with_end(lines: Iterator[bytes]) -> Iterator[bytes]:
    yield from lines
    yield b"data: [DONE]\n\n"


def _event(event: dict[str, Any]) -> bytes:
    name = f"event: {event['type']}\n" if "type" in event else ""
    return f"{name}data: {print_json(event)}\n\n".encode()
