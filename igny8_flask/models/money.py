"""The ledger: append-only movements of money and credits."""

import uuid
from decimal import Decimal

from sqlalchemy import Numeric, String
from sqlalchemy.orm import Mapped, mapped_column

from igny8_flask.db import Base, Identified, Timestamped
from igny8_flask.models.enums import LedgerKind, stored
from igny8_flask.models.tenancy import SiteOwned, parent, site_table


class LedgerEntry(Identified, Timestamped, SiteOwned, Base):
    """One movement; ``amount_usd`` None means that the price is unknown, never that it is free."""

    __tablename__ = "ledger_entry"
    __table_args__ = site_table(parent("run_id", "ai_task_log"), parent("call_id", "paid_call"))

    run_id: Mapped[uuid.UUID] = mapped_column(index=True)
    call_id: Mapped[uuid.UUID | None]
    kind: Mapped[LedgerKind] = mapped_column(stored(LedgerKind))
    amount_usd: Mapped[Decimal | None] = mapped_column(Numeric(14, 8))
    credits: Mapped[int] = mapped_column(default=0)
    reason: Mapped[str] = mapped_column(String(200), default="")
