"""Operator-wide data about models: own prices, and what each base URL offers."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from igny8_flask.db import Base, Identified, Timestamped


class ModelPrice(Identified, Timestamped, Base):
    """A price that the operator set, or another name of a priced model; never changed, followed.

    Exactly one of ``rate`` (see ``ai.price_table.parse_rate``) and ``alias_of`` is filled; the
    row with the latest ``valid_from`` that has passed counts.
    """

    __tablename__ = "model_price"
    __table_args__ = (UniqueConstraint("model", "valid_from"),)

    model: Mapped[str] = mapped_column(String(200))
    valid_from: Mapped[datetime]
    rate: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    alias_of: Mapped[str | None] = mapped_column(String(200))
    source: Mapped[str] = mapped_column(String(200))


class ModelListing(Base):
    """What ``GET /models`` of a base URL said last; ``models`` maps a name to its last day."""

    __tablename__ = "model_listing"

    base_url: Mapped[str] = mapped_column(String(500), primary_key=True)
    tried_at: Mapped[datetime]
    read_at: Mapped[datetime | None]
    models: Mapped[dict[str, str | None]] = mapped_column(JSON, default=dict)
    error: Mapped[str | None] = mapped_column(Text)
