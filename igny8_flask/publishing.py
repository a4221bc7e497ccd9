"""Publishing: articles and their media handed to a site, once, with a receipt that is checked.

The only writer of delivery states. Nothing here ever calls a model.
"""

import uuid
from typing import Any

from sqlalchemy import select

from igny8_flask import documents, site_settings
from igny8_flask.ai.moderation import check_text
from igny8_flask.cache import StatusBody
from igny8_flask.db import db, utcnow
from igny8_flask.errors import (
    ConflictError,
    InputError,
    LeaseLostError,
    NotFoundError,
    WordPressError,
)
from igny8_flask.jobs import add_or_find_live, perform, publish_status, put_back, work_key
from igny8_flask.leases import Lease, Ticket, move, reclaim_expired
from igny8_flask.models import Content, ContentStatus, Delivery, Image, ImageFile, Site, WorkState
from igny8_flask.models.enums import ImageState
from igny8_flask.services import current
from igny8_flask.sites import client_for
from igny8_flask.wordpress.client import WordPressClient
from igny8_flask.work_status import share

RETRY_DELAYS_S = (15, 60, 300, 1800, 7200, 28_800, 86_400)
MAX_CONTENTS = 100
EXTENSIONS = {"image/webp": "webp", "image/jpeg": "jpg", "image/png": "png"}


def submit(site: Site, content_ids: list[uuid.UUID], options: dict[str, Any]) -> list[Delivery]:
    """Ask for the delivery of some articles; a live delivery of an article is returned as it is.

    ``options``: ``force`` overwrites a post that a human changed; ``status`` overrides the rule of
    the site. Raises InputError and NotFoundError.
    """
    ids = list(dict.fromkeys(content_ids))
    if not ids or len(ids) > MAX_CONTENTS:
        words = f"Choose between 1 and {MAX_CONTENTS} articles."
        raise InputError(words, fields={"ids": [words]})
    owned = select(Content.id).where(Content.site_id == site.id, Content.id.in_(ids))
    if len(set(db.session.scalars(owned))) != len(ids):
        raise NotFoundError("One of the chosen articles does not exist any more.")
    deliveries = [add(site, one, options) for one in ids]
    db.session.commit()
    current().cache.ring()
    return deliveries


def add(site: Site, content_id: uuid.UUID, options: dict[str, Any]) -> Delivery:
    """Add a delivery to the session, or find the live one; the caller commits."""
    delivery = Delivery(
        account_id=site.account_id,
        site_id=site.id,
        content_id=content_id,
        options=options,
        work_key=work_key("publish", [content_id]),
        message="Waiting to be sent to the site…",
    )
    found, _ = add_or_find_live(delivery)
    assert isinstance(found, Delivery)  # noqa: S101 - narrows the type
    return found


def add_for_task(site: Site, task_id: uuid.UUID) -> Delivery | None:
    """The same for the article of a task, when it has one."""
    content_id = db.session.scalar(
        select(Content.id).where(Content.site_id == site.id, Content.task_id == task_id)
    )
    return add(site, content_id, {}) if content_id else None


def execute(delivery_id: uuid.UUID, generation: int) -> None:
    """The job of a delivery: hand over the media, then the post, and check the receipt."""
    perform(Ticket(Delivery, delivery_id, generation), _execute, RETRY_DELAYS_S)


def _execute(delivery: Delivery, lease: Lease) -> None:
    site = db.session.get_one(Site, delivery.site_id)
    content = db.session.get(Content, delivery.content_id)
    if content is None:
        raise NotFoundError("The article was deleted before it could be sent.")
    client = client_for(site)
    steps = _Steps(lease)
    rules = {**site_settings.read(site)["publishing"], **delivery.options}
    _moderate(content, rules, steps)
    images = [image for image in content.images if image.state is ImageState.GENERATED]
    for number, image in enumerate(images, start=1):
        if image.wp_media_id is None:
            steps.report("AI_CALL", 20 * number, f"Sending image {number} of {len(images)}…")
            _send_image(client, content, image)
    steps.report("SAVE", 70, "Sending the article…")
    abilities = (site.connection or {}).get("site", {})
    _send_post(client, content, images, documents.build(content, images, rules, abilities), steps)


def _moderate(content: Content, rules: dict[str, Any], steps: "_Steps") -> None:
    """Nothing goes public unseen: a person approved it, or the provider passed it."""
    approved = content.status in (ContentStatus.APPROVED, ContentStatus.PUBLISHED)
    if approved or rules["status"] != "publish" or not rules["moderation"]:
        return
    if content.moderation is None:
        steps.report("PREP", 10, "Having the text checked…")
        owner = (content.account_id, content.site_id)
        content.moderation = check_text(current(), *owner, f"{content.title}\n{content.html}")
        db.session.commit()
    if content.moderation["flagged"]:
        found = ", ".join(content.moderation["categories"])
        words = f"The provider's moderation objects to this article ({found}). Read and approve it."
        raise ConflictError(words, "content_flagged")


def _send_image(client: WordPressClient, content: Content, image: Image) -> None:
    file = db.session.get(ImageFile, (image.account_id, image.sha256))
    if file is None or image.sha256 is None:
        raise NotFoundError("The picture's file is gone; make the image again.")
    name = documents.file_name(content.title, image, EXTENSIONS[file.mime])
    data, mime = file.data, file.mime
    db.session.commit()
    answer = client.put_media(
        image.sha256, data, mime, name, image.alt, image.alt or content.title, image.caption
    )
    image.wp_media_id = int(answer["id"])
    image.provenance = {**image.provenance, "wp_url": answer["source_url"]}
    db.session.commit()


def _send_post(
    client: WordPressClient,
    content: Content,
    images: list[Image],
    document: dict[str, Any],
    steps: "_Steps",
) -> None:
    db.session.commit()
    try:
        receipt = client.put_content(content.id, document)
    except WordPressError as error:
        if error.details.get("wp_code") == "igny8_unknown_media":
            for image in images:
                image.wp_media_id = None
            db.session.commit()
            error.retryable = True
        raise
    problems = documents.check_receipt(document, receipt)
    _finish(steps.lease, content, receipt, problems)


def _finish(lease: Lease, content: Content, receipt: dict[str, Any], problems: list[str]) -> None:
    """The post stands: store where, and end the delivery, in one transaction."""
    lease.check()
    content.wp_post_id = int(receipt["id"])
    content.wp_status = str(receipt["status"])
    content.wp_link, content.wp_edit_link = receipt["link"], receipt["edit_link"]
    content.wp_sha = receipt["sha"]
    if receipt["status"] in ("publish", "future"):
        content.status = ContentStatus.PUBLISHED
    result = {
        "post_id": receipt["id"],
        "link": receipt["link"],
        "edit_link": receipt["edit_link"],
        "status": receipt["status"],
        "receipt": receipt,
    }
    words = "The post stands on the site, but: " + " ".join(problems)
    moved = move(
        lease.ticket,
        (WorkState.RUNNING,),
        state=WorkState.FAILURE if problems else WorkState.SUCCESS,
        phase="DONE",
        percentage=100,
        message=words if problems else "Done.",
        error=words if problems else None,
        error_code="receipt_mismatch" if problems else None,
        lease_until=None,
        finished_at=utcnow(),
        result=result,
        receipt=receipt,
        wp_id=int(receipt["id"]),
    )
    if not moved:
        db.session.rollback()
        raise LeaseLostError("Another worker took this over.")
    db.session.commit()
    publish_status(Delivery, lease.ticket.id)


class _Steps:
    """Progress of one delivery."""

    def __init__(self, lease: Lease) -> None:
        self.lease = lease

    def report(self, phase: str, percentage: int, message: str) -> None:
        self.lease.check()
        values = {"phase": phase, "percentage": min(percentage, 95), "message": message}
        if not move(self.lease.ticket, (WorkState.RUNNING,), **values):
            db.session.rollback()
            raise LeaseLostError("Another worker took this over.")
        db.session.commit()
        publish_status(Delivery, self.lease.ticket.id)


def get(site_id: uuid.UUID, delivery_id: uuid.UUID) -> Delivery:
    """The delivery of that site; raises NotFoundError."""
    delivery = db.session.scalars(
        select(Delivery).where(Delivery.site_id == site_id, Delivery.id == delivery_id)
    ).first()
    if delivery is None:
        raise NotFoundError("There is no such delivery.")
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
    """Send a failed delivery again."""
    delivery = get(site.id, delivery_id)
    put_back(delivery)
    return get(site.id, delivery_id)


def sweep() -> None:
    """Reclaim deliveries whose worker fell silent."""
    reclaim_expired(Delivery)
