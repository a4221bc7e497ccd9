"""Writes tree nodes as the HTML that the editor itself would write."""

import re
from collections.abc import Iterable
from html import escape

from bs4 import NavigableString, PageElement, Tag

from igny8_flask.content.nodes import first_of, parse, tags_in

VOID = frozenset({"br", "hr", "img"})
_LINE_END = re.compile(r"[ \t]*\n[ \t\n]*")
_WEB_ATTRIBUTE = re.compile(r" (?:href|src)=\"[^\"]*\"")
# WordPress's filter for users takes a numbered entity that is written out for one (up to 7.0), the
# editor any in an attribute.
_WRITTEN_OUT = r"&amp;(?=#(?:[0-9]++|[xX][0-9a-fA-F]++);)"
_NUMBERED = re.compile(_WRITTEN_OUT)
_NAMED_OR_NUMBERED = re.compile(r"&amp;(?=#?[a-zA-Z0-9]++;)")
_LIVE = re.compile(rf"<[^>]*>|\[(?=/?[\w-]{{0,60}}[^\W\d_])|{_WRITTEN_OUT}")
# The editor turns an entity back into its sign when a human saves; parted from what follows by a
# tag (in an attribute by a word joiner) the sign still stays a word.
_APART = {
    "[": '<span class="is-literal">&#91;</span>',
    "&amp;": '<span class="is-literal">&amp;</span>',
    "//": '<span class="is-literal">//</span>',
}
_APART_IN_ATTRIBUTE = "\u2060"
_ADDRESS_LINE = re.compile(r"^(\s*https?:)//([^\s<>\"]+\s*)$", re.M)


def write(node: PageElement) -> str:
    """Return the node as HTML; shortcodes in it stay readable and cannot run."""
    return neutralize(_write(node))


def write_blocks(blocks: Iterable[Tag]) -> str:
    """Return an article's blocks as HTML, one to a line."""
    return "\n".join(map(write, blocks)).replace('<hr class="more">', "<!--more-->")


def read_blocks(html: str) -> list[Tag]:
    """Return the blocks of an article that ``write_blocks`` wrote."""
    html = html.replace("<!--more-->", '<hr class="more">').replace(_APART_IN_ATTRIBUTE, "")
    for sign, apart in _APART.items():
        html = html.replace(apart, sign)
    return list(tags_in(parse(html)))


def write_inside(tag: Tag) -> str:
    """Return the element's content as HTML."""
    return write_inline(tag.children)


def write_inline(nodes: Iterable[PageElement]) -> str:
    """Return inline nodes as HTML."""
    return neutralize("".join(map(_write, nodes)).strip(" \n"))


def write_code(text: str) -> str:
    """Return literal ``text`` as the editor's code block keeps it; no line of it is embedded."""
    escaped = _NUMBERED.sub(_APART["&amp;"], escape(text, quote=False))
    escaped = escaped.replace("[", "&#91;").replace("\u00a0", "&nbsp;")
    return _ADDRESS_LINE.sub(rf"\1{_APART['//']}\2", escaped)


def neutralize(html: str) -> str:
    """Part what WordPress would read as a shortcode or an entity, so that it stays words."""
    return _LIVE.sub(_neutral, html) if "[" in html or "&amp;" in html else html


def _neutral(match: re.Match[str]) -> str:
    found = match[0]
    if found in _APART:
        return _APART[found]
    found = _WEB_ATTRIBUTE.sub(_neutral_address, found)
    found = _NAMED_OR_NUMBERED.sub("&amp;" + _APART_IN_ATTRIBUTE, found)
    return found.replace("[", "&#91;" + _APART_IN_ATTRIBUTE)


def _neutral_address(match: re.Match[str]) -> str:
    return _NAMED_OR_NUMBERED.sub("%26", match[0]).replace("[", "%5B")


def _write(node: PageElement) -> str:
    if isinstance(node, NavigableString):
        text = escape(str(node), quote=False).replace("\u00a0", "&nbsp;")
        return _LINE_END.sub(" ", text) if "\n" in text else text
    if not isinstance(node, Tag):
        return ""
    attributes = "".join(_attribute(name, value) for name, value in node.attrs.items())
    if node.name in VOID:
        return f"<{node.name}{attributes}>"
    if node.name == "pre":
        code = first_of(node, "code")
        inside = write_code(node.get_text())
        language = code.get("class") if isinstance(code, Tag) else None
        return (
            f"<pre><code{_attribute('class', language) if language else ''}>{inside}</code></pre>"
        )
    return f"<{node.name}{attributes}>{''.join(map(_write, node.children))}</{node.name}>"


def _attribute(name: str, value: object) -> str:
    text = " ".join(value) if isinstance(value, list) else str(value or "")
    if name == "reversed":
        return " reversed"
    written = escape(text).replace("&#x27;", "'").replace("\u00a0", " ")
    return f' {name}="{written}"'
