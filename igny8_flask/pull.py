"""Pull: the plugin leases deliveries, applies them with its own hands, and tells how it went.

A lease is the delivery's fencing number; only its holder is listened to. A plugin has one
collector at a time, so asking for work again means that the one before is dead: it gets its
own leases anew, under new numbers.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from sqlalchemy import func, or_, select

from igny8_flask import deliveries, publishing, site_media
from igny8_flask.db import database_now, db, utcnow
from igny8_flask.errors import ConflictError, LeaseLostError, WordPressError
from igny8_flask.jobs import LIVE, publish_status
from igny8_flask.leases import Ticket, move
from igny8_flask.models import Content, Delivery, DeliveryKind, Site, WorkState
from igny8_flask.rows import find
from igny8_flask.wordpress.replies import refusal

LEASE = timedelta(minutes=5)
MAX_LEASES = 10
ASK_AGAIN_S = {"busy": 60, "pull": 300, "push": 3600}


def lease(site: Site, limit: int) -> list[dict[str, Any]]:
    """Give up to ``limit`` due deliveries to the plugin for five minutes.

    Each is ``{"delivery_id", "content_id", "kind", "lease", "until", "media", "document"}``; the
    document is null while ``media`` have to be stored first (see ``media_stored``).
    """
    mine = (Delivery.state == WorkState.RUNNING) & Delivery.by_pull.is_(True)
    prepared = or_(Delivery.by_pull.is_(True), Delivery.attempts > 0)
    due = or_(
        Delivery.not_before.is_(None),
        Delivery.not_before <= database_now(),
        Delivery.by_pull.is_(False),
    )
    open_ = (Delivery.state == WorkState.PENDING) & prepared & due
    rows = db.session.scalars(
        select(Delivery)
        .where(Delivery.site_id == site.id, Delivery.is_batch.is_(False), or_(mine, open_))
        .order_by(Delivery.id)
        .limit(min(limit, MAX_LEASES))
    ).all()
    given = [_give(site, row) for row in rows]
    return [one for one in given if one is not None]


def ask_again_s(site: Site) -> int:
    """In how many seconds the plugin shall ask for work again."""
    live = db.session.scalar(
        select(func.count()).where(Delivery.site_id == site.id, Delivery.state.in_(LIVE))
    )
    if live:
        return ASK_AGAIN_S["busy"]
    return ASK_AGAIN_S["pull" if deliveries.is_pulled(site) else "push"]


def media_stored(
    site: Site, delivery_id: uuid.UUID, number: int, stored: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """The plugin has put pictures into its library; returns the lease with what is next."""
    delivery = _held(site, delivery_id, number)
    content = find(Content, site.id, delivery.content_id)
    images = site_media.images_of(content)
    ours = {image.sha256 for image in images}
    for told in stored:
        if told["sha256"] in ours:
            site_media.remember(site, images, told["sha256"], told)
    return _described(site, delivery, content, number)


def receive(
    site: Site,
    delivery_id: uuid.UUID,
    number: int,
    receipt: Mapping[str, Any] | None,
    error: Mapping[str, Any] | None,
) -> Delivery:
    """The plugin tells how it went; telling it twice is the same as once."""
    delivery = deliveries.get(site.id, delivery_id)
    if delivery.state.is_final and delivery.generation == number:
        return delivery
    delivery = _held(site, delivery_id, number)
    content = find(Content, site.id, delivery.content_id)
    ticket = Ticket(Delivery, delivery.id, number)
    try:
        if receipt is not None:
            _conclude(ticket, delivery, content, receipt)
        else:
            _fail(ticket, delivery, content, refusal(error or {}))
    except LeaseLostError as lost:
        raise _lost() from lost
    return deliveries.get(site.id, delivery_id)


def _give(site: Site, row: Delivery) -> dict[str, Any] | None:
    content = find(Content, site.id, row.content_id)
    if not publishing.is_cleared(content, publishing.rules_for(site, row)):
        move(Ticket(Delivery, row.id, row.generation), (WorkState.PENDING,), by_pull=False)
        db.session.commit()
        return None
    number = row.generation + 1
    moved = move(
        Ticket(Delivery, row.id, row.generation),
        (WorkState.PENDING, WorkState.RUNNING),
        state=WorkState.RUNNING,
        generation=number,
        by_pull=True,
        lease_until=database_now() + LEASE,
        started_at=row.started_at or utcnow(),
        attempts=row.attempts + 1,
        phase="SAVE",
        percentage=50,
        message="The site's plugin is fetching the article…",
        error_code=None,
    )
    db.session.commit()
    if not moved:
        return None
    publish_status(Delivery, row.id)
    return _described(site, row, content, number)


def _described(site: Site, row: Delivery, content: Content, number: int) -> dict[str, Any]:
    given: dict[str, Any] = {
        "delivery_id": row.id,
        "content_id": content.id,
        "kind": row.kind.value,
        "lease": number,
        "until": utcnow() + LEASE,
        "media": [],
        "document": None,
    }
    values: dict[str, Any] = {"lease_until": database_now() + LEASE}
    if row.kind is DeliveryKind.POST:
        uploads = site_media.missing(content, site_media.images_of(content))
        given["media"] = [
            {**asdict(one), "path": f"/v1/publisher/media/{one.sha256}/"} for one in uploads
        ]
        if not uploads:
            document = publishing.document_of(site, content, publishing.rules_for(site, row))
            given["document"] = document
            values["receipt"] = {"sent": {**document, "content": bool(document["content"])}}
    if not move(Ticket(Delivery, row.id, number), (WorkState.RUNNING,), **values):
        db.session.rollback()
        raise _lost()
    db.session.commit()
    return given


def _held(site: Site, delivery_id: uuid.UUID, number: int) -> Delivery:
    delivery = deliveries.get(site.id, delivery_id)
    held = delivery.state is WorkState.RUNNING and delivery.by_pull
    if not held or delivery.generation != number:
        raise _lost()
    return delivery


def _lost() -> ConflictError:
    return ConflictError("This delivery was taken over meanwhile.", "lease_over")


def _conclude(
    ticket: Ticket, delivery: Delivery, content: Content, receipt: Mapping[str, Any]
) -> None:
    if delivery.kind is DeliveryKind.TRASH:
        deliveries.conclude_trash(ticket, content, receipt)
    else:
        sent = (delivery.receipt or {}).get("sent")
        if sent is None:
            raise ConflictError("No document was given out under this lease.", "lease_over")
        deliveries.conclude(ticket, content, sent, receipt)


def _fail(ticket: Ticket, delivery: Delivery, content: Content, error: WordPressError) -> None:
    wp_code = error.details.get("wp_code")
    if wp_code == "igny8_not_found" and delivery.kind is DeliveryKind.TRASH:
        deliveries.conclude_trash(ticket, content, None)
    elif error.code in deliveries.CHOICES:
        deliveries.refuse(ticket, content, error)
    elif delivery.attempts > len(publishing.RETRY_DELAYS_S):
        deliveries.fail(ticket, error)
    elif wp_code == "igny8_unknown_media":
        site_media.forget(content.site_id, publishing.lost_media(content, error))
        deliveries.leave_for_plugin(ticket, "Sending the pictures again…")
    elif error.retryable:
        delay_s = error.retry_after_s or publishing.RETRY_DELAYS_S[delivery.attempts - 1]
        deliveries.leave_for_plugin(ticket, error.message, error.code, delay_s)
    else:
        deliveries.fail(ticket, error)
