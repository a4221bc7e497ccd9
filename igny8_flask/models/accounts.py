"""Who owns what: accounts, their WordPress sites, and the keys of those sites."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKeyConstraint, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from igny8_flask.db import Base, Identified, Timestamped
from igny8_flask.models.enums import KeyScope, SiteStatus, stored
from igny8_flask.models.tenancy import AccountOwned, SiteOwned
from igny8_flask.tenants import OWN_ACCOUNT, OWN_SITE, TenantOwned


class Account(Identified, Timestamped, TenantOwned, Base):
    """A customer of the operator: an agency or a site owner."""

    __tablename__ = "account"

    name: Mapped[str] = mapped_column(String(200), unique=True)

    @classmethod
    def is_own(cls) -> Any:
        """The account itself."""
        return cls.id == OWN_ACCOUNT

    def owner(self) -> tuple[uuid.UUID | None, uuid.UUID | None]:
        """It belongs to itself."""
        return self.__dict__.get("id"), None


class Site(Identified, Timestamped, AccountOwned, Base):
    """One WordPress. ``url`` is normalised; ``site_uuid`` is made by its plugin."""

    __tablename__ = "site"
    __table_args__ = (UniqueConstraint("account_id", "id"), UniqueConstraint("url"))

    name: Mapped[str] = mapped_column(String(200), default="")
    url: Mapped[str] = mapped_column(String(500))
    rest_url: Mapped[str] = mapped_column(String(500), default="")
    site_uuid: Mapped[str | None] = mapped_column(String(36))
    status: Mapped[SiteStatus] = mapped_column(stored(SiteStatus), default=SiteStatus.PENDING)
    connected_at: Mapped[datetime | None]
    moved_to: Mapped[str | None] = mapped_column(String(500))
    wp_username: Mapped[str | None] = mapped_column(String(100))
    wp_password_sealed: Mapped[str | None] = mapped_column(Text)
    wp_password_uuid: Mapped[str | None] = mapped_column(String(36))
    webhook_secret_sealed: Mapped[str | None] = mapped_column(Text)
    connection: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    versions: Mapped[dict[str, Any] | None] = mapped_column(JSON)

    account: Mapped[Account] = relationship(lazy="joined")

    @classmethod
    def is_own(cls) -> Any:
        """The site itself; its sisters are as foreign as any other."""
        return cls.id == OWN_SITE

    def owner(self) -> tuple[uuid.UUID | None, uuid.UUID | None]:
        """It belongs to its account and itself."""
        return self.__dict__.get("account_id"), self.__dict__.get("id")

    def seal_context(self, column: str) -> str:
        """The place a secret of this row is bound to."""
        return f"site.{column}:{self.account_id}:{self.id}"


class SiteKey(Identified, Timestamped, SiteOwned, Base):
    """A bearer key of one site; only its digest is stored."""

    __tablename__ = "site_key"
    __table_args__ = (
        ForeignKeyConstraint(["account_id", "site_id"], ["site.account_id", "site.id"]),
    )

    public_id: Mapped[str] = mapped_column(String(12), unique=True)
    digest: Mapped[str] = mapped_column(String(64))
    scope: Mapped[KeyScope] = mapped_column(stored(KeyScope), default=KeyScope.SITE)
    last_used_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]

    site: Mapped[Site] = relationship(lazy="joined")


class ConnectCode(Identified, Timestamped, SiteOwned, Base):
    """A one-time code that connects one expected site; only its digest is stored."""

    __tablename__ = "connect_code"
    __table_args__ = (
        ForeignKeyConstraint(["account_id", "site_id"], ["site.account_id", "site.id"]),
    )

    digest: Mapped[str] = mapped_column(String(64), unique=True)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    used_by: Mapped[str | None] = mapped_column(String(36))

    site: Mapped[Site] = relationship(lazy="joined")
