"""Lists and tables in notations other than JSON: CSV, XML, YAML, Markdown, HTML."""

import csv
import re
from collections.abc import Callable
from typing import Any

from igny8_flask.ai.replies.bullets import read_bullets
from igny8_flask.ai.replies.elements import read_elements
from igny8_flask.ai.replies.shapes import key_of
from igny8_flask.ai.replies.text import one_line, unfence
from igny8_flask.ai.replies.yaml_text import read_yaml
from igny8_flask.entities import unescape

_MAX_CHARS = 200_000
_MAX_ROWS = 5_000
_RULE = re.compile(r"^[ \t]*\|?(?:[ \t]*:?-{2,}:?[ \t]*\|?)+[ \t]*$")
_FENCED = re.compile(
    r"^[ \t]*```[\w+-]*[ \t]*\n(.*?)(?:^[ \t]*```[ \t]*$|\Z)", re.DOTALL | re.MULTILINE
)
_ARROW = re.compile(
    r"^\s*(?:[-*•]\s+|\d{1,4}[.)]\s+)?(.{1,600}?)\s*(?:->|=>|→)\s*(\S.{0,600}?)\s*$"
)
_COLUMNS = {
    "cluster", "clustername", "clusters", "keyword", "keywords", "name", "title", "topic", "group",
    "heading", "section", "prompt", "description", "type", "id", "clusterid", "imageprompt", "alt",
    "volume", "intent", "terms", "ideatitle", "contenttype", "outline", "wordcount", "category",
}  # fmt: skip


def read_notation(text: str) -> tuple[str, Any] | None:
    """Read an obvious structure; returns its notation (table, xml, yaml, list) and its value."""
    text = text[:_MAX_CHARS]
    fenced = _FENCED.search(text)
    readers: tuple[tuple[str, Callable[[str], Any]], ...] = (
        ("table", _table),
        ("table", _csv),
        ("list", _arrows),
        ("xml", read_elements),
        ("yaml", read_yaml),
        ("list", lambda part: read_bullets(_html_lists(part))),
    )
    for part in dict.fromkeys(([fenced[1]] if fenced else []) + [unfence(text)]):
        for notation, read in readers:
            value = read(part)
            if value:
                return notation, value
    return None


def _cells(line: str) -> list[str]:
    line = re.sub(r"<br\s*/?>", ", ", line.strip(), flags=re.IGNORECASE)
    cells = re.split(r"(?<!\\)\|", line.strip("|"))
    return [one_line(cell.replace("\\|", "|"), 2000) for cell in cells]


def _table(text: str) -> list[dict[str, str]]:
    """Read Markdown tables: one object a row, by the names in the head."""
    rows: list[dict[str, str]] = []
    lines = text.splitlines()
    head: list[str] = []
    for at, line in enumerate(lines):
        if "|" not in line:
            head = []
        elif at + 1 < len(lines) and _RULE.match(lines[at + 1]) and not _RULE.match(line):
            head = _cells(line)
        elif head and not _RULE.match(line):
            rows.append(dict(zip(head, _cells(line), strict=False)))
    return _filled_down(rows[:_MAX_ROWS])


def _filled_down(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """Repeat the first column where a table leaves it blank under the same value."""
    first = ""
    for row in rows:
        key = next(iter(row), None)
        if key is None:
            continue
        first = row[key] or first
        row[key] = first
    return rows


def _csv(text: str) -> list[dict[str, str]]:
    """Read comma, semicolon or tab separated lines under a head of known column names."""
    lines = [line for line in text.strip().splitlines() if line.strip()]
    if len(lines) < 2:
        return []
    for delimiter in (",", ";", "\t"):
        head = [cell.strip().strip('"') for cell in lines[0].split(delimiter)]
        known = [key_of(cell) in _COLUMNS for cell in head]
        if len(head) > 1 and all(known):
            try:
                cells = list(csv.reader(lines[1:], delimiter=delimiter, skipinitialspace=True))
            except csv.Error:
                return []
            return [dict(zip(head, _joined(row, len(head)), strict=False)) for row in cells]
    return []


def _arrows(text: str) -> dict[str, str]:
    """Read lines like ``keyword -> cluster``."""
    lines = [" ".join(line.split())[:2000] for line in text.splitlines() if line.strip()]
    pairs = [pair for pair in map(_ARROW.match, lines) if pair]
    if len(pairs) < 2 or len(pairs) * 2 < len(lines):
        return {}
    return {pair[1]: pair[2] for pair in pairs}


def _joined(row: list[str], width: int) -> list[str]:
    """Put surplus cells, from commas nobody quoted, back into the last one."""
    if len(row) <= width:
        return row
    return [*row[: width - 1], ", ".join(row[width - 1 :])]


def _html_lists(text: str) -> str:
    """Write the headings and items of HTML as Markdown lines."""
    if not re.search(r"<(?:li|h[1-6])\b", text, re.IGNORECASE):
        return text
    text = re.sub(r"<h([1-6])\b[^<>]{0,200}>", r"\n## ", text, flags=re.IGNORECASE)
    text = re.sub(r"<li\b[^<>]{0,200}>", "\n- ", text, flags=re.IGNORECASE)
    text = re.sub(r"</?(?:strong|b)\b[^<>]{0,200}>", "**", text, flags=re.IGNORECASE)
    text = re.sub(r"<p\b[^<>]{0,200}>", "\n", text, flags=re.IGNORECASE)
    return unescape(re.sub(r"</?[a-zA-Z][^<>]{0,200}>", "", text))
