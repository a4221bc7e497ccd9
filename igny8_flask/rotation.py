"""Re-sealing every stored secret with the first key of the ring, row by row.

Each row is its own transaction and a compare-and-set, so that it can be stopped and started again
beside a running service; a row that changed meanwhile was sealed with the new key anyway.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from sqlalchemy import select, update

from igny8_flask.db import db
from igny8_flask.models import IntegrationSettings, Site
from igny8_flask.services import current

FRESH = {"populate_existing": True}


def key_ids() -> Counter[str]:
    """How many stored secrets are sealed with each key."""
    return Counter(_key_id(sealed) for _, _, _, sealed in _sealed())


def rotate() -> int:
    """Seal with the first key whatever is sealed with another; returns how many. Commits.

    Raises ConfigError when a secret cannot be opened; what was done before stays done.
    """
    secrets = current().secrets
    first = next(iter(secrets.ring))
    changed = 0
    for column, row_id, context, sealed in list(_sealed()):
        if _key_id(sealed) == first:
            continue
        fresh = secrets.seal(secrets.open(sealed, context), context)
        model = column.class_
        db.session.execute(
            update(model)
            .where(model.id == row_id, column == sealed)
            .values({column.key: fresh})
            .execution_options(synchronize_session=False)
        )
        db.session.commit()
        changed += 1
    return changed


def _sealed() -> Iterator[tuple[Any, Any, str, str]]:
    """Every stored secret as (column, row id, context, envelope)."""
    for site in db.session.scalars(select(Site), execution_options=FRESH):
        for column in (Site.wp_password_sealed, Site.webhook_secret_sealed):
            if sealed := getattr(site, column.key):
                yield column, site.id, site.seal_context(column.key), sealed
    for row in db.session.scalars(select(IntegrationSettings), execution_options=FRESH):
        if row.secret_sealed:
            yield IntegrationSettings.secret_sealed, row.id, row.seal_context(), row.secret_sealed


def _key_id(sealed: str) -> str:
    return sealed.split(".")[1]
