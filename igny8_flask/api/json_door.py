"""The one way a JSON body gets in: small, UTF-8, shallow, and without anything ambiguous."""

import json
import math
import re
from typing import Any

from igny8_flask.errors import BadRequestError

MAX_BODY_BYTES = 1024 * 1024
MAX_DEPTH = 32
FORBIDDEN_CHARACTERS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_TOKENS = re.compile(rb'"(?:[^"\\]++|\\.)*+(?:"|\\?\Z)|[\[\]{}]', re.S)


def read_json(body: bytes) -> Any:
    """Parse a body; raises BadRequestError for whatever two parsers could read differently."""
    if len(body) > MAX_BODY_BYTES:
        raise BadRequestError("The request is larger than 1 MiB.", "body_too_large")
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadRequestError("The request is not valid UTF-8.", "bad_json") from error
    _check_depth(body)
    try:
        data = json.loads(
            text,
            object_pairs_hook=_unique_names,
            parse_constant=_no_constant,
            parse_float=_finite,
        )
    except ValueError as error:
        raise BadRequestError("The request is not valid JSON.", "bad_json") from error
    check_characters(data)
    return data


def check_characters(data: Any) -> None:
    """Refuse control characters and lone surrogates in any text inside ``data``."""
    if isinstance(data, str):
        if FORBIDDEN_CHARACTERS.search(data):
            raise BadRequestError("The text holds control characters.", "bad_characters")
    elif isinstance(data, dict):
        for name, value in data.items():
            check_characters(name)
            check_characters(value)
    elif isinstance(data, list):
        for value in data:
            check_characters(value)


def _check_depth(body: bytes) -> None:
    depth = 0
    for token in _TOKENS.finditer(body):
        if token[0] in (b"[", b"{"):
            depth += 1
            if depth > MAX_DEPTH:
                raise BadRequestError("The JSON is nested too deeply.", "bad_json")
        elif token[0] in (b"]", b"}"):
            depth -= 1


def _unique_names(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    named = dict(pairs)
    if len(named) != len(pairs):
        raise BadRequestError("A name stands twice in one JSON object.", "bad_json")
    return named


def _no_constant(name: str) -> Any:
    raise BadRequestError(f"{name} is not a JSON number.", "bad_json")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise BadRequestError("A number is too large.", "bad_json")
    return number
