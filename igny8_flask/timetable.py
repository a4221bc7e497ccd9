"""The site's timetable, read only: its zone, its free times, what goes public when."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from igny8_flask import publishing_rules, site_settings
from igny8_flask.db import db, utcnow
from igny8_flask.models import Content, Delivery, Publication, PublicationState, Site, WorkState

PLANNED = (PublicationState.SCHEDULED, PublicationState.PUBLIC)
LOOK_BACK = timedelta(days=2)  # earlier posts no longer bind the drip or a day's maximum
SUGGESTED = ["09:00"]  # what is offered where the site's rules name no time
MAX_FREE = 60


def zone_name(site: Site) -> str:
    """The site's time zone as it told it."""
    return str((site.connection or {}).get("site", {}).get("timezone") or "UTC")


def is_paused(site: Site) -> bool:
    """Whether nothing of the site goes public by itself."""
    return bool(site_settings.read(site)["publishing"]["paused"])


def planned_times(site: Site) -> list[datetime]:
    """The times given so far, as far as they bind the next one."""
    planned = db.session.scalars(
        select(Publication.publish_at).where(
            Publication.site_id == site.id,
            Publication.state.in_(PLANNED),
            Publication.publish_at >= utcnow() - LOOK_BACK,
        )
    )
    return [one for one in planned if one is not None]


def unplanned_times(site: Site) -> list[datetime]:
    """When posts went public by a click or as soon as written: a day's maximum counts them."""
    if not site_settings.read(site)["publishing"]["daily_max"]:
        return []
    now = utcnow()
    return [one["public_at"] for one in unplanned(site, now - LOOK_BACK, now)]


def next_free(site: Site) -> datetime | None:
    """The next free time by the site's rules, else a morning; None where they leave none."""
    rules = _timed(site_settings.read(site)["publishing"])
    zone = publishing_rules.zone_of(zone_name(site))
    try:
        known = planned_times(site), unplanned_times(site)
        return publishing_rules.next_time(rules, zone, utcnow(), *known)
    except ValueError:
        return None


def free_times(site: Site, start: datetime, end: datetime) -> list[datetime]:
    """The times of a span that the site's rules would give out next; none while paused."""
    rules = site_settings.read(site)["publishing"]
    if rules["paused"] or not publishing_rules.is_timed(rules):
        return []
    zone = publishing_rules.zone_of(zone_name(site))
    planned, others, free = planned_times(site), unplanned_times(site), []
    for _ in range(MAX_FREE):
        try:
            one = publishing_rules.next_time(rules, zone, max(utcnow(), start), planned, others)
        except ValueError:
            break
        if one > end:
            break
        planned.append(one)
        free.append(one)
    return free


def calendar(site: Site, start: datetime, end: datetime) -> list[dict[str, Any]]:
    """The plans of a span of time with their articles; those without a time come last."""
    rows = db.session.execute(
        select(Publication, Content)
        .join(Content, Content.id == Publication.content_id)
        .where(Publication.site_id == site.id)
        .where(Publication.publish_at.is_(None) | Publication.publish_at.between(start, end))
        .order_by(Publication.publish_at.is_(None), Publication.publish_at, Publication.id)
    )
    return [{"plan": plan, "content": content} for plan, content in rows]


def unplanned(site: Site, start: datetime, end: datetime) -> list[dict[str, Any]]:
    """What went public in a span of time without a plan: by a click, as soon as it was written."""
    rows = db.session.execute(
        select(Delivery, Content)
        .join(Content, Content.id == Delivery.content_id)
        .outerjoin(Publication, Publication.content_id == Content.id)
        .where(Delivery.site_id == site.id, Delivery.state == WorkState.SUCCESS)
        .where(Content.wp_status == "publish", Publication.id.is_(None))
        .order_by(Delivery.finished_at)
    )
    first: dict[Any, dict[str, Any]] = {}
    for delivery, content in rows:
        if (delivery.result or {}).get("status") == "publish":
            first.setdefault(content.id, {"content": content, "public_at": delivery.finished_at})
    return [one for one in first.values() if start <= one["public_at"] <= end]


def _timed(rules: dict[str, Any]) -> dict[str, Any]:
    """Rules that name times; a drip from now on would be now, so a morning stands in for none."""
    given = rules["slots"] or rules["drip_minutes"]
    return rules if given else {**rules, "slots": SUGGESTED}
