"""When articles go public: times by the site's rules, set by hand, confirmed, repaired, paused.

A planned article is handed to the site at once as a scheduled post, so that people see it there.
After its time a worker looks whether visitors can read it, and publishes it where the site's own
clockwork did not.
"""

import uuid
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import CursorResult, select, update

from igny8_flask import deliveries, publishing_rules, site_settings
from igny8_flask.db import db, utcnow
from igny8_flask.errors import ConflictError, InputError
from igny8_flask.jobs import LIVE
from igny8_flask.log import get_logger
from igny8_flask.models import (
    Content,
    ContentStatus,
    Delivery,
    Publication,
    PublicationState,
    Site,
    Task,
    WorkState,
)
from igny8_flask.rows import find
from igny8_flask.services import current
from igny8_flask.timetable import next_free, planned_times, unplanned_times, zone_name
from igny8_flask.withdrawals import is_withdrawal, publication_of, stop_plan

log = get_logger(__name__)

GRACE = timedelta(seconds=30)  # how long after its time a post is looked at first
LOOK_AGAIN = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15), timedelta(hours=1))
AHEAD = timedelta(seconds=60)  # nearer times go out at once, as WordPress does itself
PER_PASS = 50


def follow(site: Site, content_id: uuid.UUID) -> Delivery | None:
    """What follows by itself once an article is ready: a delivery, or a place in the queue.

    None where the site's rules want an approval first, another kind of article, or a time of its
    own, which the next pass gives. The caller commits.
    """
    rules = site_settings.read(site)["publishing"]
    content = find(Content, site.id, content_id)
    if content.wp_post_id is not None:
        return deliveries.add(site, content_id, {})
    approved = content.status in (ContentStatus.APPROVED, ContentStatus.PUBLISHED)
    if (rules["approve_first"] and not approved) or not _is_chosen(rules, content):
        return None
    if rules["paused"] or publishing_rules.is_timed(rules):
        if publication_of(content) is None:
            _add(site, content, due_at=utcnow())
        return None
    return deliveries.add(site, content_id, {})


def follow_approval(site: Site, content: Content) -> None:
    """An article was approved: what waited for that goes on. The caller commits."""
    rules = site_settings.read(site)["publishing"]
    if rules["auto"] and rules["approve_first"]:
        follow(site, content.id)


def wanted(content: Content) -> dict[str, Any]:
    """What the plan of an article says of its post now: ``status``, ``publish_at`` if ahead."""
    plan = publication_of(content)
    if plan is None:
        return {}
    if plan.publish_at is None or plan.state is PublicationState.STOPPED:
        return {"status": "draft"}
    if plan.publish_at > utcnow() + AHEAD:
        return {"status": "publish", "publish_at": plan.publish_at}
    return {"status": "publish"}


class Timed(NamedTuple):
    """An article with its plan, and the delivery that tells the site of it; both may be None."""

    content: Content
    plan: Publication | None
    delivery: Delivery | None


def set_time(site: Site, content_id: uuid.UUID, publish_at: datetime | None) -> Timed:
    """Set, move or (None) clear the time of one article; naive times are the site's own.

    Raises InputError for a time that has passed: posts are never dated back; ConflictError for an
    article that visitors read already.
    """
    content = find(Content, site.id, content_id)
    plan = publication_of(content)
    if content.wp_status == "publish":
        words = "This article is public already: change its post on the site instead."
        raise ConflictError(words, "already_public")
    if publish_at is None:
        if plan is not None:
            db.session.delete(plan)
            db.session.flush()
        plan = None
        is_ahead = content.wp_status == "future" or _is_on_its_way(content)
        delivery = _send(site, content, {"status": "draft"}) if is_ahead else None
    else:
        if publish_at.tzinfo is None:
            publish_at = publish_at.replace(tzinfo=publishing_rules.zone_of(zone_name(site)))
        if publish_at <= utcnow():
            words = "This time has passed: posts are never dated back."
            raise InputError(words, fields={"publish_at": [words]})
        plan = plan or _add(site, content, None)
        _schedule(plan, site, publish_at.astimezone(UTC))
        delivery = _send(site, content, {"status_asked": True})
    db.session.commit()
    current().cache.ring()
    return Timed(content, plan, delivery)


def set_next_time(site: Site, content_id: uuid.UUID) -> Timed:
    """Give one article the next free time by the site's rules; InputError where there is none."""
    # the row lock here, the write lock on SQLite: two at once never get the same time
    db.session.execute(update(Site).where(Site.id == site.id).values(updated_at=Site.updated_at))
    when = next_free(site)
    if when is None:
        raise InputError("The site's rules leave no time for this article.", "no_free_time")
    return set_time(site, content_id, when)


def pause(site: Site) -> None:
    """Stop: nothing gets a time, and what is scheduled on the site becomes a draft again."""
    site_settings.update(site, {"publishing": {"paused": True}})
    for plan in _plans(site, PublicationState.SCHEDULED):
        content = find(Content, site.id, plan.content_id)
        if plan.publish_at is not None and plan.publish_at > utcnow():
            plan.state, plan.publish_at = PublicationState.WAITING, None
            plan.due_at, plan.message = None, "Paused."
            if content.wp_status == "future":
                deliveries.add(site, content.id, {})
    db.session.commit()
    current().cache.ring()


def resume(site: Site) -> None:
    """Go on: everything that waits gets a new time."""
    site_settings.update(site, {"publishing": {"paused": False}})
    for plan in _plans(site, PublicationState.WAITING):
        plan.due_at, plan.message = utcnow(), ""
    db.session.commit()
    current().cache.ring()


def note_site_state(content: Content, event: Mapping[str, Any], before: str | None) -> None:
    """A person moved, published or took back the post: the plan follows. The caller commits.

    ``before`` is the state in which we knew the post until now.
    """
    plan = publication_of(content)
    if plan is None or plan.state is PublicationState.PUBLIC:
        return
    if is_withdrawal(before, event["status"]):
        stop_plan(content, event["status"])
        return
    if event["status"] == "future" and event.get("date_gmt"):
        plan.state, plan.publish_at = PublicationState.SCHEDULED, event["date_gmt"]
        plan.due_at, plan.looks = event["date_gmt"] + GRACE, 0
    elif event["status"] == "publish":
        plan.publish_at = min(plan.publish_at or utcnow(), utcnow())
        plan.state, plan.due_at = PublicationState.SCHEDULED, utcnow()


def run_due() -> None:
    """One pass: give times to what waits, look at what should be public. Any number may run."""
    now = utcnow()
    due = select(Publication.id, Publication.due_at).where(Publication.due_at <= now)
    rows = db.session.execute(due.order_by(Publication.due_at).limit(PER_PASS)).all()
    db.session.commit()
    for row in rows:
        taken = db.session.execute(
            update(Publication)
            .where(Publication.id == row.id, Publication.due_at == row.due_at)
            .values(due_at=now + LOOK_AGAIN[0])
            .execution_options(synchronize_session=False)
        )
        if isinstance(taken, CursorResult) and taken.rowcount == 1:
            _look(db.session.get_one(Publication, row.id, populate_existing=True))
        db.session.commit()
    if rows:
        current().cache.ring()


def _look(plan: Publication) -> None:
    # one site at a time: the row lock here, the write lock of the update above on SQLite
    site = db.session.scalars(
        select(Site).where(Site.id == plan.site_id).with_for_update(of=Site)
    ).one()
    try:
        if plan.state is PublicationState.WAITING:
            _give_time(plan, site)
        elif plan.state is PublicationState.SCHEDULED:
            _confirm(plan, site)
    except ConflictError:
        log.info("publication_waits", content_id=str(plan.content_id))


def _give_time(plan: Publication, site: Site) -> None:
    rules = site_settings.read(site)["publishing"]
    if rules["paused"]:
        return
    zone = publishing_rules.zone_of(zone_name(site))
    try:
        known = planned_times(site), unplanned_times(site)
        when = publishing_rules.next_time(rules, zone, utcnow(), *known)
    except ValueError:
        plan.message, plan.due_at = "The site's rules leave no time for this article.", None
        return
    _schedule(plan, site, when)
    deliveries.add(site, plan.content_id, {})


def _confirm(plan: Publication, site: Site) -> None:
    content = db.session.get_one(Content, plan.content_id)
    last = db.session.scalars(
        select(Delivery)
        .where(Delivery.site_id == site.id, Delivery.content_id == content.id)
        .order_by(Delivery.id.desc())
        .limit(1)
    ).first()
    if last is not None and not last.state.is_final:
        return
    looked = last is not None and bool(last.options.get("confirm"))
    seen = looked and last is not None and (last.result or {}).get("public")
    is_out = content.wp_status == "publish" and (seen or deliveries.is_pulled(site))
    over = plan.looks >= len(LOOK_AGAIN)
    if is_out or (over and content.wp_status == "publish"):
        plan.state, plan.due_at, plan.public_at = PublicationState.PUBLIC, None, utcnow()
        hidden = "The site says it is public, but visitors do not see it: is a cache in between?"
        plan.message = "" if is_out else hidden
    elif over:
        plan.state, plan.due_at = PublicationState.MISSED, None
        plan.message = (last.error if last else None) or "It did not become public."
        log.warning("publication_missed", content_id=str(content.id))
    else:
        plan.due_at = utcnow() + LOOK_AGAIN[plan.looks]
        plan.looks += 1
        deliveries.add(site, content.id, {"confirm": True})


def _schedule(plan: Publication, site: Site, when: datetime) -> None:
    plan.state, plan.publish_at, plan.zone = PublicationState.SCHEDULED, when, zone_name(site)
    plan.due_at, plan.looks, plan.message = when + GRACE, 0, ""


def _send(site: Site, content: Content, options: dict[str, Any]) -> Delivery:
    delivery = deliveries.add(site, content.id, options)
    if delivery.state is WorkState.RUNNING:
        words = "This article is on its way right now: wait a moment."
        raise ConflictError(words, "delivery_in_flight")
    return delivery


def _is_on_its_way(content: Content) -> bool:
    live = select(Delivery.id).where(Delivery.content_id == content.id, Delivery.state.in_(LIVE))
    return db.session.scalar(live.limit(1)) is not None


def _add(site: Site, content: Content, due_at: datetime | None) -> Publication:
    plan = Publication(
        account_id=site.account_id,
        site_id=site.id,
        content_id=content.id,
        zone=zone_name(site),
        due_at=due_at,
    )
    db.session.add(plan)
    db.session.flush()
    return plan


def _plans(site: Site, state: PublicationState) -> list[Publication]:
    found = select(Publication).where(Publication.site_id == site.id, Publication.state == state)
    return list(db.session.scalars(found))


def _is_chosen(rules: Mapping[str, Any], content: Content) -> bool:
    if rules["which"] == "all":
        return True
    task = db.session.get(Task, content.task_id) if content.task_id else None
    return task is not None and task.content_type in rules["content_types"]
