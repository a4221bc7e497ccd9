"""The life of a delivery as a row: added, ended, handed on. The only writer of its states."""

import uuid
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import select, update

from igny8_flask import documents, receipts, withdrawals
from igny8_flask.cache import StatusBody
from igny8_flask.db import database_now, db, utcnow
from igny8_flask.errors import ConflictError, LeaseLostError, WordPressError
from igny8_flask.jobs import add_or_find_live, publish_status, put_back, work_key
from igny8_flask.leases import Ticket, move
from igny8_flask.models import Content, ContentStatus, Delivery, DeliveryKind, Site, WorkState
from igny8_flask.recovery import reclaim_expired
from igny8_flask.rows import not_found
from igny8_flask.services import current
from igny8_flask.work_status import share

CHOICES = frozenset({"wp_changed", "wp_locked", "wp_trashed"})  # a person has to decide
UNCOLLECTED = timedelta(days=7)


def is_pulled(site: Site) -> bool:
    """Whether the site's plugin fetches its articles, because nobody can reach it from here."""
    return (site.connection or {}).get("mode") == "pull"


def add(
    site: Site,
    content_id: uuid.UUID,
    options: Mapping[str, Any],
    kind: DeliveryKind = DeliveryKind.POST,
) -> Delivery:
    """Add a delivery to the session, or find the live one; the caller commits.

    What was asked is added to a live one that has not begun. ConflictError where the article is
    on its way to the trash, or to the site, and the other is asked for.
    """
    delivery = Delivery(
        account_id=site.account_id,
        site_id=site.id,
        kind=kind,
        content_id=content_id,
        options=dict(options),
        work_key=work_key("publish", [content_id]),
        message="Waiting to be sent to the site…",
    )
    found, is_new = add_or_find_live(delivery)
    assert isinstance(found, Delivery)  # noqa: S101 - narrows the type
    if found.kind is not kind:
        raise ConflictError(
            "This article is on its way right now: wait a moment.", "delivery_in_flight"
        )
    if not is_new and found.state is WorkState.PENDING:
        found.options = {**found.options, **options}
    return found


def get(site_id: uuid.UUID, delivery_id: uuid.UUID) -> Delivery:
    """The delivery of that site; raises NotFoundError."""
    delivery = db.session.scalars(
        select(Delivery)
        .where(Delivery.site_id == site_id, Delivery.id == delivery_id)
        .execution_options(populate_existing=True)
    ).first()
    if delivery is None:
        raise not_found()
    return delivery


def read_status(site_id: uuid.UUID, delivery_id: uuid.UUID) -> StatusBody | None:
    """The ready status body; None when it is not that site's."""
    cached = current().cache.get_status(site_id, delivery_id)
    if cached is not None:
        return cached
    delivery = db.session.scalars(
        select(Delivery).where(Delivery.site_id == site_id, Delivery.id == delivery_id)
    ).first()
    return share(current().cache, delivery) if delivery else None


def retry(site: Site, delivery_id: uuid.UUID) -> Delivery:
    """Send a failed delivery again, by whichever way the site is reached now."""
    delivery = get(site.id, delivery_id)
    delivery.by_pull = False
    put_back(delivery)
    return get(site.id, delivery_id)


def conclude(
    ticket: Ticket,
    content: Content,
    document: Mapping[str, Any],
    receipt: Mapping[str, Any],
    public: bool | None = None,
) -> None:
    """The post stands: judge the receipt, store where, and end, in one transaction.

    ``public`` tells whether visitors see it, where that was looked at.
    """
    judgement = receipts.judge(document, receipt)
    _note_post(content, receipt)
    if receipts.is_kept(receipt, "status") and receipt["status"] in withdrawals.WORDS:
        withdrawals.stop_plan(content, receipt["status"])
    content.links = {**content.links, "placed": _standing_links(document, receipt)}
    result = {
        "post_id": receipt["id"],
        "link": receipt["link"],
        "edit_link": receipt["edit_link"],
        "status": receipt["status"],
        "receipt": dict(receipt),
        "problems": judgement.problems,
        "warnings": [*judgement.warnings, *documents.left_out(content)],
        **({} if public is None else {"public": public}),
    }
    words = "The post stands on the site, but: " + " ".join(judgement.problems)
    if judgement.problems:
        failed = {"error": words, "error_code": "receipt_mismatch"}
        _end(ticket, WorkState.FAILURE, words, result=result, receipt=dict(receipt), **failed)
    else:
        _end(ticket, WorkState.SUCCESS, "Done.", result=result, receipt=dict(receipt))


def confirm(ticket: Ticket, content: Content) -> None:
    """Visitors see the post: nothing had to be sent."""
    content.wp_status, content.status = "publish", ContentStatus.PUBLISHED
    result = {
        "post_id": content.wp_post_id,
        "link": content.wp_link,
        "edit_link": content.wp_edit_link,
        "status": "publish",
        "public": True,
    }
    _end(ticket, WorkState.SUCCESS, "The post is public.", result=result)


def withdraw(ticket: Ticket, content: Content, status: str) -> None:
    """A person took the post back before it went public: its plan ends, nothing is sent."""
    if status == withdrawals.GONE:
        withdrawals.forget_post(content)
    content.wp_status = status
    withdrawals.stop_plan(content, status)
    result = {"post_id": content.wp_post_id, "link": content.wp_link, "status": status}
    _end(ticket, WorkState.SUCCESS, withdrawals.WORDS[status], result=result)


def conclude_trash(ticket: Ticket, content: Content, receipt: Mapping[str, Any] | None) -> None:
    """The post lies in the trash; without a receipt there never was one."""
    content.wp_status = "trash" if receipt else None
    withdrawals.stop_plan(content, "trash")
    result = {"post_id": content.wp_post_id, "link": None, "status": content.wp_status}
    words = "The post lies in the trash of the site." if receipt else "There is no post to trash."
    _end(ticket, WorkState.SUCCESS, words, result=result, receipt=dict(receipt or {}))


def refuse(ticket: Ticket, content: Content, error: WordPressError) -> None:
    """The site says that a person has a say in this post: end with all that a choice needs."""
    told = error.details
    if error.code == "wp_trashed":
        content.wp_status = "trash"
        withdrawals.stop_plan(content, "trash")
    choice = {
        "reason": error.code,
        "who": told.get("modified_by") or told.get("user") or None,
        "when": told.get("modified_gmt") or told.get("since"),
        "changed": told.get("changed", []),
        "edit_link": told.get("edit_link") or content.wp_edit_link,
    }
    result = {
        "post_id": told.get("id") or content.wp_post_id,
        "link": content.wp_link,
        "edit_link": choice["edit_link"],
        "status": content.wp_status,
        "choice": choice,
    }
    _end(
        ticket,
        WorkState.FAILURE,
        error.message,
        error=error.message,
        error_code=error.code,
        result=result,
        receipt={"theirs": told.get("theirs")},
    )


def fail(ticket: Ticket, error: WordPressError) -> None:
    """End with an error that nobody's choice can mend."""
    _end(
        ticket,
        WorkState.FAILURE,
        error.message,
        error=error.message,
        error_code=error.code,
    )


def leave_for_plugin(
    ticket: Ticket, words: str, code: str | None = None, delay_s: float = 0
) -> None:
    """Put a running delivery where only the site's plugin takes it from."""
    moved = move(
        ticket,
        (WorkState.RUNNING,),
        state=WorkState.PENDING,
        by_pull=True,
        lease_until=None,
        not_before=database_now() + timedelta(seconds=delay_s) if delay_s else None,
        message=words,
        error_code=code,
    )
    db.session.commit()
    if moved:
        publish_status(Delivery, ticket.id)


def sweep() -> None:
    """Reclaim what fell silent; what the plugin need not fetch any more is sent; the rest ends."""
    reclaim_expired(Delivery)
    waiting = (Delivery.state == WorkState.PENDING) & Delivery.by_pull.is_(True)
    site_ids = set(db.session.scalars(select(Delivery.site_id).where(waiting).distinct()))
    sites = db.session.scalars(select(Site).where(Site.id.in_(site_ids))).all()
    reachable = [site.id for site in sites if not is_pulled(site)]
    old = waiting & (Delivery.created_at < utcnow() - UNCOLLECTED)
    words = "The plugin has not fetched this for a week: is the site still connected?"
    ended = {"state": WorkState.FAILURE, "finished_at": utcnow(), "message": words, "error": words}
    for condition, values in (
        (waiting & Delivery.site_id.in_(reachable), {"by_pull": False}),
        (old, {**ended, "error_code": "not_collected"}),
    ):
        db.session.execute(
            update(Delivery)
            .where(condition)
            .values(values)
            .execution_options(synchronize_session=False)
        )
    db.session.commit()


def _note_post(content: Content, receipt: Mapping[str, Any]) -> None:
    content.wp_post_id = int(receipt["id"])
    content.wp_status = str(receipt["status"])
    content.wp_link, content.wp_edit_link = receipt["link"], receipt["edit_link"]
    content.wp_sha = receipt["sha"]
    content.wp_changed_at = content.wp_changed_by = None
    withdrawals.follow_post(content)


def _standing_links(
    document: Mapping[str, Any], receipt: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """The links that were sent, without those whose target the site found to be gone."""
    told = (receipt.get("fields") or {}).get("links")
    gone = told.get("gone", []) if isinstance(told, Mapping) else []
    return [link for link in document.get("links", []) if link["post_id"] not in gone]


def _end(ticket: Ticket, state: WorkState, words: str, **values: Any) -> None:
    result = values.get("result") or {}
    moved = move(
        ticket,
        (WorkState.RUNNING,),
        state=state,
        phase="DONE",
        percentage=100,
        message=words,
        lease_until=None,
        finished_at=utcnow(),
        wp_id=result.get("post_id"),
        **values,
    )
    if not moved:
        db.session.rollback()
        raise LeaseLostError("Another worker took this over.")
    db.session.commit()
    publish_status(Delivery, ticket.id)
