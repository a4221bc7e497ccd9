"""POST /v1/images/generations, and GET /img/… where finished pictures can be fetched."""

import base64
import re
from typing import Any

from flask import Blueprint, Response, jsonify, redirect

from igny8_flask.sandbox.call import Call, current_call
from igny8_flask.sandbox.catalog import Model, image_cost
from igny8_flask.sandbox.chat_rules import find_model
from igny8_flask.sandbox.faults_image import spoil_picture
from igny8_flask.sandbox.pictures import draw_picture
from igny8_flask.sandbox.refusals import (
    Refusal,
    invalid_value,
    missing_parameter,
    unsupported_parameter,
)
from igny8_flask.sandbox.state import current_sandbox
from igny8_flask.sandbox.tokens import count_tokens

blueprint = Blueprint("images", __name__)

QUALITY_TOKENS = {"low": 196, "medium": 439, "high": 1756, "xhigh": 3122, "max": 7024}
MAX_PROMPT_CHARS = 32_000
MAX_SIDES = (3840, 2160)
PRIVATE_ADDRESS = "http://169.254.169.254/latest/meta-data/"
_FIELDS = frozenset(
    re.findall(
        r"\w+",
        "model prompt n size quality output_format output_compression background moderation user "
        "stream partial_images complexity",
    )
)
_SIZE = re.compile(r"(\d{2,5})x(\d{2,5})")


@blueprint.post("/v1/images/generations")
def generate() -> Response:
    """Draw pictures and return them as base64."""
    call, sandbox = current_call(), current_sandbox()
    body = call.body if isinstance(call.body, dict) else {}
    model = find_model(body.get("model"), "image", call.profile, sandbox)
    prompt, size = _check(body, model)
    if call.has_fault("moderation_blocked"):
        raise blocked(call)
    count = body.get("n") or 1
    picture_format = body.get("output_format") or "png"
    quality = _quality(body)
    data = [
        {"b64_json": _picture(call, body, prompt, size, picture_format, number)}
        for number in range(count)
    ]
    if call.has_fault("partial_batch") and len(data) > 1:
        data.pop()
    usage = _bill(call, model, prompt, size, quality, count)
    call.wait(call.latency.image())
    answer = {
        "created": int(sandbox.now().timestamp()),
        "background": body.get("background") or "opaque",
        "output_format": picture_format,
        "quality": quality,
        "size": f"{size[0]}x{size[1]}",
        "data": data,
    }
    return jsonify({**answer, "usage": usage} if usage else answer)


def blocked(call: Call) -> Refusal:
    """Refuse a prompt by the safety system."""
    message = (
        "Your request was rejected by the safety system. If you believe this is an error, "
        f"include the request ID {call.entry.request_id}. safety_violations=[violence]."
    )
    return Refusal(400, message, code="moderation_blocked", kind="image_generation_user_error")


def _check(body: dict[str, Any], model: Model) -> tuple[str, tuple[int, int]]:
    prompt = body.get("prompt")
    if not isinstance(prompt, str) or not prompt.strip():
        raise missing_parameter("prompt")
    if len(prompt) > MAX_PROMPT_CHARS:
        raise invalid_value("prompt", f"Invalid 'prompt': at most {MAX_PROMPT_CHARS} characters.")
    for name in ("response_format", "style"):
        if name in body:
            message = f"Unknown parameter: '{name}'."
            raise Refusal(400, message, code="unknown_parameter", param=name)
    unknown = sorted(body.keys() - _FIELDS)
    if unknown:
        raise unsupported_parameter(unknown[0], "")
    _check_choice(body, "quality", ("auto", *QUALITY_TOKENS))
    formats = ("png", "jpeg", "webp")
    _check_choice(body, "output_format", formats)
    _check_choice(body, "background", ("auto", "opaque", "transparent"))
    _check_choice(body, "moderation", ("auto", "low"))
    _check_numbers(body)
    return prompt, _check_size(body.get("size") or "auto")


def _check_choice(body: dict[str, Any], name: str, allowed: tuple[str, ...]) -> None:
    if body.get(name) is not None and body[name] not in allowed:
        words = ", ".join(f"'{choice}'" for choice in allowed)
        message = f"Invalid value: '{body[name]}'. Supported values are: {words}."
        raise invalid_value(name, message)


def _check_numbers(body: dict[str, Any]) -> None:
    for name, low, high in (("n", 1, 10), ("output_compression", 0, 100)):
        value = body.get(name)
        if value is not None and (not isinstance(value, int) or not low <= value <= high):
            raise invalid_value(name, f"Invalid '{name}': expected {low} to {high}.")
    if body.get("output_compression") is not None and body.get("output_format") in (None, "png"):
        message = "Compression less than 100 is not supported for PNG output format."
        raise invalid_value("output_compression", message)
    if body.get("background") == "transparent" and body.get("output_format") == "jpeg":
        raise invalid_value("background", "Transparent background is not supported for jpeg.")


def _check_size(size: Any) -> tuple[int, int]:
    if size == "auto":
        return 1024, 1024
    match = _SIZE.fullmatch(str(size))
    if not match:
        raise invalid_value("size", f"Invalid size '{size}'. Expected WIDTHxHEIGHT or 'auto'.")
    width, height = int(match[1]), int(match[2])
    if width % 16 or height % 16:
        message = f"Invalid size '{size}'. Width and height must both be divisible by 16."
        raise invalid_value("size", message)
    long, short = max(width, height), min(width, height)
    if long > 3 * short or long > MAX_SIDES[0] or short > MAX_SIDES[1]:
        message = f"Invalid size '{size}'. Ratio 1:3 to 3:1, at most 3840x2160."
        raise invalid_value("size", message)
    return width, height


def _quality(body: dict[str, Any]) -> str:
    asked = body.get("quality")
    return "medium" if asked in (None, "auto") else str(asked)


def _picture(
    call: Call,
    body: dict[str, Any],
    prompt: str,
    size: tuple[int, int],
    picture_format: str,
    number: int,
) -> str:
    compression = body.get("output_compression")
    data = draw_picture(
        prompt,
        size,
        picture_format,
        f"{current_sandbox().seed}:{number}",
        quality=85 if compression is None else compression,
        transparent=body.get("background") == "transparent",
    )
    if call.fault is not None:
        data = spoil_picture(data, size, picture_format, call.fault)
    text = base64.b64encode(data).decode()
    return f"{text[:-3]}*!" if call.has_fault("bad_base64") else text


def _bill(
    call: Call, model: Model, prompt: str, size: tuple[int, int], quality: str, count: int
) -> dict[str, Any] | None:
    share = size[0] * size[1] / (1024 * 1024)
    each = round(QUALITY_TOKENS[quality] * share * model.image_token_factor)
    text_tokens, image_tokens = count_tokens(prompt), each * count
    entry = call.entry
    entry.prompt_tokens, entry.completion_tokens, entry.images = text_tokens, image_tokens, count
    entry.billed = True
    entry.expected_cost_usd = image_cost(model, text_tokens, image_tokens)
    if call.has_fault("cost_missing"):
        return None
    return {
        "input_tokens": text_tokens,
        "input_tokens_details": {"text_tokens": text_tokens, "image_tokens": 0},
        "output_tokens": image_tokens,
        "output_tokens_details": {"text_tokens": 0, "image_tokens": image_tokens},
        "total_tokens": text_tokens + image_tokens,
    }


@blueprint.get("/img/<name>")
def serve_picture(name: str) -> Response:
    """Serve a picture until it expires; some addresses lie on purpose."""
    sandbox = current_sandbox()
    hosted = sandbox.hosted.get(name)
    if hosted is None or (hosted["expires"] is not None and sandbox.now() >= hosted["expires"]):
        raise Refusal(404, "This picture does not exist or has expired.")
    if hosted.get("redirect"):
        answer = redirect(PRIVATE_ADDRESS, 302)
        return Response(answer.response, answer.status_code, answer.headers)
    return Response(hosted["data"], content_type=hosted["type"])
