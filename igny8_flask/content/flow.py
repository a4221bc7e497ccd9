"""The tree rebuilt as a plain sequence of blocks.

Every container is dissolved into its blocks, loose text becomes paragraphs, and each block holds
only what an editor's block of that kind may hold.
"""

from bs4 import NavigableString, PageElement, Tag

from igny8_flask.content.lists import build_list, build_office_list, with_lists
from igny8_flask.content.nodes import (
    BOXES,
    HEADINGS,
    LISTS,
    attribute,
    detach,
    every,
    fill,
    first_of,
    holds_flow,
    is_blank,
    new,
    plain_text,
    tags_in,
    trim,
    with_id,
)
from igny8_flask.content.tables import build_table
from igny8_flask.content.typed_lists import split_typed_list


def blocks_of(parent: Tag) -> list[Tag]:
    """Return the blocks that ``parent`` holds, in reading order; the old tree is used up."""
    blocks: list[Tag] = []
    run: list[PageElement] = []
    office: list[Tag] = []
    for node in with_lists(detach(parent)):
        if is_blank(node) and (office or not run):
            continue
        item = isinstance(node, Tag) and node.name == "p" and attribute(node, "class")
        if office and not item:
            blocks += build_office_list(office)
            office = []
        if isinstance(node, Tag) and (node.name in BOXES | HEADINGS or holds_flow(node)):
            blocks += _paragraphs(run)
            run = []
            if item:
                office.append(node)
            else:
                blocks += _block(node)
        else:
            run.append(node)
    return blocks + build_office_list(office) + _paragraphs(run)


def _block(tag: Tag) -> list[Tag]:
    name = tag.name
    if name == "p":
        return _with_attributes(tag, _paragraphs(list(tag.children)))
    if name in HEADINGS:
        return _heading(tag)
    if name in LISTS:
        return build_list(tag, blocks_of)
    build = _BUILDERS.get(name)
    if build:
        return build(tag)
    if name in BOXES:
        return _with_attributes(tag, blocks_of(tag))
    return _inline_around_blocks(tag)


def _inline_around_blocks(tag: Tag) -> list[Tag]:
    """A link around a card keeps its address on the card's headings and paragraphs."""
    href = attribute(tag, "href")
    blocks = blocks_of(tag)
    if href:
        for block in blocks:
            if block.name in HEADINGS | {"p"} and not first_of(block, "a"):
                fill(block, [new("a", *list(block.children), href=href)])
    return blocks


def _with_attributes(source: Tag, blocks: list[Tag]) -> list[Tag]:
    direction = attribute(source, "dir")
    anchor = attribute(source, "id")
    for block in blocks:
        if direction and not block.get("dir") and block.name not in {"pre", "hr", "figure"}:
            block["dir"] = direction
    if anchor and blocks and not blocks[0].get("id") and blocks[0].name in HEADINGS | {"p"}:
        blocks[0]["id"] = anchor
    return blocks


def _paragraphs(run: list[PageElement]) -> list[Tag]:
    """Return the paragraphs and pictures of a run of inline nodes."""
    blocks: list[Tag] = []
    part: list[PageElement] = []
    breaks = 0
    for node in [*run, None]:
        picture = _picture(node) if node is not None else None
        is_break = isinstance(node, Tag) and node.name == "br"
        if node is None or picture or (is_break and breaks):
            blocks += _paragraph(part)
            part = []
        if picture:
            blocks.append(picture)
        elif node is not None and not (is_break and not part):
            part.append(node)
        breaks = breaks + 1 if is_break else breaks if node is not None and is_blank(node) else 0
    return blocks


def _paragraph(part: list[PageElement]) -> list[Tag]:
    paragraph = trim(new("p", *part))
    return [] if is_empty(paragraph) else split_typed_list(paragraph)


def is_empty(tag: Tag) -> bool:
    """Whether the element shows nothing."""
    return not tag.get_text().strip() and not first_of(tag, "img", "hr") and not with_id(tag)


def _picture(node: PageElement) -> Tag | None:
    """Return the figure for an image, or a link or emphasis around nothing but an image."""
    if not isinstance(node, Tag) or node.name in {"code", "sup", "sub"}:
        return None
    inside = [node, *(tag for tag in node.descendants if isinstance(tag, Tag))]
    images = [tag for tag in inside if tag.name == "img"]
    if len(images) != 1 or (node.name != "img" and node.get_text().strip()):
        return None
    image = images[0]
    link = node if node.name == "a" else first_of(node, "a") if node.name != "img" else None
    href = attribute(link, "href") if isinstance(link, Tag) else ""
    return new("figure", new("a", image, href=href) if href else image)


def _heading(tag: Tag) -> list[Tag]:
    """A heading holds one line of inline content; blocks in it are joined or follow it."""
    if not any(holds_flow(child) for child in tag.children):
        return _plain_heading(tag)
    inner = blocks_of(tag)
    first = next((block for block in inner if block.name in HEADINGS | {"p"}), None)
    if first is None:
        return inner
    position = inner.index(first)
    heading = new(tag.name, *list(first.children))
    if tag.get("id") or first.get("id"):
        heading["id"] = attribute(tag, "id") or attribute(first, "id")
    return [*inner[:position], *_plain_heading(heading), *inner[position + 1 :]]


def _plain_heading(tag: Tag) -> list[Tag]:
    for line_break in every(tag, "br"):
        line_break.replace_with(" ")
    pictures = [new("figure", image) for image in every(tag, "img")]
    for anchor in with_id(tag):
        tag["id"] = attribute(tag, "id") or attribute(anchor, "id")
        del anchor["id"]
        if not anchor.get_text().strip():
            anchor.decompose()
    if not tag.get_text().strip():
        return pictures
    heading = trim(new(tag.name, *list(tag.children)))
    for name in ("id", "dir"):
        if tag.get(name):
            heading[name] = attribute(tag, name)
    return [heading, *pictures]


def _quote(tag: Tag) -> list[Tag]:
    cites = [cite for cite in every(tag, "cite", "footer") if cite.parent is tag]
    for cite in cites:
        cite.extract()
    inner = _with_attributes(tag, blocks_of(tag))
    if cites:
        source = new("cite", *[n for cite in cites for n in _inline_nodes(cite)])
        for doubled in every(source, "cite"):
            doubled.unwrap()
        inner.append(source)
    elif len(inner) > 1 and inner[-1].name == "p" and _only_cite(inner[-1]):
        inner[-1] = first_of(inner[-1], "cite").extract()  # type: ignore[union-attr]
    return [new("blockquote", *inner)] if inner else []


def _only_cite(paragraph: Tag) -> bool:
    children = list(tags_in(paragraph))
    cite = first_of(paragraph, "cite")
    return (
        len(children) == 1
        and cite is children[0]
        and (plain_text(paragraph).lstrip("—–- ") == plain_text(children[0]).lstrip("—–- "))
    )


def _inline_nodes(tag: Tag) -> list[PageElement]:
    if not any(holds_flow(child) for child in tag.children):
        inner = first_of(tag, "cite")
        only = isinstance(inner, Tag) and plain_text(inner) == plain_text(tag)
        return list(inner.children) if only and isinstance(inner, Tag) else list(tag.children)
    nodes: list[PageElement] = []
    for block in blocks_of(tag):
        nodes += [*([NavigableString(" ")] if nodes else []), *list(block.children)]
    return nodes


def _figure(tag: Tag) -> list[Tag]:
    captions = [caption.extract() for caption in every(tag, "figcaption")]
    inner = blocks_of(tag)
    caption = new("figcaption", *[n for c in captions for n in _inline_nodes(c)])
    if is_empty(caption):
        return inner
    last = inner[-1] if inner else None
    if last is not None and last.name == "figure" and not first_of(last, "figcaption"):
        last.append(caption)
        return inner
    return [*inner, new("p", *list(caption.children))]


def _details(tag: Tag) -> list[Tag]:
    summary = first_of(tag, "summary")
    title = new("summary")
    if isinstance(summary, Tag):
        fill(title, _inline_nodes(summary.extract()))
        trim(title)
    inner = blocks_of(tag)
    if is_empty(title):
        return inner
    return [new("details", title, *inner)] if inner else [new("p", *list(title.children))]


def _definitions(tag: Tag) -> list[Tag]:
    entries: list[Tag] = []
    for child in tags_in(tag):
        group = tags_in(child) if child.name == "div" else [child]
        for entry in group:
            if entry.name in {"dt", "dd"}:
                filled = trim(new(entry.name, *_inline_lines(entry)))
                entries += [] if is_empty(filled) else [filled]
    return [new("dl", *entries)] if entries else []


def _inline_lines(tag: Tag) -> list[PageElement]:
    if not any(holds_flow(child) for child in tag.children):
        return list(tag.children)
    nodes: list[PageElement] = []
    for block in blocks_of(tag):
        nodes += [*([new("br")] if nodes else []), *inline_content(block)]
    return nodes


def inline_content(block: Tag) -> list[PageElement]:
    """Return a block's content as inline nodes, one line for each piece."""
    if block.name in HEADINGS:
        return [new("strong", *list(block.children))]
    if block.name in {"p", "summary", "dt", "dd", "figcaption", "cite"}:
        return list(block.children)
    if block.name == "pre":
        return [new("code", block.get_text())]
    nodes: list[PageElement] = []
    for leaf in every(block, "p", "li", "tr", "img", "figcaption", "dt", "dd", "cite", "pre"):
        if leaf.name == "img":
            nodes += [*([new("br")] if nodes else []), leaf]
        elif plain_text(leaf) and not first_of(leaf, "p", "li"):
            nodes += [*([new("br")] if nodes else []), NavigableString(plain_text(leaf))]
    return nodes


def _preformatted(tag: Tag) -> list[Tag]:
    text = tag.get_text().strip("\n").rstrip()
    code = first_of(tag, "code")
    language = attribute(tag, "class") or (
        attribute(code, "class") if isinstance(code, Tag) else ""
    )
    inner = new("code", text, **({"class": language} if language else {}))
    return [new("pre", inner)] if text.strip() else []


def _table(tag: Tag) -> list[Tag]:
    return build_table(tag, blocks_of, inline_content)


def _rule(tag: Tag) -> list[Tag]:
    return [new("hr", **({"class": "more"} if attribute(tag, "class") == "more" else {}))]


_BUILDERS = {
    "blockquote": _quote,
    "figure": _figure,
    "details": _details,
    "dl": _definitions,
    "pre": _preformatted,
    "table": _table,
    "hr": _rule,
}
