"""Fenced code blocks, taken out of Markdown whole, wherever they stand and however they end."""

import re
from html import escape

from igny8_flask.content.stash import Stash

MAX_LINES = 40_000
_FENCE = re.compile(
    r"(?P<prefix>(?:[ \t]|>|[-*+•][ \t]+|\d{1,9}[.)][ \t]+)*)(?P<mark>`{3,}|~{3,})(?P<info>.*)\Z"
)
_LANGUAGE = re.compile(r"[{.\s]*(?:language-)?([A-Za-z0-9_+#.-]{1,40})")
_MARKUP_LANGUAGES = frozenset({"markdown", "md", "mdx", "text"})
_NEXT_ITEM = re.compile(r"([ \t]*)(?:[-*+•]|\d{1,9}[.)])[ \t]+\S")
_NEXT_SECTION = re.compile(r"#{2,4} +[^\W\d_]|\*\*[^*]+\*\*$")


def stash_fences(text: str, stash: Stash) -> str:
    """Return ``text`` with every fenced block replaced by a token on its own line."""
    lines = text.split("\n")
    kept: list[str] = []
    index = 0
    hopeless: dict[str, int] = {}
    while index < len(lines):
        fence = _opening(lines[index]) if len(kept) < MAX_LINES else None
        if fence is None:
            kept.append(lines[index])
            index += 1
            continue
        end, closed = _closing(lines, index, fence, hopeless)
        code = _without_prefix(lines[index + 1 : end], fence["prefix"])
        html = code_html("\n".join(code), _language(fence["info"]))
        token = stash.block(html, "\n".join(lines[index : end + closed]))
        edge = _continued(fence["prefix"])
        kept += [edge, fence["prefix"] + token, edge]
        index = end + closed
    return "\n".join(kept)


def code_html(code: str, language: str) -> str:
    """Return a code block whose text is literal."""
    attribute = f' class="language-{language.lower()}"' if language else ""
    return f"<pre><code{attribute}>{escape(code.strip(chr(10)), quote=False)}</code></pre>"


def _opening(line: str) -> re.Match[str] | None:
    if "```" not in line and "~~~" not in line:
        return None
    match = _FENCE.match(line)
    if match and "`" in match["info"] and match["mark"][0] == "`":
        return None
    return match


def _closing(
    lines: list[str], start: int, fence: re.Match[str], hopeless: dict[str, int]
) -> tuple[int, int]:
    """Return the line after the code, and 1 when that line is the closing fence.

    ``hopeless`` remembers from which length on a mark has no closing fence any more.
    """
    mark = fence["mark"]
    nests = _language(fence["info"]) in _MARKUP_LANGUAGES
    inner = ""
    known = len(mark) >= hopeless.get(mark[0], len(mark) + 1)
    for index in range(start + 1, start + 1 if known else len(lines)):
        text = lines[index].strip(" \t>")
        if not text.startswith(mark[0] * 3):
            continue
        run = len(text) - len(text.lstrip(mark[0]))
        bare = not text[run:].strip()
        if inner:
            inner = "" if bare and run >= len(inner) else inner
        elif bare and run >= len(mark):
            return index, 1
        elif nests and not bare:
            inner = text[:run]
    hopeless[mark[0]] = min(len(mark), hopeless.get(mark[0], len(mark)))
    own = fence.start("mark") if fence["prefix"].strip(" \t>") or fence["prefix"][:2] == "  " else 0
    return _end_of_unclosed(lines, start, nests, own), 0


def _end_of_unclosed(lines: list[str], start: int, nests: bool, own: int) -> int:
    """A fence that was never closed ends before the next heading after a blank line.

    Within a list, whose code starts at column ``own``, it also ends before the next item.
    """
    for index in range(start + 2, len(lines)):
        if nests or lines[index - 1].strip():
            continue
        item = _NEXT_ITEM.match(lines[index]) if own else None
        if _NEXT_SECTION.match(lines[index]) or (item and item.end(1) < own):
            return index
    return len(lines)


def _language(info: str) -> str:
    match = _LANGUAGE.match(info.strip())
    return match[1] if match and not info.strip().startswith(("title=", "{#")) else ""


def _without_prefix(lines: list[str], prefix: str) -> list[str]:
    width = len(prefix.expandtabs(4))
    return [_strip_columns(line, width, prefix.count(">")) for line in lines]


def _strip_columns(line: str, width: int, quotes: int) -> str:
    for _ in range(quotes):
        stripped = line.lstrip(" ")
        if stripped.startswith(">"):
            line = stripped[2:] if stripped[1:2] == " " else stripped[1:]
    if quotes:
        return line
    expanded = line.expandtabs(4) if line[:1] in " \t" and width else line
    indent = len(expanded) - len(expanded.lstrip(" "))
    return expanded[min(indent, width) :] if width else line


def _continued(prefix: str) -> str:
    return ">" * prefix.count(">")
