"""Lists and headings that somebody typed with Markdown's signs into HTML paragraphs."""

import re
from itertools import groupby

from bs4 import NavigableString, PageElement, Tag

from igny8_flask.content.nodes import first_of, new, trim

_HEADING = re.compile(r"(#{1,6})[ \t]+(?=\S)")
_MARK = re.compile(r"[\s\u00a0]*(?:([-•*–▪●])|(\d{1,3})[.)])[\s\u00a0]+(?=\S)")


def split_typed_list(paragraph: Tag) -> list[Tag]:
    """Return the paragraph, or what stands before its typed list and the list."""
    lines = _lines(paragraph)
    first = next((index for index, line in enumerate(lines) if _mark(line)), len(lines))
    marks = [_mark(line) for line in lines[first:]]
    if len(marks) < 2 or not all(marks):
        return [paragraph]
    kinds = {match[1] or "1" for match in marks if match}
    if len(kinds) > 1:
        return [paragraph]
    made = new("ol" if kinds == {"1"} else "ul")
    if marks[0] and marks[0][2] not in {None, "1"}:
        made["start"] = marks[0][2]
    for line, match in zip(lines[first:], marks, strict=True):
        text = str(line[0])[match.end() if match else 0 :]
        made.append(trim(new("li", text, *line[1:])))
    before = [node for line in lines[:first] for node in (*line, new("br"))]
    return [*([trim(new("p", *before))] if before else []), made]


def join_typed_items(blocks: list[Tag]) -> list[Tag]:
    """Return the blocks with neighbouring paragraphs that each are a typed item as one list."""
    kept: list[Tag] = []
    for sign, run in groupby(blocks, _sign):
        items = list(run)
        kept += split_typed_list(_as_lines(items)) if sign and len(items) > 1 else items
    return kept


def _sign(block: Tag) -> str:
    """The sign of a paragraph that is one typed item, else nothing."""
    if block.name != "p" or first_of(block, "br"):
        return ""
    mark = _mark(list(block.children))
    return (mark[1] or "1").replace("–", "") if mark else ""


def _as_lines(items: list[Tag]) -> Tag:
    return trim(new("p", *(node for item in items for node in (*item.children, new("br")))))


def raise_typed_headings(blocks: list[Tag]) -> None:
    """Make headings of paragraphs that start with number signs."""
    for block in blocks:
        first = block.contents[0] if block.name == "p" and block.contents else None
        mark = _HEADING.match(first) if isinstance(first, NavigableString) else None
        if isinstance(first, NavigableString) and mark and not first_of(block, "br"):
            block.name = f"h{len(mark[1])}"
            first.replace_with(NavigableString(str(first)[mark.end() :]))


def _lines(paragraph: Tag) -> list[list[PageElement]]:
    lines: list[list[PageElement]] = [[]]
    for node in paragraph.children:
        if isinstance(node, Tag) and node.name == "br":
            lines.append([])
        else:
            lines[-1].append(node)
    return lines


def _mark(line: list[PageElement]) -> re.Match[str] | None:
    first = line[0] if line else None
    if not isinstance(first, NavigableString):
        return None
    return _MARK.match(f"{first}x" if len(line) > 1 else str(first))
