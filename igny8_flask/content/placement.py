"""The site's own pictures put into a clean article."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from bs4 import Tag

from igny8_flask.content.blocks import Dialect, join_blocks
from igny8_flask.content.model import NormalizedContent, PlacedImage
from igny8_flask.content.nodes import HEADINGS, new
from igny8_flask.content.normalizer import find_sections
from igny8_flask.content.writer import read_blocks, write_blocks


def place_images(
    content: NormalizedContent, images: Sequence[PlacedImage], dialect: Dialect = Dialect.NEWEST
) -> NormalizedContent:
    """Return ``content`` with each image after the first paragraph of its section.

    An image without a section (or of a section that is not there) goes after the article's first
    paragraph. Images of one section keep their order.
    """
    blocks = read_blocks(content.html)
    places: dict[int, list[Tag]] = {}
    for image in images:
        places.setdefault(_place(blocks, image.section), []).append(_figure(image))
    placed = list(_merged(blocks, places))
    return replace(
        content,
        html=write_blocks(placed),
        blocks=join_blocks(placed, dialect),
        sections=find_sections(placed),
    )


def _merged(blocks: list[Tag], places: dict[int, list[Tag]]) -> Iterable[Tag]:
    for index in range(len(blocks) + 1):
        yield from places.get(index, [])
        if index < len(blocks):
            yield blocks[index]


def _place(blocks: list[Tag], section: int | None) -> int:
    """Return before which block the image goes."""
    headings = [index for index, block in enumerate(blocks) if block.name in HEADINGS]
    known = section is not None and 0 <= section < len(headings)
    start = headings[section] + 1 if known and section is not None else 0
    for index in range(start, len(blocks)):
        if blocks[index].name in HEADINGS:
            return max(index, start) if index > start or known else index
        if blocks[index].name == "p":
            return index + 1
    return start if known else 0


def _figure(image: PlacedImage) -> Tag:
    picture = new("img", src=image.url, alt=image.alt)
    if image.media_id is not None:
        picture["class"] = f"wp-image-{image.media_id}"
    figure = new("figure", picture)
    if image.caption.strip():
        figure.append(new("figcaption", image.caption.strip()))
    return figure
