"""Deliveries: one post or media file handed to a site."""

import uuid
from typing import Any

from sqlalchemy import JSON, BigInteger, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from igny8_flask.db import Base, Identified, Timestamped
from igny8_flask.models.enums import DeliveryKind, stored
from igny8_flask.models.tenancy import SiteOwned, parent, site_table
from igny8_flask.models.work import Work, work_indexes


class Delivery(Identified, Timestamped, SiteOwned, Work, Base):
    """The hand-over of an article (kind post) or of one image of it (kind media).

    ``options`` is what was asked (``force``, ``status``); ``receipt`` what the site answered.
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
    sha256: Mapped[str | None] = mapped_column(String(64))
    receipt: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    wp_id: Mapped[int | None] = mapped_column(BigInteger)
