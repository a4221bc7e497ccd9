"""Publishing: what is handed to a site, what lies there already, and when it goes public."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from igny8_flask.db import Base, Identified, Timestamped
from igny8_flask.models.enums import DeliveryKind, PublicationState, stored
from igny8_flask.models.tenancy import SiteOwned, parent, site_table
from igny8_flask.models.work import Work, work_indexes


class Delivery(Identified, Timestamped, SiteOwned, Work, Base):
    """The hand-over of an article, or its way to the trash.

    ``options`` is what was asked (``force``, ``status``); ``receipt`` what the site answered.
    With ``by_pull`` no worker touches it: the plugin fetches it, or has done so.
    """

    __tablename__ = "delivery"
    __table_args__ = site_table(
        parent("content_id", "content"),
        *work_indexes("delivery"),
        Index("ix_delivery_site_id_content_id", "site_id", "content_id"),
    )

    kind: Mapped[DeliveryKind] = mapped_column(stored(DeliveryKind), default=DeliveryKind.POST)
    content_id: Mapped[uuid.UUID]
    options: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    by_pull: Mapped[bool] = mapped_column(default=False)
    receipt: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    wp_id: Mapped[int | None] = mapped_column(BigInteger)


class SiteMedia(Identified, Timestamped, SiteOwned, Base):
    """A picture that lies in the media library of a site, known by its bytes."""

    __tablename__ = "site_media"
    __table_args__ = site_table(UniqueConstraint("site_id", "sha256"))

    sha256: Mapped[str] = mapped_column(String(64))
    wp_media_id: Mapped[int] = mapped_column(BigInteger)
    source_url: Mapped[str] = mapped_column(String(1000))
    alt: Mapped[str] = mapped_column(Text, default="")


class SitePost(Identified, Timestamped, SiteOwned, Base):
    """A live post of a site, ours or not, as its plugin told; ``headings`` are texts in order."""

    __tablename__ = "site_post"
    __table_args__ = site_table(UniqueConstraint("site_id", "post_id"))

    post_id: Mapped[int] = mapped_column(BigInteger)
    url: Mapped[str] = mapped_column(String(1000))
    title: Mapped[str] = mapped_column(String(300), default="")
    slug: Mapped[str] = mapped_column(String(300), default="")
    post_type: Mapped[str] = mapped_column(String(40), default="post")
    headings: Mapped[list[str]] = mapped_column(JSON, default=list)
    modified_at: Mapped[datetime | None]
    seen_at: Mapped[datetime]


class Publication(Identified, Timestamped, SiteOwned, Base):
    """When an article goes public. ``due_at`` is when the scheduler looks at it next, None = never.

    ``zone`` is the site's time zone at the time of planning; ``looks`` counts looks after the time.
    """

    __tablename__ = "publication"
    __table_args__ = site_table(
        parent("content_id", "content"),
        UniqueConstraint("content_id"),
        Index("ix_publication_due_at", "due_at"),
        Index("ix_publication_site_id_publish_at", "site_id", "publish_at"),
    )

    content_id: Mapped[uuid.UUID]
    state: Mapped[PublicationState] = mapped_column(
        stored(PublicationState), default=PublicationState.WAITING
    )
    publish_at: Mapped[datetime | None]
    zone: Mapped[str] = mapped_column(String(60), default="UTC")
    due_at: Mapped[datetime | None]
    looks: Mapped[int] = mapped_column(default=0)
    message: Mapped[str] = mapped_column(Text, default="")
    public_at: Mapped[datetime | None]
