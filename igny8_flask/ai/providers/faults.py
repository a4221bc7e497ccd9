"""The error body of any provider, read into one form."""

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from igny8_flask.outbound import is_too_dense

MAX_RETRY_AFTER_S = 24 * 3600.0
_RESET = re.compile(r"(?:(\d+)h)?(?:(\d+)m(?!s))?(?:(\d+(?:\.\d+)?)s)?(?:(\d+(?:\.\d+)?)ms)?")


@dataclass(frozen=True)
class Fault:
    """A provider's own words about a failure; empty where it gave none."""

    message: str = ""
    code: str = ""
    type: str = ""
    param: str = ""
    status: int | None = None


def read_fault(body: bytes | str | Any) -> Fault:
    """Read ``{"error": {...}}``, flat, listed, nested and plain text forms alike."""
    document = _parse(body) if isinstance(body, bytes | str) else body
    return _from(document, 0)


def _parse(body: bytes | str) -> Any:
    text = body.decode("utf-8", "replace") if isinstance(body, bytes) else body
    if is_too_dense(text):
        return text[:4000]
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text[:4000]


def _from(document: Any, depth: int) -> Fault:
    if isinstance(document, str):
        return Fault(message=document.strip())
    if isinstance(document, list):
        return _from(document[0], depth + 1) if document and depth < 5 else Fault()
    if not isinstance(document, dict) or depth >= 5:
        return Fault()
    for key in ("error", "errors", "detail"):
        if document.get(key):
            inner = _from(document[key], depth + 1)
            return inner if inner.code or inner.type else _merged(inner, document)
    return _flat(document)


def _flat(fields: Mapping[str, Any]) -> Fault:
    nested = [fields.get(name) for name in ("innererror", "metadata")]
    sources = [fields, *(item for item in nested if isinstance(item, dict))]
    message = fields.get("message") or fields.get("msg") or fields.get("title") or ""
    return Fault(
        message=message if isinstance(message, str) else json.dumps(message)[:4000],
        code=next((str(c) for c in (item.get("code") for item in sources) if _is_name(c)), ""),
        type=str(fields.get("type") or fields.get("status") or ""),
        param=next(filter(None, map(_param, sources)), ""),
        status=_status(fields.get("code")) or _status(fields.get("status")),
    )


def _is_name(value: Any) -> bool:
    return isinstance(value, str) and bool(value)


def _status(value: Any) -> int | None:
    """Return an HTTP status given as a number where a name is expected."""
    is_status = isinstance(value, int) and not isinstance(value, bool) and 100 <= value <= 599
    return value if is_status else None


def _param(fields: Mapping[str, Any]) -> str:
    param = fields.get("param") or fields.get("parameter") or fields.get("loc")
    if isinstance(param, list):
        return ".".join(str(part) for part in param if part != "body")
    return str(param or "")


def _merged(inner: Fault, outer: Mapping[str, Any]) -> Fault:
    flat = _flat(outer)
    return Fault(
        inner.message or flat.message,
        flat.code,
        flat.type,
        inner.param or flat.param,
        inner.status or flat.status,
    )


def read_retry_after(headers: Mapping[str, str], now: datetime | None = None) -> float | None:
    """Return the seconds that a provider asks to wait, at most a day, or None."""
    milliseconds = _number(headers.get("retry-after-ms"))
    if milliseconds is not None:
        return _bounded(milliseconds / 1000)
    raw = headers.get("retry-after")
    if raw is not None:
        seconds = _number(raw)
        return _bounded(seconds) if seconds is not None else _until(raw, now)
    waits = [
        _duration(headers.get(f"x-ratelimit-reset-{what}", ""))
        for what in ("requests", "tokens")
        if _number(headers.get(f"x-ratelimit-remaining-{what}")) == 0
    ]
    return _bounded(max(waits)) if waits and max(waits) > 0 else None


def _number(raw: str | None) -> float | None:
    try:
        value = float(raw) if raw is not None else None
    except ValueError:
        return None
    return value if value is not None and math.isfinite(value) and value >= 0 else None


def _bounded(seconds: float) -> float:
    return min(max(seconds, 0.0), MAX_RETRY_AFTER_S)


def _until(raw: str, now: datetime | None) -> float | None:
    try:
        moment = parsedate_to_datetime(raw)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return _bounded((moment - (now or datetime.now(UTC))).total_seconds())


def _duration(raw: str) -> float:
    match = _RESET.fullmatch(raw.strip())
    if not match:
        return 0.0
    hours, minutes, seconds, milliseconds = (float(part or 0) for part in match.groups())
    return hours * 3600 + minutes * 60 + seconds + milliseconds / 1000
