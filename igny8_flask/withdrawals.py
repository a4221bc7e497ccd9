"""Posts that people take back on the site: unscheduled, trashed, deleted. Their plans end there.

Only a person's new time, or their own publishing, brings such an article on its way again.
"""

from sqlalchemy import select

from igny8_flask.db import db, utcnow
from igny8_flask.jobs import publish_status
from igny8_flask.leases import Ticket, move
from igny8_flask.models import (
    Content,
    ContentStatus,
    Delivery,
    Publication,
    PublicationState,
    WorkState,
)

GONE = "gone"  # deleted for good, not merely trashed
ON_ITS_WAY = ("future", "publish")
PLANNED = (PublicationState.WAITING, PublicationState.SCHEDULED, PublicationState.MISSED)
WORDS = {
    "draft": "Somebody made the post a draft again on the site: give it a new time to go on.",
    "pending": "Somebody set the post to “pending review” on the site: publish it there, "
    "or give it a new time.",
    "private": "Somebody made the post private on the site: it stays so.",
    "trash": "Somebody put the post into the trash of the site: restore it there to go on.",
    GONE: "Somebody deleted the post on the site: give it a new time to have it made anew.",
}


def publication_of(content: Content) -> Publication | None:
    """The plan of an article."""
    return db.session.scalar(select(Publication).where(Publication.content_id == content.id))


def is_withdrawal(before: str | None, now: str) -> bool:
    """Whether a post went from its way to the public to where only a person can have put it."""
    return now in ("trash", GONE) or (now in WORDS and before in ON_ITS_WAY)


def stop_plan(content: Content, status: str) -> None:
    """End the article's plan and whatever is about to look after it. The caller commits."""
    plan = publication_of(content)
    if plan is None or plan.state not in PLANNED:
        return
    plan.state, plan.due_at, plan.message = PublicationState.STOPPED, None, WORDS[status]
    pending = select(Delivery).where(
        Delivery.site_id == content.site_id,
        Delivery.content_id == content.id,
        Delivery.state == WorkState.PENDING,
    )
    for delivery in db.session.scalars(pending):
        if delivery.options.get("confirm"):
            ended = {"finished_at": utcnow(), "message": WORDS[status]}
            ticket = Ticket(Delivery, delivery.id, delivery.generation)
            move(ticket, (WorkState.PENDING,), state=WorkState.CANCELLED, **ended)
            publish_status(Delivery, delivery.id)


def forget_post(content: Content) -> None:
    """The post is no more. The caller commits."""
    content.wp_post_id = content.wp_link = content.wp_edit_link = content.wp_sha = None
    content.wp_changed_at = content.wp_changed_by = None
    content.wp_status = GONE
    follow_post(content)


def follow_post(content: Content) -> None:
    """An article is published while its post is public or has a time; then it is approved still."""
    if content.wp_status in ON_ITS_WAY:
        content.status = ContentStatus.PUBLISHED
    elif content.status is ContentStatus.PUBLISHED:
        content.status = ContentStatus.APPROVED
