"""Model replies made into clean articles: HTML, block markup, outline, questions.

``normalize`` is the entry; ``link_posts``, ``place_images`` and ``render_blocks`` serve delivery.
Pure: no network, no database, no settings.
"""

from igny8_flask.content.blocks import Dialect, render_blocks
from igny8_flask.content.interlinks import LinkTarget, PlacedLink, link_posts
from igny8_flask.content.model import NormalizedContent, PlacedImage, Question, Section
from igny8_flask.content.normalizer import normalize
from igny8_flask.content.own_links import own_addresses, without_links
from igny8_flask.content.placement import place_images
from igny8_flask.content.sections import (
    SectionSpan,
    find_section,
    replace_section,
    section_spans,
)

__all__ = [
    "Dialect",
    "LinkTarget",
    "NormalizedContent",
    "PlacedImage",
    "PlacedLink",
    "Question",
    "Section",
    "SectionSpan",
    "find_section",
    "link_posts",
    "normalize",
    "own_addresses",
    "place_images",
    "render_blocks",
    "replace_section",
    "section_spans",
    "without_links",
]
