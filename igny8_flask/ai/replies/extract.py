"""The one place that finds JSON in a reply.

Order: strict JSON, doubly encoded text, the reply without reasoning and fences, then every
document in it by a forgiving reader, last of all lists and tables in other notations.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from igny8_flask.ai.replies.cuts import CutList, is_cut, too_deep
from igny8_flask.ai.replies.escapes import decode_escapes
from igny8_flask.ai.replies.notations import read_notation
from igny8_flask.ai.replies.reader import NotJSONError, Reader
from igny8_flask.ai.replies.text import clean_reply, unfence, visible
from igny8_flask.entities import unescape

_BRACKET = re.compile(r"[{\[]")
_ESCAPED_QUOTES = re.compile(r"[{\[]\s*(?:\\n\s*)*\\+\"")
_PLAIN_QUOTES = re.compile(r"[{\[]\s*[\"'“]")
_RESTART = re.compile(r"\n[ \t]*(?:```\w*\s*)?(?=\{\s*\")")
_BETWEEN = re.compile(r"[\s,;]*")
_LONE_SURROGATE = re.compile(r"[\ud800-\udfff]")
_MAX_DOCUMENTS = 5000
_MAX_BOTTOMLESS = 20
_MAX_LAYERS = 4


@dataclass(frozen=True)
class Document:
    """One JSON document found between ``start`` and ``end`` of the cleaned text."""

    value: Any
    start: int
    end: int
    repaired: bool = False

    @property
    def cut(self) -> bool:
        """Whether the text ended inside the document."""
        return is_cut(self.value)


@dataclass(frozen=True)
class ExtractedJSON:
    """What a reply holds: ``value`` is the last complete document, disjoint ones merged.

    ``cut_at`` is the path of keys and indexes to where the text broke off, ``notation`` one of
    json, yaml, table, list, xml.
    """

    value: Any
    documents: tuple[Document, ...]
    repaired: bool = False
    notation: str = "json"
    text: str = ""

    @property
    def cut(self) -> bool:
        """Whether the reply broke off inside the last document."""
        return bool(self.documents) and self.documents[-1].cut

    @property
    def ends_half(self) -> bool:
        """Whether an item is half there, not only closing brackets missing."""
        if not self.cut:
            return False
        inner = self.documents[-1].value
        while isinstance(inner, dict | list) and inner:
            last = inner[-1] if isinstance(inner, list) else list(inner.values())[-1]
            if not is_cut(last):
                break
            inner = last
        if isinstance(inner, str) or not inner:
            return True
        values = inner if isinstance(inner, list) else inner.values()
        return not all(isinstance(value, dict | list) for value in values)

    @property
    def cut_at(self) -> tuple[str | int, ...]:
        """The path from the value's root to the place where the reply broke off."""
        return _cut_path(self.value)


def extract_json(text: str | None, notations: bool = True) -> ExtractedJSON | None:
    """Find the JSON of a reply, or ``None``; ``notations`` allows YAML, lists, tables and XML."""
    if not isinstance(text, str) or not text.strip():
        return None
    strict = _strict(visible(text))
    if strict is not None:
        return strict
    cleaned = clean_reply(text).text
    strict = _strict(unfence(cleaned))
    if strict is not None:
        return strict
    scanned = _unescaped(cleaned)
    documents = _grouped(scanned, _documents(scanned)) or _barely_begun(scanned)
    if documents:
        value = _combined([document.value for document in documents])
        repaired = scanned != cleaned or any(document.repaired for document in documents)
        return ExtractedJSON(value, tuple(documents), repaired, text=scanned)
    noted = read_notation(cleaned) if notations else None
    if noted is None:
        return None
    notation, value = noted
    return ExtractedJSON(value, (Document(value, 0, len(cleaned), True),), True, notation, cleaned)


def _strict(text: str) -> ExtractedJSON | None:
    """Read text that is JSON as a whole, through layers of encoding."""
    value: Any = text.strip()
    layers = 0
    while isinstance(value, str) and layers < _MAX_LAYERS:
        try:
            value = json.loads(value, strict=False, parse_constant=lambda _: None)
        except (ValueError, RecursionError):
            if not layers or _BRACKET.match(value.strip()):
                return None
            break
        if too_deep(value):
            return None
        layers += 1
    value = _scrubbed(value, 0) if re.search(r"\\u[dD][89a-fA-F]", text) else value
    return ExtractedJSON(value, (Document(value, 0, len(text), layers > 1),), layers > 1, text=text)


def _scrubbed(value: Any, depth: int) -> Any:
    """Replace half surrogate pairs, which no database and no encoder takes."""
    if isinstance(value, str):
        return _LONE_SURROGATE.sub("�", value)
    if depth > 60:
        return None
    if isinstance(value, list):
        return [_scrubbed(item, depth + 1) for item in value]
    if isinstance(value, dict):
        return {str(_scrubbed(k, depth)): _scrubbed(v, depth + 1) for k, v in value.items()}
    return value


def _unescaped(text: str) -> str:
    """Undo an encoding that covers every quote of the reply: backslashes or HTML entities."""
    if _ESCAPED_QUOTES.search(text) and not _PLAIN_QUOTES.search(text):
        for _ in range(_MAX_LAYERS):
            text = decode_escapes(text)
            if not _ESCAPED_QUOTES.search(text):
                break
    elif "&quot;" in text and not _PLAIN_QUOTES.search(text):
        text = unescape(text)
    return text


def _documents(text: str) -> list[Document]:
    """Read every document of the text, in order."""
    found: list[Document] = []
    position = bottomless = 0
    while len(found) < _MAX_DOCUMENTS and bottomless < _MAX_BOTTOMLESS:
        bracket = _BRACKET.search(text, position)
        if bracket is None:
            break
        try:
            documents = _read(text, bracket.start())
        except NotJSONError as nothing:
            bottomless += nothing.deep
            position = max(bracket.end(), nothing.position if nothing.deep else 0)
            continue
        found += [document for document in documents if document.value]
        position = max(documents[-1].end, bracket.end())
    return found


def _barely_begun(text: str) -> list[Document]:
    """A document of which the reply holds the opening bracket and nothing whole."""
    start = len(text) - len(unfence(text).lstrip('"'))
    if text[start : start + 1] not in {"{", "["}:
        return []
    reader = Reader(text, start)
    try:
        value = reader.read()
    except NotJSONError:
        return []
    return [Document(value, start, len(text), True)] if is_cut(value) else []


def _read(text: str, start: int) -> list[Document]:
    """Read the document at ``start``; one that swallowed a fresh start of itself is split."""
    reader = Reader(text, start)
    value = reader.read()
    whole = Document(value, start, reader.position, reader.repaired)
    if not reader.repaired or not isinstance(value, dict):
        return [whole]
    decoder = json.JSONDecoder(strict=False)
    for restart in list(_RESTART.finditer(text, start + 1, reader.position))[:8]:
        try:
            fresh, end = decoder.raw_decode(text, restart.end())
        except (ValueError, RecursionError):
            continue
        if isinstance(fresh, dict) and set(fresh) & set(list(value)[:1]):
            first = Reader(text[: restart.start()], start)
            return [
                Document(first.read(), start, restart.start(), True),
                Document(fresh, restart.end(), end),
            ]
    return [whole]


def _grouped(text: str, documents: list[Document]) -> list[Document]:
    """Join flat objects that follow each other directly (JSON lines) into one list."""
    grouped: list[Document] = []
    run: list[Document] = []
    for document in documents:
        between = text[run[-1].end : document.start] if run else ""
        if run and not (_flat(document.value) and _BETWEEN.fullmatch(between)):
            grouped.append(_lines(run))
            run = []
        run.append(document)
        if not _flat(document.value):
            grouped.append(_lines(run))
            run = []
    return [*grouped, _lines(run)] if run else grouped


def _flat(value: Any) -> bool:
    if not isinstance(value, dict):
        return False
    lists = [item for item in value.values() if isinstance(item, list)]
    return not any(isinstance(item, dict) for items in lists for item in items[:1])


def _lines(run: list[Document]) -> Document:
    if len(run) == 1:
        return run[0]
    values = [document.value for document in run]
    joined = CutList(values) if run[-1].cut else values
    repaired = any(document.repaired for document in run)
    return Document(joined, run[0].start, run[-1].end, repaired)


def _combined(values: list[Any]) -> Any:
    """Let the last complete document win, joined with those it shares nothing with."""
    complete = [value for value in values if not is_cut(value)]
    best = complete[-1] if complete else values[-1]
    for value in reversed(values):
        if value is best:
            continue
        best = _joined(value, best)
    return best


def _joined(earlier: Any, best: Any) -> Any:
    rule: Callable[[Any, Any], Any] | None = None
    if isinstance(earlier, dict) and isinstance(best, dict) and not set(earlier) & set(best):
        rule = lambda one, two: {**one, **two}  # noqa: E731
    return rule(earlier, best) if rule else best


def _cut_path(value: Any) -> tuple[str | int, ...]:
    path: list[str | int] = []
    while is_cut(value) and not isinstance(value, str) and value:
        key: str | int = len(value) - 1 if isinstance(value, list) else list(value)[-1]
        path.append(key)
        value = value[key]
    return tuple(path)
