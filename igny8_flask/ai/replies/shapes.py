"""Finding rows in a decoded reply, whatever it calls and wraps them."""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from igny8_flask.ai.replies.cuts import too_deep
from igny8_flask.ai.replies.text import one_line

_MAX_DEPTH = 8
_ENVELOPE = (
    "data", "result", "results", "response", "output", "answer", "content", "message", "text",
    "json", "payload", "arguments", "parameters", "input", "properties", "value", "choices",
    "final", "body", "items", "function", "toolcalls", "reply", "return", "root", "candidates",
    "parts", "outputtext", "completion",
)  # fmt: skip


def key_of(name: Any) -> str:
    """Write a key as its letters and digits alone, so that spellings fall together."""
    return re.sub(r"[\W_]+", "", str(name)).lower()


def fields_of(row: Mapping[Any, Any]) -> dict[str, Any]:
    """Give a row's values by normalised key; the first of two equal keys stands."""
    fields: dict[str, Any] = {}
    for key, value in row.items():
        fields.setdefault(key_of(key), value)
    return fields


def pick(fields: Mapping[str, Any], aliases: Iterable[str], *, default: Any = None) -> Any:
    """Give the first value that is there and not empty, in the order of the aliases."""
    for alias in aliases:
        value = fields.get(alias)
        if value not in (None, "", [], {}):
            return value
    return default


def words(fields: Mapping[str, Any], aliases: Iterable[str], limit: int = 500) -> str:
    """Give the first scalar value of the aliases as one line."""
    for alias in aliases:
        text = one_line(fields.get(alias), limit)
        if text:
            return text
    return ""


def decoded(value: Any) -> Any:
    """Decode a string that holds JSON itself; anything else comes back as it is."""
    if not isinstance(value, str) or value.lstrip()[:1] not in {"{", "["}:
        return value
    try:
        inner: Any = json.loads(value, strict=False)
    except (ValueError, RecursionError):
        return value
    return value if too_deep(inner) else inner


IsRow = Callable[[Any], bool]
Expand = Callable[[Mapping[Any, Any]], list[Any] | None]


@dataclass(frozen=True)
class RowFinder:
    """Searches a value for rows: wanted containers before envelopes before anything else.

    ``expand`` turns an object that is keyed by name into rows, or says ``None``.
    """

    containers: tuple[str, ...]
    is_row: IsRow
    expand: Expand

    def find(self, value: Any, depth: int = 0) -> list[Any]:
        """Give the rows of a value, wherever they are."""
        value = decoded(value)
        if depth > _MAX_DEPTH or not isinstance(value, list | dict):
            return []
        if isinstance(value, list):
            items = [decoded(item) for item in value]
            found = ([i] if self.is_row(i) else self.find(i, depth + 1) for i in items)
            return [row for rows in found for row in rows]
        return [value] if self.is_row(value) else self._in_object(value, depth)

    def _in_object(self, value: dict[Any, Any], depth: int) -> list[Any]:
        fields = fields_of(value)
        for key in (*self.containers, *_ENVELOPE):
            rows = self.find(fields[key], depth + 1) if key in fields else []
            if rows:
                return rows
        others = (item for key, item in fields.items() if key not in self.containers)
        deeper = (self.find(item, depth + 1) for item in others)
        return self.expand(value) or next((rows for rows in deeper if rows), [])
