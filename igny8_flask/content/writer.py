"""Writes tree nodes as the HTML that the editor itself would write."""

import re
from collections.abc import Iterable
from html import escape

from bs4 import NavigableString, PageElement, Tag

from igny8_flask.content.nodes import first_of, parse, tags_in

VOID = frozenset({"br", "hr", "img"})
_TAG_OR_SHORTCODE = re.compile(r"<[^>]*>|\[(?=/?[\w-]{0,60}[^\W\d_])")
_LINE_END = re.compile(r"[ \t]*\n[ \t\n]*")
_WEB_ATTRIBUTE = re.compile(r" (?:href|src)=\"[^\"]*\"")
# The editor turns the entity back into a bracket when a human saves; parted from the name by a tag
# (in an attribute by a word joiner) it still cannot run.
_APART = '<span class="is-literal">&#91;</span>'
_APART_IN_ATTRIBUTE = "&#91;\u2060"
# The filter for users makes an entity of one that is written out, and the editor a bracket of that.
_WRITTEN_OUT = re.compile(r"&#(?:0*91|[xX]0*5[bB]);")
_ADDRESS_LINE = re.compile(r"^(\s*https?:)//([^\s<>\"]+\s*)$", re.M)


def write(node: PageElement) -> str:
    """Return the node as HTML; shortcodes in it stay readable and cannot run."""
    return neutralize(_write(node))


def write_blocks(blocks: Iterable[Tag]) -> str:
    """Return an article's blocks as HTML, one to a line."""
    return "\n".join(map(write, blocks)).replace('<hr class="more">', "<!--more-->")


def read_blocks(html: str) -> list[Tag]:
    """Return the blocks of an article that ``write_blocks`` wrote."""
    html = html.replace("<!--more-->", '<hr class="more">')
    return list(tags_in(parse(html.replace(_APART, "[").replace("\u2060", ""))))


def write_inside(tag: Tag) -> str:
    """Return the element's content as HTML."""
    return write_inline(tag.children)


def write_inline(nodes: Iterable[PageElement]) -> str:
    """Return inline nodes as HTML."""
    return neutralize("".join(map(_write, nodes)).strip(" \n"))


def write_code(text: str) -> str:
    """Return literal ``text`` as the editor's code block writes it."""
    escaped = _escaped(text).replace("[", "&#91;").replace("\u00a0", "&nbsp;")
    return _ADDRESS_LINE.sub(r"\1&#47;&#47;\2", escaped)


def neutralize(html: str) -> str:
    """Part the bracket of anything shaped like a shortcode from its name."""
    return _TAG_OR_SHORTCODE.sub(_neutral, html) if "[" in html else html


def _neutral(match: re.Match[str]) -> str:
    tag = match[0]
    if tag == "[":
        return _APART
    if "[" not in tag:
        return tag
    tag = _WEB_ATTRIBUTE.sub(lambda address: address[0].replace("[", "%5B"), tag)
    return tag.replace("[", _APART_IN_ATTRIBUTE)


def _write(node: PageElement) -> str:
    if isinstance(node, NavigableString):
        text = _escaped(str(node)).replace("\u00a0", "&nbsp;")
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


def _escaped(text: str, quote: bool = False) -> str:
    return escape(_WRITTEN_OUT.sub("[", text), quote=quote)


def _attribute(name: str, value: object) -> str:
    text = " ".join(value) if isinstance(value, list) else str(value or "")
    if name == "reversed":
        return " reversed"
    written = _escaped(text, quote=True).replace("&#x27;", "'").replace("\u00a0", "&nbsp;")
    return f' {name}="{written}"'
