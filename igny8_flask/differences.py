"""Two versions of an article compared as a person reads them: line by line, without markup."""

import difflib
import re
from collections.abc import Mapping
from typing import Any

from bs4 import BeautifulSoup, Tag

from igny8_flask.entities import bounded

MAX_LINES = 4000
HEADING = re.compile(r"h([1-6])")
BLOCKS = ("p", "li", "tr", "pre", "blockquote", "figcaption", "summary", "dt", "dd", "hr", "br")
COMMENT = re.compile(r"<!--.*?-->", re.S)


def compare(
    ours: Mapping[str, Any],
    theirs: Mapping[str, Any],
    names: tuple[str, str] = ("ours", "on the site"),
) -> dict[str, Any]:
    """What differs between ours and what stands on the site.

    Both hold ``title``, ``content`` (markup) and ``excerpt``. Returns ``changed`` (names of the
    parts), ``text`` (unified diff from theirs to ours, '' when the words are equal), and each
    part's two versions under ``title`` and ``excerpt``.
    """
    left, right = lines_of(str(theirs.get("content", ""))), lines_of(str(ours.get("content", "")))
    diff = "\n".join(difflib.unified_diff(left, right, names[1], names[0], lineterm="", n=2))
    parts = {
        name: {"ours": str(ours.get(name) or ""), "theirs": str(theirs.get(name) or "")}
        for name in ("title", "excerpt")
    }
    changed = [name for name, both in parts.items() if both["ours"] != both["theirs"]]
    return {"changed": [*(["content"] if diff else []), *changed], "text": diff, **parts}


def lines_of(markup: str) -> list[str]:
    """The words of an article, one line a paragraph, heading, list item or table row."""
    soup = BeautifulSoup(bounded(COMMENT.sub("", markup)), "html.parser")
    for tag in soup.find_all(True):
        _mark(tag)
    lines = (re.sub(r"\s+", " ", line).strip() for line in soup.get_text().split("\n"))
    return [line for line in lines if line][:MAX_LINES]


def _mark(tag: Tag) -> None:
    heading = HEADING.fullmatch(tag.name)
    if heading:
        tag.insert(0, "\n" + "#" * int(heading[1]) + " ")
        tag.append("\n")
    elif tag.name == "img":
        tag.replace_with(f"\n[image: {tag.get('alt') or 'no description'}]\n")
    elif tag.name in ("td", "th"):
        tag.append(" | ")
    elif tag.name in BLOCKS:
        tag.insert_before("\n")
        tag.insert_after("\n")
