"""Reading XML-like replies as nested objects."""

import re
from html.parser import HTMLParser
from typing import Any

from igny8_flask.ai.replies.cuts import CutDict, CutStr
from igny8_flask.ai.replies.text import one_line

_FIRST = re.compile(r"<([a-zA-Z][\w:-]*)[^<>]{0,500}>")
_HTML = {
    "p", "div", "ul", "ol", "li", "table", "tr", "td", "th", "thead", "tbody", "h1", "h2", "h3",
    "h4", "h5", "h6", "html", "body", "head", "span", "strong", "b", "em", "i", "a", "br", "hr",
    "article", "section", "blockquote", "img", "figure", "pre", "code", "main", "header", "footer",
}  # fmt: skip
_MAX_DEPTH = 30


def read_elements(text: str) -> dict[str, Any] | None:
    """Read elements of an own vocabulary; HTML is none."""
    first = _FIRST.search(text)
    if first is None or first[1].lower() in _HTML or text.count("</") < 2:
        return None
    parser = _Elements()
    parser.feed(text[first.start() :])
    parser.close()
    return parser.result()


class _Elements(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._stack: list[tuple[str, dict[str, Any], list[str]]] = [("", {}, [])]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if len(self._stack) < _MAX_DEPTH and tag not in _HTML:
            self._stack.append((tag, {name: value or "" for name, value in attrs}, []))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if any(open_tag == tag for open_tag, _, _ in self._stack[1:]):
            while self._stack[-1][0] != tag:
                self._close(cut=False)
            self._close(cut=False)

    def handle_data(self, data: str) -> None:
        self._stack[-1][2].append(data)

    def _close(self, cut: bool) -> None:
        tag, fields, texts = self._stack.pop()
        text = one_line("".join(texts), 10_000)
        value: Any = CutStr(text) if cut else text
        if fields:
            value = CutDict(fields) if cut else fields
            if text:
                value.setdefault("value", text)
        parent = self._stack[-1][1]
        if tag not in parent:
            parent[tag] = value
        elif isinstance(parent[tag], list):
            parent[tag].append(value)
        else:
            parent[tag] = [parent[tag], value]

    def result(self) -> dict[str, Any] | None:
        """Everything read; what was left open is cut."""
        open_left = len(self._stack) > 1
        while len(self._stack) > 1:
            self._close(cut=True)
        fields = self._stack[0][1]
        return (CutDict(fields) if open_left else fields) or None
