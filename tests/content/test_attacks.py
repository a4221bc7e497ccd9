"""Hostile replies: whatever goes in, only harmless markup comes out, also after a second parse."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import nh3
import pytest
from bs4 import BeautifulSoup, Comment, Tag

from igny8_flask.content import NormalizedContent, normalize
from igny8_flask.errors import ReplyError

ATTACKS = [
    line.replace("\\n", "\n")
    for line in Path(__file__).with_name("attacks.txt").read_text(encoding="utf-8").split("\n")
    if line
]
WRAPS = {
    "alone": "{}",
    "in a paragraph": "Before words {} after words.",
    "in html": "<h2>A</h2><p>Before {} after</p><p>x</p>",
    "in an html attribute": '<p>Before <a href="https://e.com/" title="{}">link</a></p><p>x</p>',
    "in a list": "- one {}\n- two\n",
    "in a table": "| a | b |\n|---|---|\n| {} | x |\n",
    "after a line": "Text\n\n{}\n\nText",
    "in a heading": "## Head {}\n\nText.",
    "in a link": "See [words {} more](https://e.com/{}) now.",
    "in a link's title": 'See [words](https://e.com "{}") now.',
    "in an image": "![picture {}](https://e.com/a.png)\n\nText.",
    "in code": "Use `{}` here.\n\n```\n{}\n```\n\nText.",
}
_TAGS = {
    "p",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "ul",
    "ol",
    "li",
    "dl",
    "dt",
    "dd",
    "table",
    "thead",
    "tbody",
    "tfoot",
    "tr",
    "th",
    "td",
    "blockquote",
    "cite",
    "q",
    "pre",
    "code",
    "kbd",
    "samp",
    "var",
    "strong",
    "em",
    "s",
    "u",
    "del",
    "ins",
    "mark",
    "sub",
    "sup",
    "small",
    "abbr",
    "dfn",
    "a",
    "img",
    "figure",
    "figcaption",
    "hr",
    "br",
    "details",
    "summary",
    "span",
    "bdo",
    "ruby",
    "rt",
    "rp",
    "div",
}
_ATTRIBUTES = {
    "id",
    "dir",
    "lang",
    "href",
    "title",
    "src",
    "alt",
    "start",
    "reversed",
    "colspan",
    "rowspan",
    "scope",
    "class",
    "data-align",
    "cite",
}
_BLOCKS = {
    f"wp:{name}"
    for name in [
        "paragraph",
        "heading",
        "list",
        "list-item",
        "table",
        "code",
        "quote",
        "image",
        "separator",
        "details",
        "embed",
        "more",
    ]
}
_ACTIVE = {"script", "style", "iframe", "object", "embed", "svg", "math", "form", "input", "button"}
_LIVE = {"style", "onclick", "onerror", "onload", "onfocus", "srcset", "data-x", "name"}
_SCHEMES = {"http", "https", "mailto", "tel", "javascript", "data", "vbscript", "file", "blob"}
_CLASS = re.compile(r"(?:wp-|has-|is-|language-)[\w+#.-]+\Z")
_SHORTCODE = re.compile(r"\[/?[\w-]*[^\W\d_]")


def dangers(markup: str) -> list[str]:
    """Everything in ``markup`` that could run, load or point where it must not."""
    found: list[str] = []
    tree = BeautifulSoup(markup, "html.parser")
    for comment in tree.find_all(string=lambda string: isinstance(string, Comment)):
        name = comment.strip().lstrip("/").split(" ")[0]
        if name not in _BLOCKS and comment != "more":
            found.append(f"comment {comment}")
    for tag in tree.find_all(True):
        found += [] if tag.name in _TAGS else [f"tag {tag.name}"]
        found += dangerous_attributes(tag)
    return found + _SHORTCODE.findall(re.sub(r"<!--.*?-->", "", markup))


def dangerous_attributes(tag: Tag) -> list[str]:
    found = [name for name in tag.attrs if name not in _ATTRIBUTES]
    src = str(tag.get("src", "https://"))
    href = str(tag.get("href", "#"))
    found += [] if re.match(r"https?://", src) else [src]
    harmless = re.match(r"(?:https?://|mailto:|tel:|#)", href) or not re.match(r"//|[^/?#]*:", href)
    found += [] if harmless and "\\" not in href else [href]
    classes = tag.get("class") or []
    return found + [name for name in classes if not _CLASS.match(name)]


def normalized(reply: str) -> NormalizedContent | None:
    """The article, or None where nothing readable is in the reply."""
    try:
        return normalize(reply)
    except ReplyError as error:
        if error.kind != "empty":
            raise
        return None


def test_the_collection_of_attacks_is_large_enough() -> None:
    assert len(set(ATTACKS)) >= 400


def replies_with(attack: str) -> Iterator[str]:
    """The attack in every place of a reply, and within a JSON string."""
    for wrap in WRAPS.values():
        yield wrap.replace("{}", attack)
    yield json.dumps({"title": attack, "content": f"## A\n\nText {attack} text."})


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_leaves_nothing_dangerous(attack: str) -> None:
    for reply in replies_with(attack):
        result = normalized(reply)
        if result is not None:
            assert not dangers(result.html), f"{reply}\n{result.html}"
            assert not dangers(result.blocks), f"{reply}\n{result.blocks}"
            assert is_what_a_browser_sees(result.html), f"{reply}\n{result.html}"


def is_what_a_browser_sees(html: str) -> bool:
    """Whether a second, browser-grade parse finds nothing outside the vocabulary."""
    html = html.replace("<!--more-->", "")
    plain = nh3.clean(html, tags=_TAGS, attributes={"*": _ATTRIBUTES}, link_rel=None)
    everything = nh3.clean(
        html,
        tags=nh3.ALLOWED_TAGS | _TAGS | _ACTIVE,
        attributes={"*": _ATTRIBUTES | _LIVE},
        clean_content_tags=set(),
        link_rel=None,
        strip_comments=False,
        url_schemes=_SCHEMES,
    )
    return plain == everything


@pytest.mark.parametrize("attack", [attack for attack in ATTACKS if not attack.startswith("{")])
def test_a_second_parser_sees_the_same_tree(attack: str) -> None:
    """Markup that changes its meaning when it is parsed again is the root of mutation attacks."""
    try:
        html = normalize(f"Words before. {attack}\n\nWords after.").html
    except ReplyError:
        pytest.fail("the words around the attack are lost")
    once = nh3.clean(html, tags=nh3.ALLOWED_TAGS | _TAGS, link_rel=None)
    assert nh3.clean(once, tags=nh3.ALLOWED_TAGS | _TAGS, link_rel=None) == once
    assert not dangers(once.replace("[", "&#91;"))


def test_a_title_is_plain_text() -> None:
    assert normalize("# A <b>b</b> &amp; <img src=x onerror=alert(1)>c\n\nText").title == "A b & c"


def test_an_address_alone_is_linked_so_that_the_site_does_not_embed_it() -> None:
    html = normalize("<p>https://evil.example/video</p><p>x</p>").html
    assert '<p><a href="https://evil.example/video">' in html
