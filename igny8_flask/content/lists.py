"""Lists as an editor's list block holds them: text, then nested lists or code, nothing else."""

import re
from collections.abc import Callable, Iterable, Iterator

from bs4 import NavigableString, PageElement, Tag

from igny8_flask.content.nodes import (
    HEADINGS,
    LISTS,
    attribute,
    every,
    fill,
    is_blank,
    new,
    strings_in,
    tags_in,
    trim,
)

MAX_DEPTH = 8
Blocks = Callable[[Tag], list[Tag]]
_OFFICE_BULLET = re.compile(r"^[\s\u00a0]*(?:[·•o§▪–-]|(\d{1,3}|[a-z])[.)])[\s\u00a0]+")


def build_list(tag: Tag, blocks_of: Blocks, depth: int = 0) -> list[Tag]:
    """Return the list as one or more list elements with the blocks that had to leave it between."""
    result: list[Tag] = []
    number = _number(attribute(tag, "start"), 1)
    current = _like(tag, number)
    for item in _items(tag):
        number = _number(attribute(item, "value"), number)
        if tag.name == "ol" and not current.contents and "reversed" not in current.attrs:
            current = _like(tag, number)
        inner, following = _item(item, blocks_of, depth)
        if inner.contents:
            current.append(inner)
            number += 1
        if following:
            result += [*([current] if current.contents else []), *following]
            current = _like(tag, number)
    return result + ([current] if current.contents else [])


def with_lists(nodes: Iterable[PageElement]) -> Iterator[PageElement]:
    """The nodes, with items that stand in no list gathered into one."""
    loose: Tag | None = None
    for node in nodes:
        if isinstance(node, Tag) and node.name == "li":
            loose = new("ul") if loose is None else loose
            loose.append(node)
        elif loose is None or not is_blank(node):
            yield from [] if loose is None else [loose]
            loose = None
            yield node
    yield from [] if loose is None else [loose]


def _number(text: str, default: int) -> int:
    return int(text) if re.fullmatch(r"-?\d{1,6}", text) else default


def _like(tag: Tag, start: int) -> Tag:
    made = new(tag.name)
    if tag.name == "ol":
        if "reversed" in tag.attrs:
            made["reversed"] = ""
            if attribute(tag, "start"):
                made["start"] = str(start)
        elif start != 1:
            made["start"] = str(start)
    if tag.get("dir"):
        made["dir"] = attribute(tag, "dir")
    return made


def _items(tag: Tag) -> list[Tag]:
    """The list's items; a list directly in a list belongs to the item before it."""
    items: list[Tag] = []
    loose: Tag | None = None
    for child in list(tag.children):
        if is_blank(child):
            continue
        if isinstance(child, Tag) and child.name == "li":
            items.append(child)
            loose = None
        elif isinstance(child, Tag) and child.name in LISTS and items:
            items[-1].append(child)
        elif isinstance(child, Tag) and child.name == "div" and _holds_items(child):
            items += _items(child)
            loose = None
        else:
            if loose is None:
                loose = new("li")
                items.append(loose)
            loose.append(child)
    return items


def _holds_items(box: Tag) -> bool:
    return any(child.name == "li" for child in tags_in(box))


def _item(item: Tag, blocks_of: Blocks, depth: int) -> tuple[Tag, list[Tag]]:
    """Return the item as it stays in the list and the blocks that have to follow the list."""
    made = new("li")
    anchor = attribute(item, "id")
    blocks = _inner_blocks(item, blocks_of, depth)
    following: list[Tag] = []
    has_inner = False
    for block in blocks:
        if following:
            following.append(block)
        elif block.name in HEADINGS | {"p"} and not has_inner:
            _add_line(made, block)
        elif _may_stay(block, depth) and not has_inner:
            has_inner = True
            made.append(block)
        elif has_inner and block.name == made.contents[-1].name:  # type: ignore[attr-defined]
            fill(made.contents[-1], list(block.children))  # type: ignore[arg-type]
        elif depth == 0:
            following.append(block)
        else:
            _flatten(made, block)
    if anchor:
        _set_anchor(made, anchor)
    trim(made)
    return made, following


def _inner_blocks(item: Tag, blocks_of: Blocks, depth: int) -> list[Tag]:
    blocks: list[Tag] = []
    part = new("div")
    for child in list(item.children):
        if isinstance(child, Tag) and child.name in LISTS:
            blocks += [*blocks_of(part), *build_list(child, blocks_of, depth + 1)]
            part = new("div")
        else:
            part.append(child)
    return blocks + blocks_of(part)


def _may_stay(block: Tag, depth: int) -> bool:
    if block.name == "pre":
        return True
    return block.name in LISTS and depth < MAX_DEPTH


def _add_line(made: Tag, block: Tag) -> None:
    if made.contents:
        made.append(new("br"))
    if block.name in HEADINGS:
        made.append(new("strong", *list(block.children)))
    else:
        fill(made, list(block.children))
    if block.get("id"):
        _set_anchor(made, attribute(block, "id"))


def _flatten(made: Tag, block: Tag) -> None:
    """Text that may not follow a nested list becomes that list's last item."""
    words: list[PageElement] = [NavigableString(" ".join(block.get_text(" ").split()))]
    words += every(block, "img")
    inner = next((child for child in tags_in(made) if child.name in LISTS), None)
    if inner is not None:
        inner.append(new("li", *words))
        return
    if made.contents:
        made.append(new("br"))
    fill(made, words)


def _set_anchor(made: Tag, anchor: str) -> None:
    """An item has no id of its own in the editor; its last link or first words carry it."""
    link = next((a for a in reversed(every(made, "a")) if not a.get("id")), None)
    if isinstance(link, Tag):
        link["id"] = anchor
    elif made.contents:
        made.contents[0].wrap(new("span", id=anchor))


def build_office_list(paragraphs: list[Tag]) -> list[Tag]:
    """Return the lists that a word processor wrote as paragraphs with typed bullets."""
    result: list[Tag] = []
    stack: list[tuple[int, Tag]] = []
    for paragraph in paragraphs:
        level = int(attribute(paragraph, "class")[-1])
        name = "ol" if _take_bullet(paragraph) else "ul"
        while stack and (
            stack[-1][0] > level or (stack[-1][0] == level and stack[-1][1].name != name)
        ):
            stack.pop()
        if not stack or stack[-1][0] < level:
            made = new(name)
            if stack:
                stack[-1][1].contents[-1].append(made)
            else:
                result.append(made)
            stack.append((level, made))
        stack[-1][1].append(new("li", *list(paragraph.children)))
    return result


def _take_bullet(paragraph: Tag) -> bool:
    """Remove the typed bullet or number; tell whether it was a number."""
    strings = strings_in(paragraph)
    text = "".join(str(string) for string in strings)
    match = _OFFICE_BULLET.match(text)
    if not match:
        return False
    left = match.end()
    for string in strings:
        cut = min(left, len(str(string)))
        string.replace_with(str(string)[cut:])
        left -= cut
    return match[1] is not None
