"""The block structure of Markdown as models write it, rewritten the way the engine reads it.

Lists glued to paragraphs, nesting by two or three spaces, ``1)`` markers, headings without a space,
ragged tables: each becomes one block between blank lines, nested by four spaces.
"""

import re
from collections.abc import Callable

from igny8_flask.content.stash import BLOCK_OPEN, BLOCK_TOKEN
from igny8_flask.content.table_lines import is_table_start, read_table

MAX_LIST_DEPTH = 7
MAX_QUOTE_DEPTH = 5
MAX_STEPS = 10_000
MAX_DEFINITIONS = 500  # the engine's lists of definitions are quadratic
MAX_HEADING_CHARS = 500
_BULLET = "•◦▪▸►●○‣–·■"
_ITEM = re.compile(rf"([ \t]*)(?:([-*+{_BULLET}])|(\d{{1,9}})[.)])(?:[ \t]+(.*)|$)")
_HEADING = re.compile(r"[ \t]*(#{1,6})(?:[ \t]+(.*?)|[ \t]*)(?:[ \t]+#+)?[ \t]*$")
_TIGHT_HEADING = re.compile(r"(#{2,6})([^\s#].*?)(?:[ \t]*#+)?[ \t]*$|(#)([A-Z\d][^#\n]* [^#\n]*)$")
_RULE = re.compile(r"[ \t]*(?:(?:\*[ \t]*){3,}|(?:-[ \t]*){3,}|(?:_[ \t]*){3,}|[—–]{3,})$")
_SETEXT = re.compile(r"[ \t]{0,3}(=+|-{3,})[ \t]*$")
_QUOTE = re.compile(r"[ \t]*>[ \t]?")
_DEFINITION = re.compile(r"[ \t]{0,3}:[ \t]+(\S.*)$")
_NOTE = re.compile(r"[ \t]{0,3}\[\^[^\]]+\]:")
_HEADING_ID = re.compile(r"[ \t]*\{(?:#([\w-]+)|[.:])[^{}]*\}$")


def canonical(text: str, anchor: Callable[[str], str]) -> list[str]:
    """Return the blocks of Markdown ``text``; ``anchor`` makes the token for a heading's id."""
    return _Reader(anchor).read(text.split("\n"), 0, 0)


class _Reader:
    def __init__(self, anchor: Callable[[str], str]) -> None:
        self.anchor = anchor
        self.budget = MAX_STEPS
        self.definitions = 0

    def read(self, lines: list[str], list_depth: int, quote_depth: int) -> list[str]:
        blocks: list[str] = []
        index = 0
        while index < len(lines):
            line = lines[index]
            self.budget -= 1
            if self.budget < 0:
                return [*blocks, " ".join(" ".join(lines[index:]).split())]
            if not line.strip():
                index += 1
            elif _QUOTE.match(line):
                index = self._quote(lines, index, blocks, list_depth, quote_depth)
            elif self._starts_item(lines, index) and not _RULE.match(line):
                index = self._list_item(lines, index, blocks, list_depth, quote_depth)
            else:
                index = self._leaf(lines, index, blocks)
        return blocks

    def _starts_item(self, lines: list[str], index: int) -> bool:
        match = _ITEM.match(lines[index])
        if not match:
            return False
        if match[2] == "–" or (match[3] and len(match[3]) > 3):
            near = lines[max(0, index - 1) : index] + lines[index + 1 : index + 2]
            return any((other := _ITEM.match(line)) and other[2] == match[2] for line in near)
        return bool((match[4] or "").strip()) or match[2] in {"-", "*", "+", None}

    def _quote(
        self, lines: list[str], index: int, blocks: list[str], list_depth: int, quote_depth: int
    ) -> int:
        inner: list[str] = []
        while index < len(lines):
            match = _QUOTE.match(lines[index])
            if match:
                inner.append(lines[index][match.end() :])
            elif not lines[index].strip() or not inner[-1].strip() or self._breaks(lines, index):
                break
            else:
                inner.append(lines[index].strip())
            index += 1
        if quote_depth >= MAX_QUOTE_DEPTH:
            inner = [line.lstrip("> \t") for line in inner]
        content = self.read(inner, list_depth, quote_depth + 1)
        if quote_depth >= MAX_QUOTE_DEPTH:
            blocks += content
        elif content:
            text = "\n\n".join(content)
            blocks.append("\n".join(f"> {line}".rstrip() for line in text.split("\n")))
        return index

    def _list_item(
        self, lines: list[str], index: int, blocks: list[str], list_depth: int, quote_depth: int
    ) -> int:
        match = _ITEM.match(lines[index])
        if match is None:
            return index + 1
        own = _width(match[1])
        inner = [match[4] or ""]
        index += 1
        while index < len(lines):
            line = lines[index]
            indent = _width(line[: len(line) - len(line.lstrip(" \t"))])
            if not line.strip():
                if not self._goes_on(lines, index, own):
                    break
            elif indent < own + 2 and self._ends_item(lines, index, inner):
                break
            inner.append(line)
            index += 1
        content = self.read(_dedent(inner, own), list_depth + 1, quote_depth)
        if list_depth >= MAX_LIST_DEPTH:
            blocks += content
            return index
        marker = f"{match[3]}. " if match[3] else "- "
        blocks.append(_as_item(marker, content))
        return index

    def _goes_on(self, lines: list[str], index: int, own: int) -> bool:
        """Whether the text after a blank line is still the item's."""
        for line in lines[index : index + 4]:
            if line.strip():
                return _width(line[: len(line) - len(line.lstrip(" \t"))]) >= own + 2
        return False

    def _ends_item(self, lines: list[str], index: int, inner: list[str]) -> bool:
        return (
            not inner[-1].strip() or self._starts_item(lines, index) or self._breaks(lines, index)
        )

    def _breaks(self, lines: list[str], index: int) -> bool:
        """Whether the line cannot continue the paragraph before it."""
        line = lines[index]
        return bool(
            _HEADING.match(line)
            or _TIGHT_HEADING.match(line)
            or _RULE.match(line)
            or _QUOTE.match(line)
            or _NOTE.match(line)
            or BLOCK_OPEN in line
            or is_table_start(lines, index)
        )

    def _leaf(self, lines: list[str], index: int, blocks: list[str]) -> int:
        line = lines[index]
        if is_table_start(lines, index):
            table, after = read_table(lines, index)
            blocks += table
            return after
        heading = _HEADING.match(line) or _TIGHT_HEADING.match(line.strip())
        if heading and len(line) <= MAX_HEADING_CHARS:
            found = [group for group in heading.groups() if group]
            blocks += self._heading(found[0], found[1]) if len(found) > 1 else []
            return index + 1
        if _RULE.match(line):
            blocks.append("---")
            return index + 1
        if BLOCK_OPEN in line:
            blocks += [part.strip() for part in _around_tokens(line) if part.strip()]
            return index + 1
        if _NOTE.match(line):
            return self._note(lines, index, blocks)
        return self._paragraph(lines, index, blocks)

    def _heading(self, marks: str, text: str) -> list[str]:
        found = _HEADING_ID.search(text)
        if found:
            text = (self.anchor(found[1]) if found[1] else "") + text[: found.start()]
        return [f"{marks} {text.strip()}"] if text.strip() else []

    def _note(self, lines: list[str], index: int, blocks: list[str]) -> int:
        inner = [lines[index].strip()]
        index += 1
        while index < len(lines) and not _NOTE.match(lines[index]):
            following = next(iter(lines[index + 1 : index + 2]), "")
            if not lines[index].strip() and not following.startswith(("    ", "\t")):
                break
            inner.append(lines[index].strip())
            index += 1
        blocks.append(" ".join(part for part in inner if part))
        return index

    def _paragraph(self, lines: list[str], index: int, blocks: list[str]) -> int:
        taken = [lines[index].strip()]
        index += 1
        while index < len(lines) and lines[index].strip():
            line = lines[index]
            underline = _SETEXT.match(line)
            if underline and len(taken) == 1 and _may_be_heading(taken[0], underline[1]):
                blocks += self._heading("#" if underline[1][0] == "=" else "##", taken[0])
                return index + 1
            if self._defines(line):
                return self._definitions(lines, index, taken, blocks)
            if self._breaks(lines, index) or self._interrupts(lines, index):
                break
            taken.append(line.strip())
            index += 1
        after_blank = index + 1
        if after_blank < len(lines) and len(taken) == 1 and self._defines(lines[after_blank]):
            return self._definitions(lines, after_blank, taken, blocks)
        blocks.append("\n".join(_literal_start(line) for line in taken))
        return index

    def _interrupts(self, lines: list[str], index: int) -> bool:
        """A list may start right after a paragraph; a lone number in running text may not."""
        match = _ITEM.match(lines[index])
        if not match or not self._starts_item(lines, index):
            return False
        if match[3] is None or match[3] in {"0", "1"}:
            return True
        following = _ITEM.match(lines[index + 1]) if index + 1 < len(lines) else None
        return bool(following and following[3] == str(int(match[3]) + 1))

    def _defines(self, line: str) -> re.Match[str] | None:
        return _DEFINITION.match(line) if self.definitions < MAX_DEFINITIONS else None

    def _definitions(
        self, lines: list[str], index: int, terms: list[str], blocks: list[str]
    ) -> int:
        entries = [*terms]
        while index < len(lines) and (match := self._defines(lines[index])):
            self.definitions += 1
            entries.append(f":   {match[1].strip()}")
            index += 1
            while index < len(lines) and lines[index].strip():
                if _DEFINITION.match(lines[index]) or not lines[index].startswith((" ", "\t")):
                    break
                entries.append(f"    {lines[index].strip()}")
                index += 1
        blocks.append("\n".join(entries))
        return index


def _width(indent: str) -> int:
    return len(indent.expandtabs(4))


def _dedent(lines: list[str], own: int) -> list[str]:
    """Remove the item's indentation from the lines after its first."""
    rest = [line.expandtabs(4) if line[:1] == "\t" or " \t" in line else line for line in lines[1:]]
    indents = [len(line) - len(line.lstrip(" ")) for line in rest if line.strip()]
    inside = [indent for indent in indents if indent >= own + 2]
    width = min(inside, default=0)
    return lines[:1] + [
        line[width:] if not line[:width].strip() else line.lstrip(" ") for line in rest
    ]


def _as_item(marker: str, content: list[str]) -> str:
    first, *others = content or [""]
    if first.startswith(("- ", "> ", "|", "#", "---")) or re.match(r"\d+\. ", first):
        lines = [marker.rstrip() + " \u2060", "", *("    " + line for line in first.split("\n"))]
    else:
        head, *tail = first.split("\n")
        lines = [marker + head, *("    " + line for line in tail)]
    for block in others:
        lines += ["", *("    " + line if line else "" for line in block.split("\n"))]
    return "\n".join(lines)


def _around_tokens(line: str) -> list[str]:
    parts: list[str] = []
    position = 0
    for match in BLOCK_TOKEN.finditer(line):
        parts += [line[position : match.start()], match[0]]
        position = match.end()
    return [*parts, line[position:]]


def _may_be_heading(text: str, underline: str) -> bool:
    return underline[0] == "=" or (len(text) <= 100 and not text.endswith((".", ":", ",", ";")))


def _literal_start(line: str) -> str:
    """Keep a line of running text from being read as a heading or a list by the engine."""
    if line.startswith("#"):
        return "\\" + line
    if line.startswith(":"):
        return "\u2060" + line
    return re.sub(r"^(\d+)\.(?=\s)", r"\1\\.", re.sub(r"^([-+*])(?=\s)", r"\\\1", line))
