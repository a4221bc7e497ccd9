"""Writes tree nodes as the HTML that the editor itself would write."""

import re
from collections.abc import Iterable
from html import escape

from bs4 import NavigableString, PageElement, Tag

VOID = frozenset({"br", "hr", "img"})
_SHORTCODE = re.compile(r"\[(?=/?[\w-]{0,60}[^\W\d_])")
_ADDRESS_LINE = re.compile(r"^(\s*https?:)//([^\s<>\"]+\s*)$", re.M)


def write(node: PageElement) -> str:
    """Return the node as HTML; shortcodes in it stay readable and cannot run."""
    return neutralize(_write(node))


def write_blocks(blocks: Iterable[Tag]) -> str:
    """Return an article's blocks as HTML, one to a line."""
    return "\n".join(map(write, blocks)).replace('<hr class="more">', "<!--more-->")


def write_inside(tag: Tag) -> str:
    """Return the element's content as HTML."""
    return neutralize("".join(_write(child) for child in tag.children).strip(" \n"))


def write_code(text: str) -> str:
    """Return literal ``text`` as the editor's code block writes it."""
    escaped = escape(text, quote=False).replace("[", "&#91;").replace("\u00a0", "&nbsp;")
    return _ADDRESS_LINE.sub(r"\1&#47;&#47;\2", escaped)


def neutralize(html: str) -> str:
    """Write the bracket of anything shaped like a shortcode as an entity."""
    return _SHORTCODE.sub("&#91;", html)


def _write(node: PageElement) -> str:
    if isinstance(node, NavigableString):
        return escape(str(node), quote=False).replace("\u00a0", "&nbsp;")
    if not isinstance(node, Tag):
        return ""
    attributes = "".join(_attribute(name, value) for name, value in node.attrs.items())
    if node.name in VOID:
        return f"<{node.name}{attributes}>"
    if node.name == "pre":
        code = node.find("code")
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
    return f' {name}="{escape(text).replace("&#x27;", chr(39)).replace(chr(160), "&nbsp;")}"'
