"""The document of a post as it goes to a site, whichever way it goes."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from html import escape
from typing import Any

from bs4 import BeautifulSoup

from igny8_flask.content import (
    Dialect,
    LinkTarget,
    NormalizedContent,
    PlacedImage,
    PlacedLink,
    link_posts,
    normalize,
    place_images,
)
from igny8_flask.entities import unescape
from igny8_flask.models import Content, Image, ImageKind, SiteMedia

SLUG_MAX_CHARS = 75
EXCERPT_MAX_CHARS = 500
QUESTION_MAX_CHARS = 1000
ANSWER_MAX_CHARS = 10_000
LISTED = 5
TAG = re.compile(r"</?[a-zA-Z][^<>]*>")


def build(
    content: Content,
    images: Sequence[Image],
    media: Mapping[str, SiteMedia],
    rules: Mapping[str, Any],
    abilities: Mapping[str, Any],
    targets: Sequence[LinkTarget] = (),
) -> dict[str, Any]:
    """The body of ``PUT igny8/v1/content/<uuid>``.

    ``media`` is what lies on the site already, by hash. ``rules`` are the site's publishing
    settings with the request's own options laid over them, and ``publish_at`` (aware) where the
    post has a time ahead; ``abilities`` is what the site told of itself (``editor``, ``blocks``);
    ``targets`` are the live posts that words of the article may lead to.
    """
    classic = abilities.get("editor") == "classic"
    inner = [image for image in in_article(images) if image.sha256 in media]
    linked, links = link(content, rules, targets)
    article = _illustrated(linked, inner, media, abilities)
    featured = next((i for i in images if i.kind is ImageKind.FEATURED), None)
    document = {
        "title": as_markup(content.title),
        "content": article.html if classic else article.blocks,
        "format": "html" if classic else "blocks",
        "status": rules["status"],
        "excerpt": as_markup(content.excerpt[:EXCERPT_MAX_CHARS]),
        "categories": [*rules["categories"], *content.terms.get("categories", [])],
        "tags": content.terms.get("tags", []),
        "create_terms": rules["create_terms"],
        "featured": {"sha256": featured.sha256} if featured else None,
        "images": [
            {"sha256": image.sha256, "id": media[image.sha256].wp_media_id, "alt": image.alt}
            for image in inner
            if image.sha256
        ],
        "seo": content.seo or None,
        "faq": _faq(article),
        "links": [asdict(one) for one in links],
        "post_type": rules["post_type"],
        "provenance": content.provenance,
    }
    return {**document, **_circumstances(content, rules)}


def as_markup(words: str) -> str:
    """Plain words as WordPress keeps a title, an excerpt or a caption: as HTML that shows them."""
    return escape(words, quote=False)


def in_words(document: Mapping[str, Any]) -> dict[str, Any]:
    """A document or post with title and excerpt as the plain words that a reader sees."""
    shown = {
        name: unescape(TAG.sub("", str(document.get(name) or ""))) for name in ("title", "excerpt")
    }
    return {**document, **shown}


def _circumstances(content: Content, rules: Mapping[str, Any]) -> dict[str, Any]:
    """What not every document has: an address, a time, the text it is to replace, who asks."""
    given: dict[str, Any] = {}
    if rules.get("author"):
        given["author"] = rules["author"]
    slug = slug_of(content.title)
    if slug:
        given["slug"] = slug
    if rules.get("publish_at"):
        given["status"] = "future"
        given["date_gmt"] = rules["publish_at"].strftime("%Y-%m-%dT%H:%M:%SZ")
    if content.task_id:
        given["task_id"] = str(content.task_id)
    if content.wp_sha:
        given["base_sha"] = content.wp_sha
    for flag in ("force", "status_asked"):
        if rules.get(flag):
            given[flag] = True
    return given


def link(
    content: Content, rules: Mapping[str, Any], targets: Sequence[LinkTarget]
) -> tuple[NormalizedContent, list[PlacedLink]]:
    """The article without anybody else's images and with links to ``targets``, and those links."""
    article = normalize(_without_foreign_images(content.html))
    questions = [pair.question for pair in article.faq]
    topics = [content.title, str(content.seo.get("focus") or "")]
    limit = rules.get("internal_links", 0)
    html, links = link_posts(article.html, targets, limit, questions, topics)
    return replace(article, html=html), links


def _faq(article: NormalizedContent) -> list[dict[str, str]]:
    return [
        {"question": pair.question, "answer": pair.answer}
        for pair in article.faq
        if len(pair.question) <= QUESTION_MAX_CHARS and len(pair.answer) <= ANSWER_MAX_CHARS
    ]


def in_article(images: Sequence[Image]) -> list[Image]:
    """The images that stand inside the text."""
    return [image for image in images if image.kind is ImageKind.DESKTOP]


def _illustrated(
    article: NormalizedContent,
    images: Sequence[Image],
    media: Mapping[str, SiteMedia],
    abilities: Mapping[str, Any],
) -> NormalizedContent:
    """The article with its own images at their sections."""
    sections = {part.heading: index for index, part in enumerate(article.sections)}
    placed = [
        PlacedImage(
            url=media[image.sha256].source_url,
            alt=image.alt,
            caption=image.caption,
            media_id=media[image.sha256].wp_media_id,
            section=sections.get(image.heading or ""),
        )
        for image in images
        if image.sha256
    ]
    return place_images(article, placed, _dialect(abilities))


def _dialect(abilities: Mapping[str, Any]) -> Dialect:
    """The form of blocks that the site's own editor writes; the newest for unknown sites."""
    if not abilities.get("blocks", {}).get("details", True):
        return Dialect.BEFORE_6_3
    version = re.match(r"\d+", str(abilities.get("wp") or ""))
    return Dialect.BEFORE_7_0 if version and int(version[0]) < 7 else Dialect.NEWEST


def left_out(content: Content) -> list[str]:
    """What of the article did not go to the site, in words for its owner."""
    if not _has_pictures(content.html):
        return []
    pictures = BeautifulSoup(content.html, "html.parser").find_all("img")
    if not pictures:
        return []
    named = ", ".join(str(picture.get("src", "")) for picture in pictures[:LISTED])
    more = f" and {len(pictures) - LISTED} more" if len(pictures) > LISTED else ""
    return [f"Pictures from elsewhere were left out of the article: {named}{more}."]


def _has_pictures(html: str) -> bool:
    """Whether a text may hold any, told without parsing it: most hold none."""
    return "<img" in html.lower()


def _without_foreign_images(html: str) -> str:
    if not _has_pictures(html):
        return html
    soup = BeautifulSoup(html, "html.parser")
    for picture in soup.find_all("img"):
        (picture.find_parent("figure") or picture).decompose()
    return str(soup)


def slug_of(title: str) -> str:
    """ASCII slug of at most 75 characters; empty for titles in other scripts (the site decides)."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    if len(plain) < len(title) / 2:
        return ""
    words = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    if len(words) > SLUG_MAX_CHARS:
        words = words[:SLUG_MAX_CHARS].rpartition("-")[0] or words[:SLUG_MAX_CHARS]
    return words


def file_name(title: str, image: Image, extension: str) -> str:
    """Name of a media file, ASCII, telling for people."""
    stem = slug_of(title) or "image"
    part = "" if image.kind is ImageKind.FEATURED else f"-{image.kind}-{image.position}"
    return f"{stem}{part}.{extension}"
