"""Reading the YAML that models write: maps, lists, scalars, flow values and text blocks."""

import re
from typing import Any

from igny8_flask.ai.replies.reader import NotJSONError, Reader

_PAIR = re.compile(
    r"(\"[^\"\n]{1,300}\"|'[^'\n]{1,300}'|[^\s:#\-\[{\"'|>*`][^:\n\"`]{0,200}?)\s*:(?:\s+(.*)|\s*)$"
)
_MAX_DEPTH = 12
Line = tuple[int, str]


class _NotYAMLError(ValueError):
    """The lines are no YAML of this kind."""


def read_yaml(text: str) -> Any:
    """Read text whose every line is YAML; ``None`` for anything else."""
    lines = [
        (len(line) - len(line.lstrip(" ")), line.strip())
        for line in re.sub(r"\*\*|__", "", text.replace("\t", "    ")).splitlines()
        if line.strip() and not line.lstrip().startswith("#") and line.strip() not in {"---", "..."}
    ]
    if re.search(r"^\s*(?:##|\d+[.)]\s)", text, re.MULTILINE):
        return None
    if not any(_PAIR.fullmatch(content.removeprefix("- ").strip()) for _, content in lines):
        return None
    reader = _YAML(lines)
    try:
        value = reader.block(0)
    except _NotYAMLError:
        return None
    return value if reader.at == len(lines) and isinstance(value, dict | list) else None


class _YAML:
    def __init__(self, lines: list[Line]) -> None:
        self.lines = lines
        self.at = 0

    def block(self, depth: int) -> Any:
        """Read the block that starts at the current line."""
        if depth > _MAX_DEPTH or self.at >= len(self.lines):
            raise _NotYAMLError
        indent, content = self.lines[self.at]
        if content == "-" or content.startswith("- "):
            return self._list(indent, depth)
        return self._map(indent, depth)

    def _list(self, indent: int, depth: int) -> list[Any]:
        items: list[Any] = []
        while self.at < len(self.lines):
            here, content = self.lines[self.at]
            if here != indent or not (content == "-" or content.startswith("- ")):
                break
            rest = content[1:].lstrip()
            inner = indent + len(content) - len(rest)
            if not rest:
                self.at += 1
                items.append(self.block(depth + 1))
            elif _PAIR.fullmatch(rest) or rest.startswith("- "):
                self.lines[self.at] = (inner, rest)
                items.append(self.block(depth + 1))
            else:
                self.at += 1
                items.append(self._scalar(rest, indent))
        return items

    def _map(self, indent: int, depth: int) -> Any:
        """Read a map; one whose keys come round again is a list of records."""
        records: list[dict[str, Any]] = [{}]
        while self.at < len(self.lines):
            here, content = self.lines[self.at]
            pair = _PAIR.fullmatch(content) if here == indent else None
            if pair is None:
                if here > indent:
                    raise _NotYAMLError
                break
            key = pair[1].strip("\"'*_ ")
            self.at += 1
            if key in records[-1]:
                records.append({})
            records[-1][key] = self._value((pair[2] or "").strip(), indent, depth)
        if not records[0]:
            raise _NotYAMLError
        return records if len(records) > 1 else records[0]

    def _value(self, rest: str, indent: int, depth: int) -> Any:
        if rest[:1] in {"|", ">"} and len(rest) <= 3:
            return self._text(indent, "\n" if rest[0] == "|" else " ")
        if rest:
            return self._scalar(rest, indent)
        if self.at < len(self.lines):
            here, content = self.lines[self.at]
            if here > indent or (here == indent and content.startswith("- ")):
                return self.block(depth + 1)
        return None

    def _text(self, indent: int, joint: str) -> str:
        parts: list[str] = []
        while self.at < len(self.lines) and self.lines[self.at][0] > indent:
            parts.append(self.lines[self.at][1])
            self.at += 1
        return joint.join(parts)

    def _scalar(self, rest: str, indent: int) -> Any:
        if rest[0] in "[{":
            try:
                return Reader("[" + rest + "]", 0).read()[0]
            except (NotJSONError, IndexError, KeyError, TypeError):
                inner = rest.strip("[]{} ")
                return [part.strip(" \"'") for part in inner.split(",") if part.strip(" \"'")]
        while self.at < len(self.lines) and self._continues(indent):
            rest += " " + self.lines[self.at][1]
            self.at += 1
        if rest[0] in "\"'" and rest[-1] == rest[0] and len(rest) > 1:
            return rest[1:-1].replace("''", "'").replace('\\"', '"')
        if re.fullmatch(r"\d{1,15}", rest):
            return int(rest)
        return None if rest in {"null", "~"} else rest

    def _continues(self, indent: int) -> bool:
        here, content = self.lines[self.at]
        return here > indent and not content.startswith("- ") and not _PAIR.fullmatch(content)
