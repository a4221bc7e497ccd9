"""POST /v1/responses: the same answers in the shape of OpenAI's newer API."""

from typing import Any

from flask import Blueprint, Response

from igny8_flask.sandbox.call import current_call
from igny8_flask.sandbox.chat import (
    SSE_HEADERS,
    event_limit,
    join_pieces,
    paced_stream,
    print_json,
)
from igny8_flask.sandbox.chat_rules import check_format, find_model
from igny8_flask.sandbox.question import Message, read_messages
from igny8_flask.sandbox.refusals import Refusal, missing_parameter, unsupported_parameter
from igny8_flask.sandbox.reply import Reply, answer_pieces, make_reply
from igny8_flask.sandbox.state import current_sandbox

blueprint = Blueprint("responses", __name__)

_CHAT_FIELDS = ("messages", "max_tokens", "max_completion_tokens", "response_format", "seed")
_REASONS = {"length": "max_output_tokens", "content_filter": "content_filter"}


@blueprint.post("/v1/responses")
def respond() -> Response:
    """Answer one input."""
    call, sandbox = current_call(), current_sandbox()
    body = call.body
    if not isinstance(body, dict):
        raise Refusal(400, "We could not parse the JSON body of your request.")
    model = find_model(body.get("model"), "text", call.profile, sandbox)
    for name in _CHAT_FIELDS:
        if name in body:
            raise unsupported_parameter(name, "It belongs to chat completions.")
    if not body.get("input"):
        raise missing_parameter("input")
    check_format(body, call.text)
    messages = read_messages(body["input"])
    if body.get("instructions"):
        messages.insert(0, Message("system", str(body["instructions"])))
    reply = make_reply(body, messages, model, call.profile, sandbox, call.fault, call.entry)
    first_s, streaming_s = call.latency.text(reply.usage.completion if reply.usage else 0)
    if body.get("stream") is True:
        stream = paced_stream(_events(reply, event_limit(streaming_s)), call, first_s, streaming_s)
        return Response(stream, headers=SSE_HEADERS)
    call.wait(first_s + streaming_s)
    return Response(print_json(_document(reply)), content_type="application/json")


def _document(reply: Reply) -> dict[str, Any]:
    reason = _REASONS.get(reply.finish_reason)
    return {
        "id": reply.id.replace("chatcmpl-", "resp_"),
        "object": "response",
        "created_at": reply.created,
        "status": "incomplete" if reason else "completed",
        "error": None,
        "incomplete_details": {"reason": reason} if reason else None,
        "model": reply.model,
        "output": [_message(reply)],
        "parallel_tool_calls": True,
        "tool_choice": "auto",
        "tools": [],
        "service_tier": reply.tier,
        "usage": _usage(reply),
    }


def _message(reply: Reply) -> dict[str, Any]:
    if reply.refusal:
        content: dict[str, Any] = {"type": "refusal", "refusal": reply.refusal}
    else:
        content = {"type": "output_text", "text": reply.text or "", "annotations": []}
    status = "incomplete" if reply.finish_reason in _REASONS else "completed"
    return {
        "type": "message",
        "id": reply.id.replace("chatcmpl-", "msg_"),
        "role": "assistant",
        "status": status,
        "content": [content],
    }


def _usage(reply: Reply) -> dict[str, Any] | None:
    usage = reply.usage
    if usage is None:
        return None
    return {
        "input_tokens": usage.prompt,
        "input_tokens_details": {"cached_tokens": usage.cached, "cache_write_tokens": 0},
        "output_tokens": usage.completion,
        "output_tokens_details": {"reasoning_tokens": usage.reasoning},
        "total_tokens": usage.prompt + usage.completion,
    }


def _events(reply: Reply, most: int) -> list[dict[str, Any]]:
    started = {**_document(reply), "status": "in_progress", "output": [], "usage": None}
    place = {"item_id": reply.id.replace("chatcmpl-", "msg_"), "output_index": 0}
    events: list[dict[str, Any]] = [{"type": "response.created", "response": started}]
    for text in join_pieces(answer_pieces(reply), most):
        delta = {"type": "response.output_text.delta", **place, "content_index": 0}
        events.append({**delta, "delta": text, "logprobs": []})
    end = "incomplete" if reply.finish_reason in _REASONS else "completed"
    events.append({"type": f"response.{end}", "response": _document(reply)})
    return [{**event, "sequence_number": number} for number, event in enumerate(events)]
