"""Publishing: articles and their media handed to a site, once, with a receipt that is checked.

Nothing here ever calls a model to write; a site that cannot be reached is left to its plugin.
"""

import uuid
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from igny8_flask import (
    backlog,
    deliveries,
    differences,
    documents,
    internal_links,
    scheduling,
    site_media,
    site_settings,
    sites,
)
from igny8_flask.ai.moderation import check_text
from igny8_flask.confirmations import is_public, withdrawn_to
from igny8_flask.db import db
from igny8_flask.deliveries import add, get, read_status, retry, sweep
from igny8_flask.errors import (
    ConflictError,
    InputError,
    LeaseLostError,
    NotFoundError,
    WordPressError,
)
from igny8_flask.gates import SiteGate
from igny8_flask.jobs import perform, publish_status
from igny8_flask.leases import Lease, Ticket, move
from igny8_flask.models import Content, ContentStatus, Delivery, DeliveryKind, Site, WorkState
from igny8_flask.services import current

__all__ = ["add", "execute", "follow_task", "get", "read_status", "retry", "submit", "sweep"]

RETRY_DELAYS_S = (15, 60, 300, 1800, 7200, 28_800, 86_400)
MAX_CONTENTS = 100
DOUBTFUL = frozenset({"wp_blocked", "wp_rest_blocked"})  # may have been a single bad answer
PULLABLE = frozenset({"wp_auth", "wp_forbidden", "wp_blocked", "wp_rest_blocked"})


def submit(
    site: Site,
    content_ids: list[uuid.UUID],
    options: dict[str, Any],
    kind: DeliveryKind = DeliveryKind.POST,
) -> list[Delivery]:
    """Ask for the delivery of some articles, or for their way to the trash.

    ``options``: ``force`` overwrites a post that a human changed; ``status`` overrides the rule of
    the site. A live delivery of an article is returned as it is. Raises InputError,
    NotFoundError, and UnavailableError when too much waits for a Redis that is away.
    """
    ids = list(dict.fromkeys(content_ids))
    if not ids or len(ids) > MAX_CONTENTS:
        words = f"Choose between 1 and {MAX_CONTENTS} articles."
        raise InputError(words, fields={"ids": [words]})
    owned = select(Content.id).where(Content.site_id == site.id, Content.id.in_(ids))
    if len(set(db.session.scalars(owned))) != len(ids):
        raise NotFoundError("One of the chosen articles does not exist any more.")
    backlog.refuse_beyond_bound()
    added = [add(site, one, options, kind) for one in ids]
    db.session.commit()
    current().cache.ring()
    return added


def follow_task(site: Site, task_id: uuid.UUID) -> Delivery | None:
    """What follows from a task's article, when it has one; the caller commits."""
    content_id = db.session.scalar(
        select(Content.id).where(Content.site_id == site.id, Content.task_id == task_id)
    )
    return scheduling.follow(site, content_id) if content_id else None


def execute(delivery_id: uuid.UUID, generation: int) -> None:
    """The job of a delivery: hand over the media, then the post, and check the receipt."""
    perform(Ticket(Delivery, delivery_id, generation), _execute, RETRY_DELAYS_S)


def difference(site: Site, delivery_id: uuid.UUID) -> dict[str, Any]:
    """Ours against what stands on the site, for a delivery that a person has to decide about.

    Asked of the site now where it can be reached, else as it was told with the refusal.
    ConflictError where there is nothing to compare.
    """
    delivery = get(site.id, delivery_id)
    content = db.session.get_one(Content, delivery.content_id)
    ours = document_of(site, content, rules_for(site, delivery))
    choice = (delivery.result or {}).get("choice", {})
    stands = documents.in_words(theirs(site, delivery))
    return {**differences.compare(documents.in_words(ours), stands), "choice": choice}


def theirs(site: Site, delivery: Delivery) -> dict[str, Any]:
    """What stands on the site, asked now where it can be reached; ConflictError where unknown."""
    told: dict[str, Any] | None = (delivery.receipt or {}).get("theirs")
    if not deliveries.is_pulled(site):
        content = db.session.get_one(Content, delivery.content_id)
        client = sites.door_for(site, content)
        db.session.commit()
        told = client.get_content(content.id)
    if not told:
        raise ConflictError("The site has not told what stands there.", "nothing_to_compare")
    return told


def rules_for(site: Site, delivery: Delivery) -> dict[str, Any]:
    """The site's publishing rules, under the article's own time, under what was asked for.

    ``status_asked`` tells a person's wish for this state from what follows by itself: only that
    goes before a state which somebody gave the post on the site.
    """
    content = db.session.get_one(Content, delivery.content_id)
    planned = scheduling.wanted(content)
    if "status" in delivery.options:
        planned.pop("publish_at", None)
    planned["status_asked"] = "status" in delivery.options
    return {**site_settings.read(site)["publishing"], **planned, **delivery.options}


def document_of(site: Site, content: Content, rules: Mapping[str, Any]) -> dict[str, Any]:
    """What is to stand on the site, from the article and the media that lie there."""
    images = site_media.images_of(content)
    media = site_media.known(site.id, images)
    abilities = (site.connection or {}).get("site", {})
    targets = internal_links.targets_for(site, content)
    return documents.build(content, images, media, rules, abilities, targets)


def is_cleared(content: Content, rules: Mapping[str, Any]) -> bool:
    """Whether the article may go out as it is, without asking the provider's moderation."""
    approved = content.status in (ContentStatus.APPROVED, ContentStatus.PUBLISHED)
    if approved or rules["status"] != "publish" or not rules["moderation"]:
        return True
    return content.moderation is not None and not content.moderation["flagged"]


def moderate(content: Content, rules: Mapping[str, Any]) -> None:
    """Nothing goes public unseen: a person approved it, or the provider passed it.

    ConflictError ``content_flagged`` otherwise.
    """
    if is_cleared(content, rules):
        return
    if content.moderation is None:
        owner = (content.account_id, content.site_id)
        content.moderation = check_text(current(), *owner, f"{content.title}\n{content.html}")
        db.session.commit()
    if content.moderation["flagged"]:
        found = ", ".join(content.moderation["categories"])
        words = f"The provider's moderation objects to this article ({found}). Read and approve it."
        raise ConflictError(words, "content_flagged")


def lost_media(content: Content, error: WordPressError) -> list[str]:
    """Hashes of the pictures that the site misses, by its own words; empty for other errors."""
    if error.details.get("wp_code") != "igny8_unknown_media":
        return []
    told = error.details.get("sha256")
    return list(told) if told else [str(one.sha256) for one in site_media.images_of(content)]


def _execute(delivery: Delivery, lease: Lease) -> None:
    site = db.session.get_one(Site, delivery.site_id)
    content = db.session.get(Content, delivery.content_id)
    if content is None:
        raise NotFoundError("The article was deleted before it could be sent.")
    if deliveries.is_pulled(site):
        sites.check_again(site)
    if deliveries.is_pulled(site):
        moderate(content, rules_for(site, delivery))
        deliveries.leave_for_plugin(lease.ticket, "Waiting for the site's plugin to fetch it…")
        return
    try:
        with SiteGate(current().cache.redis, site.id).passed():
            _hand_over(delivery, site, content, lease)
    except WordPressError as error:
        if error.code in deliveries.CHOICES:
            deliveries.refuse(lease.ticket, content, error)
        elif error.code in PULLABLE and sites.has_plugin(site):
            if error.code in DOUBTFUL and not sites.is_shut(site):
                error.retryable = True
                raise
            cause = sites.fall_back_to_pull(site, error)
            words = f"{cause} The plugin will fetch this article instead."
            deliveries.leave_for_plugin(lease.ticket, words, error.code)
        else:
            sites.note_copy(site, error)
            raise


def _hand_over(delivery: Delivery, site: Site, content: Content, lease: Lease) -> None:
    if delivery.kind is DeliveryKind.TRASH:
        _trash(site, content, lease)
    elif delivery.options.get("confirm") and is_public(site, content):
        deliveries.confirm(lease.ticket, content)
    else:
        status = withdrawn_to(site, content) if delivery.options.get("confirm") else None
        if status:
            deliveries.withdraw(lease.ticket, content, status)
        else:
            _Push(site, content, rules_for(site, delivery), lease).run()


def _trash(site: Site, content: Content, lease: Lease) -> None:
    client = sites.door_for(site, content)
    db.session.commit()
    try:
        receipt = client.delete_content(content.id)
    except WordPressError as error:
        if error.details.get("wp_code") != "igny8_not_found":
            raise
        receipt = {}
    lease.check()
    deliveries.conclude_trash(lease.ticket, content, receipt)


class _Push:
    """One article on its way to a site that can be reached."""

    def __init__(self, site: Site, content: Content, rules: dict[str, Any], lease: Lease) -> None:
        self.site = site
        self.content = content
        self.rules = rules
        self.lease = lease
        self.client = sites.door_for(site, content)

    def run(self) -> None:
        """Media, then the post; media that the site lost meanwhile are sent once more."""
        self._report("PREP", 10, "Preparing the article…")
        moderate(self.content, self.rules)
        self._send_media()
        try:
            document, receipt = self._send_post()
        except WordPressError as error:
            lost = lost_media(self.content, error)
            if not lost:
                raise
            site_media.forget(self.site.id, lost)
            self._send_media()
            document, receipt = self._send_post()
        self.lease.check()
        public: bool | None = None
        if self.rules.get("confirm"):
            self.content.wp_link = receipt["link"]
            public = is_public(self.site, self.content)
        deliveries.conclude(self.lease.ticket, self.content, document, receipt, public)

    def _send_media(self) -> None:
        images = site_media.images_of(self.content)
        uploads = site_media.missing(self.content, images)
        for number, upload in enumerate(uploads, start=1):
            words = f"Sending image {number} of {len(uploads)}…"
            self._report("AI_CALL", 10 + 50 * number // len(uploads), words)
            data = site_media.read_bytes(self.site.account_id, upload.sha256)
            db.session.commit()
            told = self.client.put_media(
                upload.sha256,
                data,
                upload.mime,
                upload.filename,
                upload.alt,
                upload.title,
                upload.caption,
            )
            self.lease.check()
            site_media.remember(self.site, images, upload.sha256, told)

    def _send_post(self) -> tuple[dict[str, Any], dict[str, Any]]:
        self._report("SAVE", 70, "Sending the article…")
        document = document_of(self.site, self.content, self.rules)
        db.session.commit()
        return document, self.client.put_content(self.content.id, document)

    def _report(self, phase: str, percentage: int, message: str) -> None:
        self.lease.check()
        values = {"phase": phase, "percentage": percentage, "message": message}
        if not move(self.lease.ticket, (WorkState.RUNNING,), **values):
            db.session.rollback()
            raise LeaseLostError("Another worker took this over.")
        db.session.commit()
        publish_status(Delivery, self.lease.ticket.id)
