"""What counts against the caps: sums of a period, and what calls in the air may still cost.

Amounts are whole hundred-millionths of a US dollar, so that sums are exact on every database.
"""

import uuid
from datetime import date

from sqlalchemy import BigInteger, ForeignKeyConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from igny8_flask.db import Base, Identified, Timestamped
from igny8_flask.models.tenancy import AccountOrSiteOwned, SiteOwned, parent, site_table


class BudgetCounter(Timestamped, AccountOrSiteOwned, Base):
    """Spent and reserved money of one scope and period.

    ``key`` is ``<account or site>:<id>:<day, month or run>:<which>``; ``unpriced`` is how much of
    ``used`` stands for calls whose price nobody knows.
    """

    __tablename__ = "budget_counter"
    __table_args__ = (
        ForeignKeyConstraint(["account_id", "site_id"], ["site.account_id", "site.id"]),
    )

    key: Mapped[str] = mapped_column(String(100), primary_key=True)
    site_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    used: Mapped[int] = mapped_column(BigInteger, default=0)
    unpriced: Mapped[int] = mapped_column(BigInteger, default=0)


class BudgetHold(Identified, Timestamped, SiteOwned, Base):
    """What one call in the air holds of each counter of its ``day`` (UTC)."""

    __tablename__ = "budget_hold"
    __table_args__ = site_table(parent("call_id", "paid_call"))

    call_id: Mapped[uuid.UUID] = mapped_column(unique=True)
    day: Mapped[date]
    amount: Mapped[int] = mapped_column(BigInteger)
