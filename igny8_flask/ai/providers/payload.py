"""The body of a chat completion: the few fields every server shares, the rest by profile."""

import json
from collections.abc import Mapping
from typing import Any

from igny8_flask.ai.providers.catalog import Provider
from igny8_flask.ai.providers.profiles import OBJECT, PROMPT, SCHEMA, Profile
from igny8_flask.ai.providers.wire import ReplySchema, TextRequest


def build_payload(request: TextRequest, profile: Profile, provider: Provider) -> dict[str, Any]:
    """Return the JSON body for one request in the form that the model accepts."""
    payload: dict[str, Any] = {
        "model": request.model,
        "messages": _messages(request, profile),
        profile.token_field: request.max_tokens,
    }
    if request.schema and profile.format != PROMPT:
        payload["response_format"] = _response_format(request.schema, profile.format)
    if request.temperature is not None and profile.temperature:
        payload["temperature"] = request.temperature
    if request.reasoning_effort and profile.reasoning_effort:
        payload["reasoning_effort"] = request.reasoning_effort
    if profile.stream:
        payload["stream"] = True
        if profile.stream_usage:
            payload["stream_options"] = {"include_usage": True}
    if provider.reports_cost:
        payload["usage"] = {"include": True}
    if provider.sends_store:
        payload["store"] = False
    return payload


def _messages(request: TextRequest, profile: Profile) -> list[dict[str, str]]:
    messages = [{"role": item.role, "content": item.content} for item in request.messages]
    if request.schema and profile.format != SCHEMA:
        note = (
            "Answer with one JSON document and nothing else. It must follow this JSON schema:\n"
            + json.dumps(request.schema.definition, ensure_ascii=False, separators=(",", ":"))
        )
        if messages and messages[0]["role"] == "system":
            messages[0]["content"] += f"\n\n{note}"
        else:
            messages.insert(0, {"role": "system", "content": note})
    return messages


def _response_format(schema: ReplySchema, form: str) -> dict[str, Any]:
    if form == OBJECT:
        return {"type": "json_object"}
    strict = is_strict(schema.definition)
    return {
        "type": "json_schema",
        "json_schema": {"name": schema.name, "schema": schema.definition, "strict": strict},
    }


def is_strict(definition: Any) -> bool:
    """Return whether a schema meets the rules of strict mode: closed objects, all keys required."""
    if isinstance(definition, list):
        return all(is_strict(item) for item in definition)
    if not isinstance(definition, Mapping):
        return True
    properties = definition.get("properties")
    if definition.get("type") == "object" or isinstance(properties, Mapping):
        closed = definition.get("additionalProperties") is False
        required = set(definition.get("required", ()))
        if not closed or required != set(properties or {}):
            return False
    return all(is_strict(value) for value in definition.values())
