"""Block markup: a small vocabulary in exactly the forms the editor writes itself."""

import json
import re
from collections.abc import Iterable
from enum import IntEnum

from bs4 import PageElement, Tag

from igny8_flask.content.nodes import HEADINGS, LISTS, attribute, first_of, new, plain_text, tags_in
from igny8_flask.content.tables import without_spans
from igny8_flask.content.writer import read_blocks, write, write_code, write_inline, write_inside

_VIDEO = re.compile(
    r"https://(?:www\.youtube\.com/watch\?v=[\w-]{11}|youtu\.be/[\w-]{11}|vimeo\.com/\d{1,12})\Z"
)
_MEDIA_CLASS = re.compile(r"wp-image-(\d+)")


class Dialect(IntEnum):
    """How the editors of some versions of WordPress write the same blocks.

    ``BEFORE_6_3`` has a bold line and paragraphs instead of a details block, tables without joined
    cells, headings and lists without the newer classes; ``BEFORE_7_0`` keeps a heading's anchor in
    its tag alone, ``NEWEST`` beside its level too.
    """

    BEFORE_6_3 = 0
    BEFORE_7_0 = 1
    NEWEST = 2


def render_blocks(html: str, dialect: Dialect = Dialect.NEWEST) -> str:
    """Return clean HTML of the normalizer as block markup."""
    return join_blocks(read_blocks(html), dialect)


def join_blocks(tags: Iterable[Tag], dialect: Dialect = Dialect.NEWEST) -> str:
    """Return the blocks of clean top-level elements as markup."""
    return "\n\n".join(markup for tag in tags for markup in _blocks(tag, dialect))


def count_blocks(tag: Tag) -> int:
    """How many top-level blocks the element becomes."""
    return len(list(tags_in(tag))) if tag.name == "dl" else 1


def _blocks(tag: Tag, dialect: Dialect) -> list[str]:
    if tag.name == "dl":
        return _definitions(tag)
    if tag.name == "details" and dialect is Dialect.BEFORE_6_3:
        return _without_details(tag)
    return [_WRITERS.get(tag.name, _paragraph)(tag, dialect)]


def _block(name: str, html: str, **attributes: object) -> str:
    written = _attributes(attributes) if attributes else ""
    return f"<!-- wp:{name}{written} -->\n{html}\n<!-- /wp:{name} -->"


def _attributes(attributes: dict[str, object]) -> str:
    text = json.dumps(attributes, ensure_ascii=False, separators=(",", ":"))
    for sign in "<>&":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return " " + text.replace("--", "\\u002d\\u002d")


def _paragraph(tag: Tag, _: Dialect) -> str:
    video = video_address(tag)
    if video:
        return _embed(video)
    given: dict[str, object] = {}
    html = ""
    if tag.get("id"):
        html += f' id="{attribute(tag, "id")}"'
    if attribute(tag, "dir").lower() == "rtl":
        given["direction"] = "rtl"
        html += ' dir="rtl"'
    return _block("paragraph", f"<p{html}>{write_inside(tag)}</p>", **given)


def video_address(tag: Tag) -> str:
    """Return the address when the paragraph is nothing but a link to a known video page."""
    links = list(tags_in(tag))
    if len(links) != 1 or links[0].name != "a":
        return ""
    href = attribute(links[0], "href")
    return href if plain_text(tag) == href and _VIDEO.match(href) else ""


def _embed(url: str) -> str:
    provider = "vimeo" if "vimeo" in url else "youtube"
    classes = (
        f"wp-block-embed is-type-video is-provider-{provider} wp-block-embed-{provider} "
        "wp-embed-aspect-16-9 wp-has-aspect-ratio"
    )
    return _block(
        "embed",
        f'<figure class="{classes}"><div class="wp-block-embed__wrapper">\n{url}\n</div></figure>',
        url=url,
        type="video",
        providerNameSlug=provider,
        responsive=True,
        className="wp-embed-aspect-16-9 wp-has-aspect-ratio",
    )


def _heading(tag: Tag, dialect: Dialect) -> str:
    level = int(tag.name[1])
    given: dict[str, object] = {} if level == 2 else {"level": level}
    anchor = attribute(tag, "id")
    identity = f' id="{anchor}"' if anchor else ""
    named = ' class="wp-block-heading"'
    if dialect is Dialect.NEWEST and anchor:
        given["anchor"] = anchor
    told = {
        Dialect.BEFORE_6_3: identity,
        Dialect.BEFORE_7_0: named + identity,
        Dialect.NEWEST: identity + named,
    }
    html = f"<{tag.name}{told[dialect]}>{write_inside(tag)}</{tag.name}>"
    return _block("heading", html, **given)


def _list(tag: Tag, dialect: Dialect) -> str:
    given: dict[str, object] = {}
    html = ""
    if tag.name == "ol":
        given["ordered"] = True
        start = attribute(tag, "start")
        if start:
            given["start"] = int(start)
        if "reversed" in tag.attrs:
            given["reversed"] = True
            html += " reversed"
        html += f' start="{int(start)}"' if start else ""
    html += ' class="wp-block-list"' if dialect > Dialect.BEFORE_6_3 else ""
    items = "\n\n".join(_list_item(item, dialect) for item in tags_in(tag))
    return _block("list", f"<{tag.name}{html}>{items}</{tag.name}>", **given)


def _list_item(item: Tag, dialect: Dialect) -> str:
    words: list[PageElement] = []
    inner: list[str] = []
    for child in item.children:
        if isinstance(child, Tag) and child.name in LISTS | {"pre"}:
            inner += _blocks(child, dialect)
        else:
            words.append(child)
    content = write_inline(words)
    return _block("list-item", f"<li>{content}{(chr(10) * 2).join(inner)}</li>")


def _figure(tag: Tag, dialect: Dialect) -> str:
    spans = dialect > Dialect.BEFORE_6_3
    table = first_of(tag, "table")
    caption = first_of(tag, "figcaption")
    written = ""
    if isinstance(caption, Tag):
        inside = write_inside(caption)
        written = f'<figcaption class="wp-element-caption">{inside}</figcaption>'
    if isinstance(table, Tag):
        table = table if spans else without_spans(table)
        html = f'<figure class="wp-block-table">{write(table)}{written}</figure>'
        return _block("table", html, **({"hasFixedLayout": False} if spans else {}))
    return _image(tag, written, dialect)


def _image(tag: Tag, caption: str, dialect: Dialect) -> str:
    image = first_of(tag, "img")
    if not isinstance(image, Tag):
        return _paragraph(tag, dialect)
    media = _MEDIA_CLASS.search(attribute(image, "class"))
    shown = new("img", src=attribute(image, "src"), alt=attribute(image, "alt"))
    if image.get("title"):
        shown["title"] = attribute(image, "title")
    if media:
        shown["class"] = f"wp-image-{media[1]}"
    html = write(shown)[:-1] + "/>"
    link = first_of(tag, "a")
    is_linked = isinstance(link, Tag) and first_of(link, "img") is not None
    if isinstance(link, Tag) and is_linked:
        opening = write(new("a", href=attribute(link, "href")))
        html = opening.replace("</a>", f"{html}</a>")
    if not media:
        return _block("image", f'<figure class="wp-block-image">{html}{caption}</figure>')
    return _block(
        "image",
        f'<figure class="wp-block-image size-large">{html}{caption}</figure>',
        id=int(media[1]),
        sizeSlug="large",
        linkDestination="custom" if is_linked else "none",
    )


def _code(tag: Tag, _: Dialect) -> str:
    code = first_of(tag, "code")
    language = attribute(code, "class") if isinstance(code, Tag) else ""
    given: dict[str, object] = {"className": language} if language else {}
    classes = f"wp-block-code {language}".strip()
    html = f'<pre class="{classes}"><code>{write_code(tag.get_text())}</code></pre>'
    return _block("code", html, **given)


def _separator(tag: Tag, _: Dialect) -> str:
    if attribute(tag, "class") == "more":
        return _block("more", "<!--more-->")
    return _block("separator", '<hr class="wp-block-separator has-alpha-channel-opacity"/>')


def _quote(tag: Tag, dialect: Dialect) -> str:
    inner = [child for child in tags_in(tag) if child.name != "cite"]
    cite = next((child for child in tags_in(tag) if child.name == "cite"), None)
    written = f"<cite>{write_inside(cite)}</cite>" if cite is not None else ""
    html = f'<blockquote class="wp-block-quote">{join_blocks(inner, dialect)}{written}</blockquote>'
    return _block("quote", html)


def _details(tag: Tag, dialect: Dialect) -> str:
    summary, *inner = list(tags_in(tag))
    html = f"<summary>{write_inside(summary)}</summary>{join_blocks(inner, dialect)}"
    return _block("details", f'<details class="wp-block-details">{html}</details>')


def _without_details(tag: Tag) -> list[str]:
    summary, *inner = list(tags_in(tag))
    title = _block("paragraph", f"<p><strong>{write_inside(summary)}</strong></p>")
    return [title, *(markup for child in inner for markup in _blocks(child, Dialect.BEFORE_6_3))]


def _definitions(tag: Tag) -> list[str]:
    written = []
    for entry in tags_in(tag):
        inside = write_inside(entry)
        html = f"<p><strong>{inside}</strong></p>" if entry.name == "dt" else f"<p>{inside}</p>"
        written.append(_block("paragraph", html))
    return written


_WRITERS = {
    **dict.fromkeys(HEADINGS, _heading),
    **dict.fromkeys(LISTS, _list),
    "figure": _figure,
    "details": _details,
    "blockquote": _quote,
    "p": _paragraph,
    "pre": _code,
    "hr": _separator,
}
