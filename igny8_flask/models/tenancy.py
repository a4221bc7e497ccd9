"""What makes a row belong to an account or a site, and parents only of the same site."""

import uuid
from typing import Any

from sqlalchemy import ForeignKey, ForeignKeyConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from igny8_flask.tenants import OWN_ACCOUNT, OWN_SITE, TenantOwned


class SiteOwned(TenantOwned):
    """Mixin of all site data: account and site, always both."""

    account_id: Mapped[uuid.UUID]
    site_id: Mapped[uuid.UUID] = mapped_column(index=True)

    @classmethod
    def is_own(cls) -> Any:
        """The site's rows."""
        return cls.site_id == OWN_SITE


class AccountOwned(TenantOwned):
    """Mixin of what all sites of an account share."""

    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))

    @classmethod
    def is_own(cls) -> Any:
        """The account's rows."""
        return cls.account_id == OWN_ACCOUNT


class AccountOrSiteOwned(AccountOwned):
    """Mixin of what stands for a whole account (``site_id`` None) or for one of its sites."""

    site_id: Mapped[uuid.UUID | None] = mapped_column()

    @classmethod
    def is_own(cls) -> Any:
        """The site's rows, and those that stand for its whole account."""
        own = (cls.site_id == OWN_SITE) | cls.site_id.is_(None)
        return (cls.account_id == OWN_ACCOUNT) & own


def site_table(*more: Any) -> tuple[Any, ...]:
    """Table arguments of site data: the owner must exist, and (site, id) can be pointed at."""
    return (
        ForeignKeyConstraint(["account_id", "site_id"], ["site.account_id", "site.id"]),
        UniqueConstraint("site_id", "id"),
        *more,
    )


def parent(column: str, table: str) -> ForeignKeyConstraint:
    """A parent row of the same site; the database refuses a foreign one."""
    return ForeignKeyConstraint(["site_id", column], [f"{table}.site_id", f"{table}.id"])
