"""Repairs inside the sanitized tree that concern words and inline marks, not structure."""

import re

from bs4 import NavigableString, Tag

from igny8_flask.content.characters import without_entities
from igny8_flask.content.nodes import HEADINGS, attribute, every, first_of, new, strings_in, with_id
from igny8_flask.content.sanitizer import safe_address

_LITERAL = frozenset({"code", "pre", "kbd", "samp"})
_MERGED = frozenset(["strong", "em", "s", "u", "mark", "small", "sub", "sup", "span"])
_MARKED = re.compile(
    r"\*\*(?=[^\s*])([^*\n]{1,400}?)(?<=[^\s*])\*\*"
    r"|(?<![\w_])__(?=[^\s_])([^_\n]{1,400}?)(?<=[^\s_])__(?![\w_])"
    r"|(?<![\w*])\*(?=[^\s*])([^*\n]{1,200}?)(?<=[^\s*])\*(?![\w*])"
    r"|\[([^\[\]\n]{1,300})\]\((https?://[^\s()<>]{1,1000}|/[^\s()<>]{0,1000}|#[\w-]{1,100})\)"
    r"|`([^`\n]{1,300})`"
)
_HAS_MARK = re.compile(r"\*|__|\]\(|`")


def repair_text(root: Tag, marks: bool, emphasis: bool) -> None:
    """Undo doubled entities; read Markdown marks where asked, single stars only as ``emphasis``."""
    for string in strings_in(root):
        if not string.strip(" \n\t") or _is_literal(string):
            continue
        text = str(string)
        changed = without_entities(text) if "&" in text else text
        changed = re.sub(r"[ \t]*\n\s*|[ \t]{2,}|\t", " ", changed)
        if marks and _HAS_MARK.search(changed):
            _replace_marks(string, changed, emphasis)
        elif changed != text:
            string.replace_with(NavigableString(changed))


def merge_marks(root: Tag, warnings: list[str]) -> None:
    """Dissolve marks within the same mark, empty marks, and links and images without an address."""
    wanted = anchors(root)
    for tag in with_id(root):
        if tag.name not in HEADINGS and attribute(tag, "id") not in wanted:
            del tag["id"]
    for tag in every(root):
        if tag.name == "br":
            _strip_around(tag)
        elif tag.name == "a" and not tag.get("href") and not tag.get("id"):
            tag.unwrap()
        elif tag.name == "img" and not tag.get("src"):
            warnings.append(
                f"Removed an image without a usable address: {attribute(tag, 'alt')}".rstrip(": ")
            )
            tag.decompose()
        elif tag.name in _MERGED and _is_needless(tag):
            tag.unwrap()


def _strip_around(line_break: Tag) -> None:
    after = line_break.next_sibling
    if isinstance(after, NavigableString) and after[:1] in {" ", "\n"}:
        after.replace_with(NavigableString(str(after).lstrip(" \n")))
    before = line_break.previous_sibling
    if isinstance(before, NavigableString) and before[-1:] == " ":
        before.replace_with(NavigableString(str(before).rstrip(" ")))


def _is_needless(tag: Tag) -> bool:
    if tag.name == "span":
        return not tag.attrs
    if not tag.contents or any(parent.name == tag.name for parent in tag.parents):
        return True
    return not tag.get_text().strip() and not first_of(tag, "img", "a")


def _is_literal(string: NavigableString) -> bool:
    return any(parent.name in _LITERAL for parent in string.parents)


def _replace_marks(string: NavigableString, text: str, emphasis: bool) -> None:
    position = 0
    nodes: list[NavigableString | Tag] = []
    in_link = any(parent.name == "a" for parent in string.parents)
    for match in _MARKED.finditer(text):
        made = None if match[3] and not emphasis else _mark(match, in_link)
        if made is None:
            continue
        nodes += [NavigableString(text[position : match.start()]), made]
        position = match.end()
    nodes.append(NavigableString(text[position:]))
    for node in nodes:
        if isinstance(node, Tag) or str(node):
            string.insert_before(node)
    string.extract()


def _mark(match: re.Match[str], in_link: bool) -> Tag | None:
    if match[4]:
        address = safe_address(match[5])
        return new("a", match[4], href=address) if address and not in_link else None
    if match[6]:
        return new("code", match[6])
    name = "em" if match[3] else "strong"
    return new(name, match[1] or match[2] or match[3])


def link_addresses(root: Tag) -> None:
    """Link a paragraph that is nothing but a web address: the site must not embed it by itself."""
    for paragraph in every(root, "p"):
        text = paragraph.get_text().strip()
        if re.fullmatch(r"https?://[^\s<>\"]+", text, re.I) and not first_of(paragraph, "a"):
            for child in list(paragraph.children):
                child.extract()
            paragraph.append(new("a", text, href=safe_address(text) or text))


def anchors(root: Tag) -> set[str]:
    """The ids that links of this page point at."""
    hrefs = (attribute(link, "href") for link in every(root, "a"))
    return {href[1:] for href in hrefs if href.startswith("#") and len(href) > 1}
