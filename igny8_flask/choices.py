"""What a person decides about a post that somebody changed on the site: leave it, or take it over.

Overwriting is publishing with ``force``.
"""

import hashlib
import uuid
from enum import StrEnum
from typing import Any

from bs4 import BeautifulSoup
from sqlalchemy import select

from igny8_flask import documents, publishing, versions
from igny8_flask.content import normalize
from igny8_flask.db import db
from igny8_flask.deliveries import CHOICES
from igny8_flask.entities import bounded
from igny8_flask.errors import ConflictError
from igny8_flask.jobs import publish_status
from igny8_flask.models import Content, Delivery, Site, SiteMedia, VersionOrigin

TITLE_MAX_CHARS = 300


class Choice(StrEnum):
    """What a person may decide without another delivery."""

    KEEP = "keep"
    TAKE = "take"


def decide(
    site: Site, delivery_id: uuid.UUID, choice: Choice, author: str | None = None
) -> Delivery:
    """Note the decision; ``take`` makes the site's words the newest version of our article.

    ConflictError where there is nothing to decide.
    """
    delivery = publishing.get(site.id, delivery_id)
    if delivery.error_code not in CHOICES or not (delivery.result or {}).get("choice"):
        raise ConflictError("There is nothing to decide about this delivery.", "nothing_to_decide")
    if choice is Choice.TAKE:
        _take(site, delivery, author)
    result = dict(delivery.result or {})
    delivery.result = {**result, "choice": {**result["choice"], "decided": choice.value}}
    db.session.commit()
    publish_status(Delivery, delivery.id)
    return delivery


def _take(site: Site, delivery: Delivery, author: str | None) -> None:
    theirs = documents.in_words(publishing.theirs(site, delivery))
    content = db.session.get_one(Content, delivery.content_id)
    clean = normalize(_without_our_pictures(site, str(theirs["content"])))
    versions.keep(content, VersionOrigin.EDITED, theirs.get("modified_by") or author)
    content.title = (theirs["title"] or content.title)[:TITLE_MAX_CHARS]
    content.html, content.word_count = clean.html, clean.word_count
    content.excerpt = theirs["excerpt"]
    content.moderation = content.wp_changed_at = content.wp_changed_by = None
    content.wp_sha = hashlib.sha256(str(theirs["content"]).encode()).hexdigest()


def _without_our_pictures(site: Site, markup: str) -> str:
    """The text without the images that a delivery places: they come back with the next one."""
    ours = set(db.session.scalars(select(SiteMedia.source_url).where(SiteMedia.site_id == site.id)))
    soup = BeautifulSoup(bounded(markup), "html.parser")
    for image in soup.find_all("img"):
        if image.get("src") in ours:
            place: Any = image.find_parent("figure") or image
            place.decompose()
    return str(soup)
