"""Lists that somebody typed as lines with dashes or numbers within one HTML paragraph."""

import re

from bs4 import NavigableString, PageElement, Tag

from igny8_flask.content.nodes import new, trim

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
