"""Settings of accounts and sites, prompts with versions, and remembered answers."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    ForeignKeyConstraint,
    Index,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from igny8_flask.db import Base, Identified, Timestamped
from igny8_flask.models.tenancy import AccountOrSiteOwned, SiteOwned, site_table


class Heartbeat(Base):
    """When a part of the product could last write to the database; ``name`` is the part's."""

    __tablename__ = "heartbeat"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    at: Mapped[datetime]


class IntegrationSettings(Identified, Timestamped, AccountOrSiteOwned, Base):
    """Settings of one kind for an account (``site_id`` None) or one of its sites.

    ``integration_type`` is openai, runware, image_generation, publishing or brand; ``config`` holds
    open values, ``secret_sealed`` the provider's key.
    """

    __tablename__ = "integration_settings"
    __table_args__ = (
        ForeignKeyConstraint(["account_id", "site_id"], ["site.account_id", "site.id"]),
        UniqueConstraint("site_id", "integration_type"),
        Index(
            "uq_integration_settings_account",
            "account_id",
            "integration_type",
            unique=True,
            sqlite_where=text("site_id IS NULL"),
            postgresql_where=text("site_id IS NULL"),
        ),
    )

    integration_type: Mapped[str] = mapped_column(String(40))
    config: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    secret_sealed: Mapped[str | None] = mapped_column(Text)

    def seal_context(self) -> str:
        """The place this row's secret is bound to."""
        return f"integration_settings.secret:{self.account_id}:{self.id}"


class AIPrompt(Identified, Timestamped, AccountOrSiteOwned, Base):
    """One version of a prompt; the active one of a site wins over that of its account."""

    __tablename__ = "ai_prompt"
    __table_args__ = (
        ForeignKeyConstraint(["account_id", "site_id"], ["site.account_id", "site.id"]),
        UniqueConstraint("account_id", "site_id", "prompt_type", "version"),
    )

    prompt_type: Mapped[str] = mapped_column(String(60))
    version: Mapped[int]
    template: Mapped[str] = mapped_column(Text)
    is_active: Mapped[bool] = mapped_column(default=True)


class IdempotencyRecord(Identified, Timestamped, SiteOwned, Base):
    """The answer to a write that carried an ``Idempotency-Key``; kept 24 hours."""

    __tablename__ = "idempotency_record"
    __table_args__ = site_table(UniqueConstraint("site_id", "key"))

    key: Mapped[str] = mapped_column(String(64))
    request_hash: Mapped[str] = mapped_column(String(64))
    status: Mapped[int | None]
    body: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    expires_at: Mapped[datetime] = mapped_column(index=True)
