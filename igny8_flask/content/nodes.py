"""Small words for talking about the parsed tree."""

from collections.abc import Iterable, Iterator
from typing import Any

from bs4 import BeautifulSoup, NavigableString, PageElement, Tag

HEADINGS = frozenset(["h1", "h2", "h3", "h4", "h5", "h6"])
BOXES = frozenset(
    [
        "div",
        "section",
        "article",
        "aside",
        "header",
        "footer",
        "main",
        "nav",
        "address",
        "figcaption",
        "summary",
        "caption",
        "dt",
        "dd",
        "li",
        "td",
        "th",
        "tr",
        "thead",
        "tbody",
        "tfoot",
    ]
)
FLOW_TAGS = (
    BOXES
    | HEADINGS
    | frozenset(["p", "ul", "ol", "dl", "table", "pre", "blockquote", "figure", "hr", "details"])
)
LISTS = frozenset({"ul", "ol"})

# The tree library reads entities one call each; where they are many, stand-ins spare the calls.
_MANY_ENTITIES = 2_000
_STAND_INS = (
    ("&lt;", "\ue004", "<"),
    ("&gt;", "\ue005", ">"),
    ("&amp;", "\ue006", "&"),
    ("&quot;", "\ue007", '"'),
    ("&nbsp;", "\ue008", "\u00a0"),
)
_FACTORY = BeautifulSoup("", "html.parser")


class _Tree(BeautifulSoup):
    """A tree whose stand-ins become characters again while it is built."""

    def handle_data(self, data: str) -> None:
        super().handle_data(_original(data))

    def handle_starttag(
        self, name: str, namespace: Any, nsprefix: Any, attrs: Any, *places: Any, **named: Any
    ) -> Any:
        read = {key: _original(str(value)) for key, value in attrs.items()}
        return super().handle_starttag(name, namespace, nsprefix, read, *places, **named)


def parse(html: str) -> Tag:
    """Return the tree of sanitized ``html`` under one root."""
    html += "\n"  # a lone address alone makes the tree library warn
    if html.count("&") < _MANY_ENTITIES:
        return BeautifulSoup(html, "html.parser")
    for entity, stand_in, _ in _STAND_INS:
        html = html.replace(entity, stand_in)
    return _Tree(html, "html.parser")


def _original(text: str) -> str:
    for _, stand_in, character in _STAND_INS:
        text = text.replace(stand_in, character)
    return text


def new(name: str, *children: PageElement | str, **attributes: str) -> Tag:
    """Return a new element; ``children`` leave their old place."""
    tag: Tag = _FACTORY.new_tag(name, attrs=attributes)
    fill(tag, children)
    return tag


def fill(tag: Tag, children: Iterable[PageElement | str]) -> None:
    """Append ``children``, which leave their old place."""
    for child in list(children):
        tag.append(NavigableString(child) if type(child) is str else child)


def detach(tag: Tag) -> list[PageElement]:
    """Take all children out; first to last, which costs the tree library linear time only."""
    return [child.extract() for child in list(tag.children)]


def tags_in(tag: Tag) -> Iterator[Tag]:
    """The element's direct child elements."""
    return (child for child in list(tag.children) if isinstance(child, Tag))


def every(tag: Tag, *names: str) -> list[Tag]:
    """The elements of these names within ``tag``, all elements where none is given.

    The tree library's own search builds matchers for each call, which costs more than the walk.
    """
    return [
        node
        for node in tag.descendants
        if isinstance(node, Tag) and (not names or node.name in names)
    ]


def first_of(tag: Tag, *names: str) -> Tag | None:
    """The first element of these names within ``tag``."""
    return next(
        (node for node in tag.descendants if isinstance(node, Tag) and node.name in names), None
    )


def with_id(tag: Tag) -> list[Tag]:
    """The elements within ``tag`` that have an id."""
    return [node for node in every(tag) if "id" in node.attrs]


def strings_in(tag: Tag) -> list[NavigableString]:
    """The pieces of text within ``tag``."""
    return [node for node in tag.descendants if isinstance(node, NavigableString)]


def is_flow(node: PageElement) -> bool:
    """Whether the node is block-level itself."""
    return isinstance(node, Tag) and node.name in FLOW_TAGS


def holds_flow(node: PageElement) -> bool:
    """Whether the node is a block or an inline element around one."""
    if not isinstance(node, Tag):
        return False
    return is_flow(node) or any(is_flow(inner) for inner in node.descendants)


def is_blank(node: PageElement) -> bool:
    """Whether the node is only white space."""
    return isinstance(node, NavigableString) and not str(node).strip(" \n\t\r")


def attribute(tag: Tag, name: str) -> str:
    """The attribute's text, empty when absent."""
    value = tag.get(name)
    return " ".join(value) if isinstance(value, list) else str(value or "")


def text_of(node: PageElement) -> str:
    """The node's words with single spaces between them."""
    return " ".join(node.get_text(" ").split())


def plain_text(node: PageElement) -> str:
    """The node's text as a reader sees it, white space collapsed."""
    return " ".join(node.get_text().split())


def trim(tag: Tag) -> Tag:
    """Remove white space and line breaks at the edges of the element's content."""
    children = tag.contents
    start, end = 0, len(children)
    while start < end and _is_gap(children[start]):
        start += 1
    while end > start and _is_gap(children[end - 1]):
        end -= 1
    if (start, end) != (0, len(children)):
        fill(tag, detach(tag)[start:end])
    for position, strip in ((0, str.lstrip), (-1, str.rstrip)):
        last = tag.contents[position] if tag.contents else None
        if isinstance(last, NavigableString):
            text = strip(str(last), " \n\t\r\u00a0")
            if text != last:
                last.replace_with(NavigableString(text))
    return tag


def _is_gap(node: PageElement) -> bool:
    return is_blank(node) or (isinstance(node, Tag) and node.name == "br")
