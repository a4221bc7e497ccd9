"""What people do to our posts on the site, as the plugin tells it: edits, trash, new addresses."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from igny8_flask import scheduling, sites
from igny8_flask.db import db, utcnow
from igny8_flask.models import Content, Site
from igny8_flask.withdrawals import GONE, follow_post, forget_post


def apply(
    site: Site, events: Sequence[Mapping[str, Any]], abilities: Mapping[str, Any]
) -> list[Content]:
    """Bring our rows to what the plugin says stands there; returns the articles it concerned.

    Each event is a snapshot taken when it was sent, so the last one told is the truth.
    """
    if abilities:
        sites.note_abilities(site, dict(abilities))
    ids: list[uuid.UUID] = [event["content_id"] for event in events]
    rows = db.session.scalars(
        select(Content).where(Content.site_id == site.id, Content.id.in_(ids))
    )
    contents = {content.id: content for content in rows}
    known = [event for event in events if event["content_id"] in contents]
    for event in known:
        content = contents[event["content_id"]]
        before = content.wp_status
        if event["status"] == GONE:
            forget_post(content)
        else:
            _note(content, event)
        scheduling.note_site_state(content, event, before)
    db.session.commit()
    return list(contents.values())


def _note(content: Content, event: Mapping[str, Any]) -> None:
    content.wp_post_id = event["post_id"]
    content.wp_status = event["status"]
    content.wp_link, content.wp_edit_link = event["link"], event["edit_link"]
    changed = bool(event["changed"])
    content.wp_changed_at = _when(event) if changed else None
    content.wp_changed_by = (event.get("modified_by") or None) if changed else None
    follow_post(content)


def _when(event: Mapping[str, Any]) -> datetime:
    """When it was changed; a site whose clock runs ahead cannot change things in the future."""
    told: datetime | None = event.get("modified_gmt")
    return min(told, utcnow()) if told else utcnow()
