"""Reading an article outline in any of the forms that models give it."""

import re
from collections.abc import Iterator
from typing import Any

from igny8_flask.ai.replies.results import OutlineSection
from igny8_flask.ai.replies.shapes import fields_of, key_of, words
from igny8_flask.ai.replies.text import one_line

_HEADING = ("heading", "title", "h2", "section", "name", "sectiontitle", "subheading", "h3",
            "sectionheading", "header", "headline", "topic")  # fmt: skip
_LISTS = ("h2", "h2s", "sections", "outline", "headings", "subheadings", "body", "mainsections",
          "structure", "items")  # fmt: skip
_POINTS = (
    "keypoints", "points", "bullets", "bulletpoints", "subsections", "subpoints", "h3", "h3s",
    "subheadings", "details", "content", "description", "items", "talkingpoints", "summary",
    "subtopics", "notes", "paragraphs", "children",
)  # fmt: skip
_MARK = re.compile(
    r"^\s*(?:#{1,6}\s+|[-*•+]\s+|\d{1,2}(?:\.\d{1,2})*[.)]?\s+|(?:H[1-4]|[IVX]{1,4})[.:]\s*)+"
)
_BREAK = re.compile(r"\s*<br\s*/?>\s*", re.I)
_MAX_SECTIONS = 60


def read_outline(written: Any) -> tuple[OutlineSection, ...]:
    """Read sections out of a list, an object, or text with one heading a line."""
    sections = list(_sections(written, 0))[:_MAX_SECTIONS]
    return tuple(section for section in sections if section.heading)


def _sections(written: Any, depth: int) -> Iterator[OutlineSection]:
    if depth > 4:
        return
    if isinstance(written, str):
        yield from _text_sections(written)
    elif isinstance(written, list):
        for item in written:
            if isinstance(item, dict):
                yield from _object_sections(item, depth)
            else:
                yield OutlineSection(_MARK.sub("", one_line(item, 300)))
    elif isinstance(written, dict):
        yield from _object_sections(written, depth)


def _object_sections(written: dict[Any, Any], depth: int) -> Iterator[OutlineSection]:
    fields = fields_of(written)
    heading = words(fields, _HEADING, 300)
    if heading:
        yield OutlineSection(_MARK.sub("", heading), tuple(_points(fields)))
        return
    for key, value in written.items():
        if key_of(key) in _LISTS or (isinstance(value, dict) and key_of(key) in _HEADING):
            yield from _sections(value, depth + 1)
        elif value not in (None, "", [], {}):
            points = tuple(_flat(value, 0))
            yield OutlineSection(_MARK.sub("", one_line(key, 300)).replace("_", " "), points)


def _points(fields: dict[str, Any]) -> Iterator[str]:
    for key in _POINTS:
        value = fields.get(key)
        if value is not None and key != "h2":
            yield from _flat(value, 0)


def _flat(value: Any, depth: int) -> Iterator[str]:
    """Yield the words of nested points, one string a point."""
    if isinstance(value, str):
        lines = (_MARK.sub("", one_line(line, 1000)) for line in value.splitlines())
        yield from (line for line in lines if line)
    elif isinstance(value, list | dict) and depth < 6:
        items = value if isinstance(value, list) else list(value.values())
        if isinstance(value, dict):
            texts = [one_line(item, 1000) for item in items if isinstance(item, str)]
            yield from [": ".join(filter(None, texts))] if any(texts) else []
            items = [item for item in items if isinstance(item, list | dict)]
        for item in items:
            yield from _flat(item, depth + 1)


def _text_sections(text: str) -> Iterator[OutlineSection]:
    """Read lines: top marks are headings, deeper ones points."""
    lines = [line for line in text.splitlines() if line.strip()]
    if len(lines) == 1:
        lines = _BREAK.split(text) if _BREAK.search(text) else re.split(r"\s*[;→]\s*|\s+>\s+", text)
    heading = ""
    points: list[str] = []
    headed = any(line.lstrip().startswith("#") for line in lines)
    for line in lines:
        words_only = _MARK.sub("", one_line(line, 300))
        nested = line[:1].isspace() or (headed and not line.lstrip().startswith("#"))
        if heading and nested:
            points.append(words_only)
            continue
        if heading:
            yield OutlineSection(heading, tuple(points))
        heading, points = words_only, []
    if heading:
        yield OutlineSection(heading, tuple(points))
