"""What makes a row belong to a site: both ids, and parents only of the same site."""

import uuid
from typing import Any

from sqlalchemy import ForeignKeyConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column


class SiteOwned:
    """Mixin of all site data: account and site, always both."""

    account_id: Mapped[uuid.UUID]
    site_id: Mapped[uuid.UUID] = mapped_column(index=True)


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
