"""What the normalizer hands out: plain frozen data."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Section:
    """One heading of the article; ``block_index`` counts the top-level blocks from 0."""

    heading: str
    level: int
    id: str
    block_index: int


@dataclass(frozen=True)
class Question:
    """One answered question; both in plain text."""

    question: str
    answer: str


@dataclass(frozen=True)
class PlacedImage:
    """An image that the site already holds.

    ``section`` is an index into ``NormalizedContent.sections``; ``None`` puts the image at the top
    of the article. ``media_id`` is the attachment's id on that site, when it is known.
    """

    url: str
    alt: str
    caption: str = ""
    media_id: int | None = None
    section: int | None = None


@dataclass(frozen=True)
class NormalizedContent:
    """A clean article: the same content as HTML and as block markup, with what was found in it.

    ``meta`` holds meta_title, meta_description, focus_keyphrase, slug, excerpt (text), tags and
    categories (lists) as far as the reply carried them. ``warnings`` are sentences for the editor.
    """

    title: str
    html: str
    blocks: str
    sections: tuple[Section, ...]
    excerpt: str
    faq: tuple[Question, ...]
    word_count: int
    warnings: tuple[str, ...]
    meta: Mapping[str, Any] = field(default_factory=dict)
