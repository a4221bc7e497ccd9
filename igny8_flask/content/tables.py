"""Tables as an editor's table block holds them: head, body, foot, inline cells."""

from collections.abc import Callable
from copy import copy

from bs4 import PageElement, Tag

from igny8_flask.content.nodes import (
    attribute,
    every,
    fill,
    first_of,
    is_flow,
    new,
    plain_text,
    tags_in,
    trim,
)

MAX_SPAN = 40
_CELL_ATTRIBUTES = ("colspan", "rowspan", "scope", "class", "data-align")


def build_table(
    tag: Tag,
    blocks_of: Callable[[Tag], list[Tag]],
    inline_content: Callable[[Tag], list[PageElement]],
) -> list[Tag]:
    """Return the table in its figure, or what it holds when it only lays out a page."""
    if _is_layout(tag):
        rows = [row for _, rows in _sections(tag) for row in rows]
        return [block for row in rows for cell in tags_in(row) for block in blocks_of(cell)]
    caption = first_of(tag, "caption")
    made = new("table")
    for section in _sections(tag):
        rows = [_row(row, blocks_of, inline_content) for row in section[1]]
        rows = [row for row in rows if row.get_text().strip() or first_of(row, "img")]
        if rows:
            made.append(new(section[0], *rows))
    if not made.contents:
        return []
    if len(made.contents) == 1:
        made.contents[0].name = "tbody"  # type: ignore[attr-defined]
    figure = new("figure", made)
    if isinstance(caption, Tag) and plain_text(caption):
        figure.append(new("figcaption", *_inline(caption, blocks_of, inline_content)))
    return [figure]


def _is_layout(tag: Tag) -> bool:
    """A table of one cell, or around other tables, is a box."""
    return first_of(tag, "table") is not None or len(every(tag, "td", "th")) < 2


def _sections(tag: Tag) -> list[tuple[str, list[Tag]]]:
    head: list[Tag] = []
    body: list[Tag] = []
    foot: list[Tag] = []
    for part in tags_in(tag):
        rows = [row for row in tags_in(part) if row.name == "tr"]
        if part.name == "thead":
            head += rows
        elif part.name == "tfoot":
            foot += rows
        elif part.name == "tr":
            body.append(part)
        else:
            body += rows
    if not head and len(body) > 1 and _is_head(body[0]):
        head.append(body.pop(0))
    if not body:
        head, body = [], head
    return [
        (name, rows) for name, rows in (("thead", head), ("tbody", body), ("tfoot", foot)) if rows
    ]


def _is_head(row: Tag) -> bool:
    cells = list(tags_in(row))
    return bool(cells) and all(cell.name == "th" for cell in cells)


def _row(
    row: Tag,
    blocks_of: Callable[[Tag], list[Tag]],
    inline_content: Callable[[Tag], list[PageElement]],
) -> Tag:
    made = new("tr")
    for cell in tags_in(row):
        if cell.name not in {"td", "th"}:
            continue
        filled = new(cell.name, *_inline(cell, blocks_of, inline_content))
        for name in _CELL_ATTRIBUTES:
            value = attribute(cell, name)
            if value and not (name in {"colspan", "rowspan"} and value in {"0", "1"}):
                filled[name] = value
        made.append(filled)
    return made


def _inline(
    cell: Tag,
    blocks_of: Callable[[Tag], list[Tag]],
    inline_content: Callable[[Tag], list[PageElement]],
) -> list[PageElement]:
    if not any(is_flow(inner) for inner in cell.descendants):
        nodes = list(cell.children)
    else:
        nodes = []
        for block in blocks_of(cell):
            lines = _list_lines(block) if block.name in {"ul", "ol"} else inline_content(block)
            nodes += [*([new("br")] if nodes and lines else []), *lines]
    return list(trim(new("td", *nodes)).children)


def _list_lines(block: Tag) -> list[PageElement]:
    nodes: list[PageElement] = []
    for number, item in enumerate(every(block, "li"), 1):
        mark = f"{number}. " if block.name == "ol" else "• "
        line = new("span", mark)
        fill(line, [child for child in list(item.children) if not is_flow(child)])
        nodes += [*([new("br")] if nodes else []), *list(line.children)]
    return nodes


def without_spans(table: Tag) -> Tag:
    """Return a copy of a tidy table in which joined cells are one full and some empty cells."""
    made = new("table")
    for section in tags_in(table):
        covered: dict[int, int] = {}  # column: rows below that a cell above still covers
        made.append(new(section.name, *[_square(row, covered) for row in tags_in(section)]))
    return made


def _square(row: Tag, covered: dict[int, int]) -> Tag:
    made = new("tr")
    for cell in tags_in(row):
        _fill_covered(made, covered, cell.name)
        width, height = _span(cell, "colspan"), _span(cell, "rowspan")
        kept = copy(cell)
        del kept["colspan"], kept["rowspan"]
        start = len(made.contents)
        fill(made, [kept, *(new(cell.name) for _ in range(width - 1))])
        if height > 1:
            covered |= dict.fromkeys(range(start, start + width), height - 1)
    _fill_covered(made, covered, "td")
    return made


def _fill_covered(made: Tag, covered: dict[int, int], name: str) -> None:
    while covered.get(len(made.contents), 0) > 0:
        covered[len(made.contents)] -= 1
        made.append(new(name))


def _span(cell: Tag, name: str) -> int:
    return min(int(attribute(cell, name) or 1), MAX_SPAN)
