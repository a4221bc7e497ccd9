"""The article's outline: title, heading levels, ids."""

import re
import unicodedata
from itertools import pairwise

from bs4 import Tag

from igny8_flask.content.nodes import HEADINGS, attribute, first_of, plain_text, strings_in, with_id
from igny8_flask.content.text_repair import anchors

_WORD = re.compile(r"[^\W_]+")
_BOLD_HEADING_MAX_CHARS = 90


def take_title(blocks: list[Tag], title: str) -> tuple[str, list[Tag]]:
    """Return the title and the blocks without their leading heading where it is the title."""
    position = next((i for i, block in enumerate(blocks) if block.name != "hr"), None)
    if position is None:
        return title, blocks
    first = blocks[position]
    text = plain_text(first)
    is_title = first.name == "h1" and (not title or _alike(text, title))
    is_repeated = bool(title) and first.name in HEADINGS | {"p"} and _alike(text, title)
    if not is_title and not is_repeated:
        return title, blocks
    title = title or text
    rest = blocks[position + 1 :]
    while rest and rest[0].name in HEADINGS | {"p"} and _alike(plain_text(rest[0]), title):
        rest = rest[1:]
    return title, rest


def _alike(one: str, other: str) -> bool:
    words = _WORD.findall(one.lower())
    return bool(words) and words == _WORD.findall(other.lower())


def raise_bold_lines(blocks: list[Tag]) -> None:
    """Make headings of bold lines in an article that has no headings.

    One heading as its first block counts as a title when several bold lines follow.
    """
    if any(block.name in HEADINGS - {"h1"} for block in blocks[1:]):
        return
    under_title = bool(blocks) and blocks[0].name in HEADINGS
    found = [
        block
        for block, following in pairwise(blocks)
        if following.name != "figure" and _is_bold_line(block) and not _is_bold_line(following)
    ]
    if under_title and len(found) < 2:
        return
    for block in found:
        strong = first_of(block, "strong")
        if isinstance(strong, Tag):
            strong.unwrap()
        block.name = "h3" if under_title else "h2"
        _trim_colon(block)


def _is_bold_line(block: Tag) -> bool:
    if block.name != "p" or first_of(block, "br", "img", "a"):
        return False
    strong = first_of(block, "strong")
    text = plain_text(block)
    return (
        isinstance(strong, Tag)
        and _alike(plain_text(strong), text)
        and len(text) <= _BOLD_HEADING_MAX_CHARS
        and not text.endswith((".", ",", ";"))
    )


def _trim_colon(block: Tag) -> None:
    strings = strings_in(block)
    if strings and str(strings[-1]).rstrip().endswith((":", "：")):
        strings[-1].replace_with(str(strings[-1]).rstrip()[:-1])


def repair_levels(blocks: list[Tag]) -> None:
    """Start at h2 and never skip a level on the way down."""
    open_levels: list[int] = []
    for block in blocks:
        if block.name not in HEADINGS:
            continue
        level = max(2, int(block.name[1]))
        while open_levels and open_levels[-1] >= level:
            open_levels.pop()
        open_levels.append(level)
        block.name = f"h{min(1 + len(open_levels), 6)}"


def plain_headings(blocks: list[Tag]) -> None:
    """Dissolve bold that holds a whole heading."""
    for block in blocks:
        strong = first_of(block, "strong") if block.name in HEADINGS else None
        if isinstance(strong, Tag) and plain_text(strong) == plain_text(block):
            strong.unwrap()


def repair_ids(root: Tag, blocks: list[Tag]) -> None:
    """Keep each id once, and give headings the ids that links of the page ask for."""
    wanted = anchors(root)
    seen: set[str] = set()
    for tag in with_id(root):
        name = attribute(tag, "id")
        if name in seen or (tag.name == "p" and name not in wanted):
            del tag["id"]
        seen.add(name)
    for block in blocks:
        if block.name not in HEADINGS or block.get("id"):
            continue
        text = plain_text(block)
        slug = next((s for s in (slug_of(text), _forge_slug(text)) if s in wanted - seen), "")
        if slug:
            block["id"] = slug
            seen.add(slug)


def _forge_slug(text: str) -> str:
    """The address that code forges give a heading: each blank a hyphen, other signs dropped."""
    return re.sub(r"[^\w -]", "", text.lower()).strip().replace(" ", "-")


def slug_of(text: str) -> str:
    """Return a heading's address: its words in lower case joined by hyphens."""
    plain = unicodedata.normalize("NFC", text).lower()
    return "-".join(_WORD.findall(plain.replace("'", "").replace("’", "")))[:100]
