"""Reading headings with bullets, numbered lists and labelled lines as a tree."""

import re
from dataclasses import dataclass, field
from typing import Any

from igny8_flask.ai.replies.shapes import key_of
from igny8_flask.ai.replies.text import one_line

_HEADING = re.compile(r"^\s{0,3}(#{1,6})\s+(\S.*?)[\s#]*$")
_BOLD = re.compile(r"^(\s*)(?:\d{1,3}[.)]\s+)?\*\*([^*]{1,200}?)\*\*\s*:?\s*$")
_ITEM = re.compile(r"^(\s*)(?:[-*+•◦▪‣–]|\(?\d{1,3}[.)]|[a-zA-Z][.)])\s+(\S.*)$")
_LABEL = re.compile(r"^(\s*)([^\s:|][^:|]{1,79}):\s*$")
_FIELD = re.compile(r"^\**([A-Za-z][A-Za-z /_-]{1,30}?)\**\s*:\**\s*(.*)$", re.DOTALL)
_NAMED = re.compile(
    r"^\*\*(.{1,200}?)\*\*\s*(?::|[-–—(])\s*(.+?)\)?$|^\*\*(.{1,200}?):\*\*\s*(.+)$"
)
_INTRO = re.compile(
    r"^\W*(?:sure|certainly|of course|here(?:'s|’s| is| are)|below|the following|these are|okay|ok|"
    r"i(?:'ve| have)|based on|let me)\b.*[:!.]\s*$",
    re.IGNORECASE,
)
_FIELDS = {
    "keywords", "terms", "description", "summary", "type", "contenttype", "outline", "sections",
    "targetkeywords", "wordcount", "length", "cluster", "clustername", "clusterid", "title", "name",
    "prompt", "imageprompt", "alt", "alttext", "caption", "heading", "section", "keypoints",
    "primarykeyword", "secondarykeywords", "format", "angle", "intent", "estimatedwordcount",
    "searchintent", "coveredkeywords", "focuskeyword", "keyword", "h2", "placement",
}  # fmt: skip
_MAX_LINES = 20_000
_MAX_DEPTH = 20


@dataclass
class _Node:
    rank: int
    text: str
    children: list["_Node"] = field(default_factory=list)


def read_bullets(text: str) -> list[Any] | None:
    """Read a tree of headings and items: leaves are strings, the others have name and items."""
    root = _Node(-1, "")
    stack = [root]
    items = 0
    lines = [line for line in text.splitlines() if line.strip()][:_MAX_LINES]
    for line, following in zip(lines, [*lines[1:], ""], strict=False):
        node = _node(line, following)
        if node is None:
            _continue_item(stack, line)
            continue
        items += 1
        while stack[-1].rank >= node.rank:
            stack.pop()
        stack[-1].children.append(node)
        if len(stack) < _MAX_DEPTH:
            stack.append(node)
    if items < 2:
        return None
    return [_value(child) for child in root.children]


def _node(line: str, following: str) -> _Node | None:
    """Read a line that opens a node: a heading, a bold line, an item, or a label."""
    if _INTRO.match(line):
        return None
    heading, bold, item = _HEADING.match(line), _BOLD.match(line), _ITEM.match(line)
    if heading:
        return _Node(len(heading[1]), heading[2])
    if bold:
        return _Node(8 + len(bold[1]), bold[2])
    if item:
        return _Node(20 + len(item[1].expandtabs(4)), item[2])
    return _label(line, following)


def _label(line: str, following: str) -> _Node | None:
    """Read a short line that ends in a colon or stands directly over items."""
    label = _LABEL.match(line)
    if label and len(label[2].split()) <= 8:
        return _Node(9 + len(label[1]), label[2])
    text = line.strip()
    heads = _ITEM.match(following) and not _FIELD.match(text) and text[-1] not in ".!?"
    return _Node(9, text) if heads and len(text.split()) <= 10 else None


def _continue_item(stack: list[_Node], line: str) -> None:
    """Give a plain line to the item above it: a field of it, or more of its text."""
    if not line.strip() or len(stack) < 2:
        return
    owner = stack[-1]
    labelled = _FIELD.match(line.strip())
    if labelled or owner.rank < 20:
        while len(stack) > 2 and stack[-1].rank >= 500:
            stack.pop()
        stack[-1].children.append(_Node(500, line.strip()))
    elif line[:1].isspace():
        owner.text += " " + line.strip()


def _value(node: _Node) -> Any:
    named = _NAMED.match(node.text)
    if not node.children and not named:
        return one_line(node.text, 4000)
    if named and key_of(named[1] or named[3]) in _FIELDS:
        named = None
    value: dict[str, Any] = {"name": one_line(node.text, 500)}
    own = _own_field(node.text)
    if own:
        value = {own[0]: own[1]}
    elif named:
        value = {"name": one_line(named[1] or named[3], 500)}
        value["items"] = one_line(named[2] or named[4], 4000)
    items: list[Any] = []
    for child in node.children:
        labelled = _own_field(child.text)
        if labelled and (labelled[1] or child.children):
            written = [_value(inner) for inner in child.children] or labelled[1]
            value.setdefault(labelled[0], written)
        else:
            items.append(_value(child))
    if items:
        value["items"] = items
    return value if len(value) > 1 else one_line(node.text, 4000)


def _own_field(text: str) -> tuple[str, str] | None:
    labelled = _FIELD.match(text.strip())
    name = key_of(labelled[1]) if labelled else key_of(text)
    if name not in _FIELDS:
        return None
    return name, one_line(labelled[2], 4000) if labelled else ""
