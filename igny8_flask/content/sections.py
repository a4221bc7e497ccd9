"""Sections of an article as places in its HTML, so that one can be replaced and the rest kept."""

import re
from dataclasses import dataclass
from html.parser import HTMLParser

from igny8_flask.content.nodes import HEADINGS
from igny8_flask.content.outline import slug_of
from igny8_flask.content.writer import VOID

_HEADING_TAG = re.compile(r"<(/?)h[1-6](?=[\s>])")


@dataclass(frozen=True)
class SectionSpan:
    """A heading with all that stands under it: ``html[start:body]`` is the heading itself."""

    id: str
    heading: str
    level: int
    start: int
    body: int
    end: int


def section_spans(html: str) -> tuple[SectionSpan, ...]:
    """The sections of an article by their top-level headings; one holds those below it."""
    finder = _Finder(html)
    finder.feed(html)
    finder.close()
    found = finder.found
    return tuple(
        SectionSpan(
            one.id,
            one.heading,
            one.level,
            one.start,
            one.body,
            next((other.start for other in found[n + 1 :] if other.level <= one.level), len(html)),
        )
        for n, one in enumerate(found)
    )


def find_section(html: str, section_id: str) -> SectionSpan | None:
    """The section of that id, or None."""
    return next((one for one in section_spans(html) if one.id == section_id), None)


def replace_section(html: str, section: SectionSpan, written: str) -> str:
    """The article with another text under one heading; every other byte stays as it is.

    A heading that ``written`` repeats is dropped, its subheadings go below the section's level.
    """
    body = _below(_without_heading(written, section.heading), section.level).strip("\n")
    after = html[section.end :].lstrip("\n")
    parts = [html[: section.body], body, after] if after else [html[: section.body], body]
    return "\n".join(parts)


def _without_heading(written: str, heading: str) -> str:
    spans = section_spans(written)
    repeated = bool(spans) and not written[: spans[0].start].strip()
    if repeated and slug_of(spans[0].heading) == slug_of(heading):
        return written[spans[0].body :]
    return written


def _below(written: str, level: int) -> str:
    spans = section_spans(written)
    if not spans:
        return written
    shift = level + 1 - min(one.level for one in spans)
    parts, at = [], 0
    for one in spans:
        name = f"h{min(6, one.level + shift)}"
        heading = _HEADING_TAG.sub(rf"<\1{name}", written[one.start : one.body])
        parts += [written[at : one.start], heading]
        at = one.body
    return "".join([*parts, written[at:]])


class _Finder(HTMLParser):
    """Notes the place of every heading that stands in no other element."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[SectionSpan] = []
        self._lines = [0]
        for line in html.splitlines(keepends=True):
            self._lines.append(self._lines[-1] + len(line))
        self._depth = 0
        self._open: tuple[int, int, str] | None = None  # start, level, id
        self._text: list[str] = []
        self._seen: dict[str, int] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in VOID:
            return
        if self._depth == 0 and tag in HEADINGS:
            self._open = (self._offset(), int(tag[1]), dict(attrs).get("id") or "")
            self._text = []
        self._depth += 1

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        self._depth = max(0, self._depth - 1)
        if self._depth == 0 and self._open and tag in HEADINGS:
            start, level, name = self._open
            heading = " ".join("".join(self._text).split())
            after = self._offset() + len(f"</{tag}>")
            name = self._unique(name or slug_of(heading) or "section")
            self.found.append(SectionSpan(name, heading, level, start, after, after))
            self._open = None

    def handle_data(self, data: str) -> None:
        if self._open:
            self._text.append(data)

    def _offset(self) -> int:
        line, column = self.getpos()
        return self._lines[line - 1] + column

    def _unique(self, name: str) -> str:
        self._seen[name] = self._seen.get(name, 0) + 1
        return name if self._seen[name] == 1 else f"{name}-{self._seen[name]}"
