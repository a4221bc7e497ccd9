"""Runs of AI functions and the paid calls inside them."""

import uuid
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, Index, LargeBinary, Numeric, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from igny8_flask.db import Base, Identified, Timestamped
from igny8_flask.models.enums import CallState, stored
from igny8_flask.models.tenancy import SiteOwned, parent, site_table
from igny8_flask.models.work import Work, work_indexes


class AITaskLog(Identified, Timestamped, SiteOwned, Work, Base):
    """One run of an AI function; its id is the ``task_id`` of the API.

    ``payload`` is ``{"ids": [...], "options": {...}}``. ``cost_usd`` is None while a price is
    unknown. ``next_kind`` and ``next_id`` name the run or delivery that goes on from here.
    """

    __tablename__ = "ai_task_log"
    __table_args__ = site_table(
        *work_indexes("ai_task_log"),
        Index("ix_ai_task_log_site_id_created_at", "site_id", "created_at"),
    )

    function_name: Mapped[str] = mapped_column(String(60))
    payload: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    cost_usd: Mapped[Decimal | None] = mapped_column(Numeric(14, 8))
    credits: Mapped[int] = mapped_column(default=0)
    tokens: Mapped[int] = mapped_column(default=0)
    model: Mapped[str | None] = mapped_column(String(120))
    sandbox: Mapped[bool] = mapped_column(default=False)
    next_kind: Mapped[str | None] = mapped_column(String(20))
    next_id: Mapped[uuid.UUID | None]


class PaidCall(Identified, Timestamped, SiteOwned, Base):
    """One call to a provider: the intent before it, the reply after it.

    ``reply`` is what the provider gave (JSON of the normalized reply, or image bytes) and is
    reused by (run, step, prompt_hash, model). UNKNOWN = may have been billed without an answer.
    """

    __tablename__ = "paid_call"
    __table_args__ = site_table(
        parent("run_id", "ai_task_log"),
        UniqueConstraint("run_id", "step", "prompt_hash", "model", "attempt"),
    )

    run_id: Mapped[uuid.UUID] = mapped_column(index=True)
    step: Mapped[str] = mapped_column(String(80))
    prompt_hash: Mapped[str] = mapped_column(String(64))
    model: Mapped[str] = mapped_column(String(120))
    attempt: Mapped[int] = mapped_column(default=1)
    generation: Mapped[int] = mapped_column(default=0)  # the run's, when the call was made
    state: Mapped[CallState] = mapped_column(stored(CallState), default=CallState.INTENT)
    provider: Mapped[str] = mapped_column(String(60), default="")
    provider_ref: Mapped[str | None] = mapped_column(String(80))
    request_id: Mapped[str | None] = mapped_column(String(120))
    usage: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    cost_usd: Mapped[Decimal | None] = mapped_column(Numeric(14, 8))
    cost_source: Mapped[str | None] = mapped_column(String(20))
    error_code: Mapped[str | None] = mapped_column(String(60))
    finished_at: Mapped[datetime | None]
    reply: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
