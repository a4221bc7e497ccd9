"""The refusals of chat completions: what the real services would answer with 400 or 404."""

import re
from typing import Any

from igny8_flask.sandbox.catalog import MODELS, OTHER_HOST_MODELS, Model
from igny8_flask.sandbox.function_names import find_schema
from igny8_flask.sandbox.profiles import Profile
from igny8_flask.sandbox.refusals import (
    Refusal,
    invalid_value,
    missing_parameter,
    model_not_found,
    unsupported_parameter,
    unsupported_value,
)
from igny8_flask.sandbox.state import Sandbox
from igny8_flask.sandbox.tokens import count_tokens

_FIELDS = frozenset(
    re.findall(
        r"\w+",
        "model messages max_tokens max_completion_tokens reasoning_effort temperature top_p "
        "logprobs top_logprobs logit_bias verbosity response_format seed store safety_identifier "
        "user prompt_cache_key prompt_cache_options prompt_cache_retention service_tier moderation "
        "metadata stream stream_options n stop frequency_penalty presence_penalty tools "
        "tool_choice parallel_tool_calls modalities prediction audio web_search_options functions "
        "function_call",
    )
)
_TIERS = ("auto", "default", "flex", "scale", "priority", "fast")
_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")


def find_model(name: Any, kind: str, profile: Profile, sandbox: Sandbox) -> Model:
    """Look a model up; raises Refusal when the host does not serve it (any more)."""
    if not name:
        raise Refusal(400, "you must provide a model parameter", param="model")
    name = str(name)
    model = MODELS.get(name) or OTHER_HOST_MODELS.get(name) or MODELS.get(name.split("/")[-1])
    if profile.any_model:
        return model or Model(name, kind, context=profile.context or 128_000)
    if model is None or name not in MODELS or model.ended(sandbox.now()):
        raise model_not_found(name, retired=model is not None and name in MODELS)
    if model.kind != kind:
        raise Refusal(400, f"The model `{name}` does not serve this endpoint.", param="model")
    return model


def check_chat(body: Any, profile: Profile, model: Model, text: str) -> None:
    """Refuse a chat request as the host would."""
    _check_messages(body)
    _check_fields(body, profile, model)
    if profile.name in {"openai", "azure"}:
        _check_reasoning(body, model)
        _check_tier(body)
    check_format(body, text)
    _check_limits(body, profile, model, text)


def _check_messages(body: dict[str, Any]) -> None:
    messages = body.get("messages")
    if messages is None:
        raise missing_parameter("messages")
    if not isinstance(messages, list) or not messages:
        raise invalid_value("messages", "Invalid 'messages': expected a non-empty array.")
    for number, message in enumerate(messages):
        if not isinstance(message, dict) or "role" not in message:
            raise missing_parameter(f"messages[{number}].role")
    if body.get("stream_options") is not None and body.get("stream") is not True:
        message = "The 'stream_options' parameter is only allowed when 'stream' is enabled."
        raise Refusal(400, message, param="stream_options")


def _check_fields(body: dict[str, Any], profile: Profile, model: Model) -> None:
    for name in profile.refused_fields:
        if name in body:
            raise Refusal(
                profile.refusal_status,
                f"property '{name}' is unsupported",
                code="extra_forbidden" if profile.refusal_status == 422 else None,
                param=name,
            )
    if profile.name == "groq":
        _check_groq(body)
    unknown = sorted(body.keys() - _FIELDS)
    if unknown and profile.name in {"openai", "azure", "groq"}:
        message = f"Unknown parameter: '{unknown[0]}'."
        raise Refusal(400, message, code="unknown_parameter", param=unknown[0])
    if profile.name == "openai" and not model.is_reasoning and "reasoning_effort" in body:
        raise unsupported_parameter("reasoning_effort", "")


def _check_groq(body: dict[str, Any]) -> None:
    if body.get("n", 1) != 1:
        raise Refusal(400, "'n' : number must be at most 1", param="n")
    if any("name" in message for message in body["messages"]):
        raise Refusal(400, "'messages.0' : property 'name' is unsupported", param="messages")


def _check_reasoning(body: dict[str, Any], model: Model) -> None:
    if not model.is_reasoning:
        return
    if "max_tokens" in body:
        raise unsupported_parameter("max_tokens", "Use 'max_completion_tokens' instead.")
    effort = body.get("reasoning_effort", model.default_effort)
    if effort not in model.efforts:
        allowed = ", ".join(f"'{name}'" for name in model.efforts)
        raise unsupported_value("reasoning_effort", effort, f"Supported values are: {allowed}.")
    if effort == "none":
        return
    for name in ("temperature", "top_p"):
        if body.get(name, 1) != 1:
            allowed = "Only the default (1) value is supported."
            raise unsupported_value(name, body[name], allowed)
    if body.get("logprobs"):
        raise unsupported_parameter("logprobs", "")


def _check_tier(body: dict[str, Any]) -> None:
    tier = body.get("service_tier", "auto")
    if tier not in _TIERS:
        raise Refusal(400, "Invalid service_tier argument", param="service_tier")
    metadata = body.get("metadata") or {}
    if len(metadata) > 16:
        raise invalid_value("metadata", "Invalid 'metadata': at most 16 pairs are allowed.")


def check_format(body: dict[str, Any], text: str) -> None:
    """Refuse a response format that the real service would not accept."""
    chosen = body.get("response_format") or (body.get("text") or {}).get("format") or {}
    kind = chosen.get("type", "text")
    if kind == "json_object" and "json" not in text.lower():
        message = (
            "'messages' must contain the word 'json' in some form, to use "
            "'response_format' of type 'json_object'."
        )
        raise Refusal(400, message, param="messages")
    if kind not in {"text", "json_object", "json_schema"}:
        raise invalid_value("response_format.type", f"Invalid value: '{kind}'.")
    if kind != "json_schema":
        return
    holder = chosen.get("json_schema", chosen)
    if not _NAME.fullmatch(str(holder.get("name", ""))):
        raise invalid_value("response_format.json_schema.name", "Invalid schema name.")
    schema = find_schema(body)
    if schema is None:
        raise missing_parameter("response_format.json_schema.schema")
    if holder.get("strict"):
        _check_strict(schema, str(holder["name"]), ())


def _check_strict(schema: Any, name: str, path: tuple[str, ...]) -> None:
    """Walk a strict schema: every object closed, every property required."""
    if isinstance(schema, list):
        for item in schema:
            _check_strict(item, name, path)
    if not isinstance(schema, dict):
        return
    properties = schema.get("properties")
    if schema.get("type") == "object" or isinstance(properties, dict):
        problem = _strict_problem(schema, properties or {})
        if problem:
            message = f"Invalid schema for response_format '{name}': In context={path}, {problem}"
            raise Refusal(400, message, param="response_format")
    for part in ("properties", "$defs", "definitions"):
        for key, inner in (schema.get(part) or {}).items():
            _check_strict(inner, name, (*path, part, key))
    for part in ("items", "anyOf", "oneOf", "allOf"):
        _check_strict(schema.get(part), name, (*path, part))


def _strict_problem(schema: dict[str, Any], properties: dict[str, Any]) -> str:
    if schema.get("additionalProperties") is not False:
        return "'additionalProperties' is required to be supplied and to be false."
    missing = sorted(properties.keys() - set(schema.get("required") or []))
    if missing:
        return (
            "'required' is required to be supplied and to be an array including every key in "
            f"properties. Missing '{missing[0]}'."
        )
    return ""


def _check_limits(body: dict[str, Any], profile: Profile, model: Model, text: str) -> None:
    wanted = answer_limit(body)
    if wanted is not None and (not isinstance(wanted, int) or wanted < 1):
        raise invalid_value("max_completion_tokens", "Invalid token limit: expected an integer.")
    if wanted is not None and wanted > model.max_output and not profile.any_model:
        message = (
            f"max_tokens is too large: {wanted}. This model supports at most "
            f"{model.max_output} completion tokens."
        )
        raise invalid_value("max_completion_tokens", message)
    tokens = count_tokens(text)
    if profile.name != "ollama" and tokens > model.context:
        raise context_overflow(model.context, tokens)


def context_overflow(context: int, tokens: int) -> Refusal:
    """Refuse a prompt that does not fit the model."""
    message = (
        f"This model's maximum context length is {context} tokens. However, your messages "
        f"resulted in {tokens} tokens. Please reduce the length of the messages."
    )
    return Refusal(400, message, code="context_length_exceeded", param="messages")


def answer_limit(body: dict[str, Any]) -> Any:
    """Return the wanted limit of answer tokens by any of its names, or None."""
    for name in ("max_completion_tokens", "max_tokens", "max_output_tokens"):
        if body.get(name) is not None:
            return body[name]
    return None
