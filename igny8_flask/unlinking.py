"""Taking internal links back: out of posts that stand, by the way of every delivery."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from igny8_flask import batches, publishing
from igny8_flask.db import db
from igny8_flask.models import AITaskLog, Content, Delivery, Site
from igny8_flask.rows import find_all
from igny8_flask.services import current

MAX_AT_ONCE = 1000
NOT_THERE = (None, "trash", "gone")
KEPT_STATUSES = ("draft", "pending", "publish")


@dataclass(frozen=True)
class Removal:
    """What came of it: the work that was begun, and the posts that a person changed."""

    work: AITaskLog | Delivery | None
    sent: int
    changed: list[Content]
    left: int


def remove(site: Site, ids: Sequence[uuid.UUID] | None) -> Removal:
    """Switch internal links off in these articles (None = all that have some) and send their posts
    anew without them. A post that a person changed is told, not touched."""
    contents = find_all(Content, site.id, ids) if ids is not None else _linked(site.id)
    now, left = contents[:MAX_AT_ONCE], contents[MAX_AT_ONCE:]
    for content in now:
        content.links = {**content.links, "off": True}
    standing = [one for one in now if one.links.get("placed") and one.wp_status not in NOT_THERE]
    changed = [one for one in standing if one.wp_changed_at is not None]
    rows = [
        publishing.add(site, one.id, _options(one)) for one in standing if one.wp_changed_at is None
    ]
    work = batches.gather(site, batches.PUBLISH, rows, {}) if len(rows) > 1 else None
    db.session.commit()
    current().cache.ring()
    return Removal(work or next(iter(rows), None), len(rows), changed, len(left))


def _linked(site_id: uuid.UUID) -> list[Content]:
    rows = db.session.scalars(
        select(Content).where(Content.site_id == site_id).order_by(Content.id)
    )
    return [content for content in rows if content.links.get("placed") and not _is_off(content)]


def _is_off(content: Content) -> bool:
    return bool(content.links.get("off"))


def _options(content: Content) -> dict[str, Any]:
    """The post keeps the state it is in."""
    if content.wp_status not in KEPT_STATUSES:
        return {}
    return {"status": content.wp_status, "status_asked": False}
