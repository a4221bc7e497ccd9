"""The bearer keys of sites: issued in clear once, stored as digests, rotated, revoked."""

from datetime import timedelta

from sqlalchemy import ColumnElement, select, update

from igny8_flask.crypto import key_digest, new_site_key
from igny8_flask.db import db, utcnow
from igny8_flask.errors import NotFoundError
from igny8_flask.models import KeyScope, Site, SiteKey
from igny8_flask.services import current

OLD_KEY_LIFE = timedelta(hours=72)  # a replaced key that nobody follows up ends by itself


def digest(text: str) -> str:
    """What is stored of a key or connect code."""
    return key_digest(current().settings.pepper, text)


def issue(site: Site, scope: KeyScope = KeyScope.SITE) -> str:
    """Add a key to a site and return its text; the caller commits."""
    key = new_site_key()
    db.session.add(
        SiteKey(
            account_id=site.account_id,
            site_id=site.id,
            public_id=key.public_id,
            digest=digest(key.text),
            scope=scope,
        )
    )
    return key.text


def rotate(site: Site, presented_id: str) -> str:
    """Issue a new key; the presented one stays valid until the new one is in use."""
    end = utcnow() + OLD_KEY_LIFE
    presented = db.session.scalars(select(SiteKey).where(SiteKey.public_id == presented_id)).one()
    presented.expires_at = min(presented.expires_at or end, end)
    _revoke(site, SiteKey.public_id != presented_id, SiteKey.scope == KeyScope.SITE)
    key = issue(site)
    db.session.commit()
    return key


def revoke_all(site: Site) -> None:
    """Revoke all live keys of a site; the caller commits."""
    _revoke(site)


def revoke(public_id: str) -> None:
    """Revoke one key at once."""
    key = db.session.scalar(select(SiteKey).where(SiteKey.public_id == public_id))
    if key is None:
        raise NotFoundError(f"There is no key {public_id}.")
    key.revoked_at = key.revoked_at or utcnow()
    db.session.commit()
    current().cache.drop_callers([public_id])


def _revoke(site: Site, *which: ColumnElement[bool]) -> None:
    revoked = db.session.scalars(
        update(SiteKey)
        .where(SiteKey.site_id == site.id, SiteKey.revoked_at.is_(None), *which)
        .values(revoked_at=utcnow())
        .returning(SiteKey.public_id)
    )
    current().cache.drop_callers(revoked.all())
