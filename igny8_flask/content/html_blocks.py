"""HTML among Markdown: block-level tags become blocks of their own, the rest stays Markdown."""

import re

from igny8_flask.content.stash import Stash
from igny8_flask.content.tag_names import BLOCK_TAGS
from igny8_flask.content.tags import TAG

_WHOLE = frozenset(["table", "ul", "ol", "dl", "pre", "figure"])
_ONE_PARAGRAPH = frozenset(
    ["p", "h1", "h2", "h3", "h4", "h5", "h6", "summary", "address", "li", "td", "th", "dt", "dd"]
)
_INDENT = re.compile(r"[ \t]*+")


def stash_html_blocks(text: str, stash: Stash) -> str:
    """Return ``text`` with the block tags at line starts as tokens on lines of their own.

    Tables, lists and the like are taken whole; inside other boxes the text stays Markdown.
    """
    if "<" not in text:
        return text
    parts: list[str] = []
    position = copied = 0
    unclosed: set[str] = set()
    while position < len(text):
        start = _INDENT.match(text, position).end()  # type: ignore[union-attr]
        tag = TAG.match(text, start)
        if not tag or tag[2].lower() not in BLOCK_TAGS:
            position = _next_line(text, position)
            continue
        end = _end(text, tag, unclosed)
        parts.append(text[copied:position])
        parts.append(f"\n\n{text[position:start]}{stash.block(text[start:end])}\n\n")
        position = copied = end
    parts.append(text[copied:])
    return "".join(parts)


def _next_line(text: str, position: int) -> int:
    line_end = text.find("\n", position)
    return len(text) if line_end < 0 else line_end + 1


def _end(text: str, tag: re.Match[str], unclosed: set[str]) -> int:
    name = tag[2].lower()
    if tag[1]:
        return tag.end()
    if name in _WHOLE and name not in unclosed:
        end = _matching_close(text, name, tag.end())
        if end < 0:
            unclosed.add(name)
        return end if end >= 0 else tag.end()
    if name in _ONE_PARAGRAPH:
        stop = re.compile(rf"</{name}\s*>|\n[ \t]*\n|<{name}[\s>]", re.I).search(text, tag.end())
        if stop and stop[0].startswith("</"):
            return stop.end()
    return tag.end()


def _matching_close(text: str, name: str, start: int) -> int:
    depth = 1
    for match in re.compile(rf"<(/?){name}(?=[\s>/])[^<>]*>", re.I).finditer(text, start):
        depth += -1 if match[1] else 1
        if depth == 0:
            return match.end()
    return -1
