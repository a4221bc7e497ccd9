"""Who calls: the site key of a request, and whether the site is still where it was.

Every route asks for a site key unless its endpoint stands in ``PUBLIC_ENDPOINTS``.
"""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, cast

from flask import g, request
from sqlalchemy import or_, select, update

from igny8_flask import log, tenants
from igny8_flask.cache import Caller, StatusBody
from igny8_flask.crypto import SiteKeyText, key_digest, read_site_key, same_digest
from igny8_flask.db import db, utcnow
from igny8_flask.errors import AuthError, ConflictError, ForbiddenError
from igny8_flask.limits import Limit
from igny8_flask.models import KeyScope, Site, SiteKey
from igny8_flask.services import Services, current
from igny8_flask.site_urls import MAX_URL_CHARS, is_same_home

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

PUBLIC_ENDPOINTS = frozenset(
    {
        "health.healthz",
        "health.readyz",
        "health.read_metrics",
        "sites.connect",
        "api-docs.openapi_json",
    }
)
# What the plugin tells about deliveries that it holds: losing that would only repeat the work.
LEASE_ENDPOINTS = frozenset({"publisher.media_stored", "publisher.receive_receipt"})
LEASE_SHARE = 10
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
POLLED_ENDPOINTS = {"runs.read_status": "run_id", "publisher.read_status": "delivery_id"}
LAST_USED_GRAIN = timedelta(hours=1)
GUESSES = Limit("keys", 60, 60, "Too many unknown site keys were tried from here.")
TOO_MANY_WRITES = "This site asks for too much at once."
OLD_KEY_GRACE = timedelta(hours=1)  # how long the old key lives on once the new one is in use


@dataclass(frozen=True)
class Principal:
    """The caller of this request: one site, known by one key.

    ``ready`` is the status that a poll asks for, where Redis gave it along with the caller.
    """

    account_id: uuid.UUID
    site_id: uuid.UUID
    key_id: str
    scope: KeyScope = KeyScope.READ
    loaded: Site | None = None
    ready: StatusBody | None = None

    @property
    def site(self) -> Site:
        """The calling site's row."""
        return self.loaded or db.session.get_one(Site, self.site_id)


def as_nobody(application: "WSGIApplication") -> "WSGIApplication":
    """Each request begins without a tenant, and the thread ends it as it was before."""

    def answer(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        with tenants.within(None):
            return application(environ, start_response)

    return answer


def require_site_key() -> None:
    """Run before each request: find the caller, refuse strangers and moved sites."""
    if request.url_rule is None or request.endpoint in PUBLIC_ENDPOINTS:
        return
    presented = read_site_key(_bearer(request.headers.get("Authorization", "")))
    digest = key_digest(current().settings.pepper, presented.text)
    polls = request.endpoint in POLLED_ENDPOINTS
    g.principal = _remembered(presented, digest) if polls else None
    if g.principal is not None:
        tenants.enter(tenants.Tenant(g.principal.account_id, g.principal.site_id))
        return
    with tenants.every_tenant():  # the key says whose request this is
        key = _known_key(presented, digest)
    tenants.enter(tenants.Tenant(key.account_id, key.site_id))
    log.bind(account_id=str(key.account_id), site_id=str(key.site_id), caller=key.public_id)
    g.principal = Principal(key.account_id, key.site_id, key.public_id, key.scope, key.site)
    if polls:
        current().cache.put_caller(Caller(key.public_id, digest, key.account_id, key.site_id))
    if request.method not in SAFE_METHODS:
        refuse_reader()
        refuse_moved(key.site)
        _limit_writes(key.site_id, request.endpoint in LEASE_ENDPOINTS)
    _note_use(key, utcnow())


def principal() -> Principal:
    """The caller of the current request."""
    return cast(Principal, g.principal)


def refuse_reader() -> None:
    """Stop a key that may only look; also for the few GET routes that do something."""
    if principal().scope is KeyScope.READ:
        raise ForbiddenError("This key can only read. Use the site's own key.", "key_read_only")


def polled_status(services: Services, authorization: str, work_id: uuid.UUID) -> StatusBody | None:
    """The status that Redis holds of a work of the caller's site; None where the route decides."""
    try:
        presented = read_site_key(_bearer(authorization))
    except AuthError:
        return None
    digest = key_digest(services.settings.pepper, presented.text)
    caller, ready = services.cache.get_polled(presented.public_id, work_id)
    return ready if caller is not None and same_digest(caller.digest, digest) else None


def _bearer(authorization: str) -> str:
    scheme, _, text = authorization.partition(" ")
    if not scheme or (scheme.lower() == "bearer" and not text.strip()):
        raise AuthError("No site key was sent. Connect the site again.", "key_missing")
    if scheme.lower() != "bearer":
        raise AuthError("The site key must be sent as a bearer key.", "key_malformed")
    return text.strip()


def _remembered(presented: SiteKeyText, digest: str) -> Principal | None:
    """The caller of a poll as Redis knows it, so that polling costs no SQL."""
    work_id = (request.view_args or {})[POLLED_ENDPOINTS[request.endpoint or ""]]
    caller, ready = current().cache.get_polled(presented.public_id, work_id)
    if caller is None or not same_digest(caller.digest, digest):
        return None
    return Principal(caller.account_id, caller.site_id, caller.public_id, ready=ready)


def _known_key(presented: SiteKeyText, digest: str) -> SiteKey:
    key = db.session.scalar(select(SiteKey).where(SiteKey.public_id == presented.public_id))
    if key is None or not same_digest(key.digest, digest):
        current().limiter.take(GUESSES, request.remote_addr or "")
        raise AuthError("This site key is not known here. Connect the site again.", "key_unknown")
    if key.revoked_at is not None:
        raise AuthError("This site key was revoked. Connect the site again.", "key_revoked")
    if key.expires_at is not None and key.expires_at <= utcnow():
        raise AuthError("This site key has expired. Connect the site again.", "key_expired")
    return key


def _limit_writes(site_id: uuid.UUID, under_lease: bool) -> None:
    services = current()
    per_minute = services.settings.site_writes * (LEASE_SHARE if under_lease else 1)
    name = "leases" if under_lease else "writes"
    limit = Limit(name, per_minute, max(per_minute // 3, 1), TOO_MANY_WRITES)
    services.limiter.take(limit, site_id.hex)


def calling_home() -> str:
    """The address that the calling plugin says it stands at; empty when it does not say."""
    return request.headers.get("X-Igny8-Home", "")


def refuse_moved(site: Site) -> None:
    """Stop writes of a copy: another plugin identity, or the same one at another address."""
    identity = request.headers.get("X-Igny8-Site", "")
    home = calling_home()
    if identity and identity.lower() != site.site_uuid:
        raise ConflictError("This key belongs to another WordPress installation.", "site_moved")
    if home and not is_same_home(home, site.url):
        site.moved_to = home[:MAX_URL_CHARS]
        db.session.commit()
        raise ConflictError(
            f"This site was connected as {site.url} and now calls from another address. "
            "Connect it again as a new site, or tell the operator that it has moved.",
            "site_moved",
        )


def _note_use(key: SiteKey, now: datetime) -> None:
    """Keep the hour of last use; the first use of a new key ends the life of the older ones."""
    if key.last_used_at is not None and now - key.last_used_at < LAST_USED_GRAIN:
        return
    if key.last_used_at is None and key.scope is KeyScope.SITE:
        end = now + OLD_KEY_GRACE
        db.session.execute(
            update(SiteKey)
            .where(SiteKey.site_id == key.site_id, SiteKey.created_at < key.created_at)
            .where(SiteKey.scope == KeyScope.SITE, SiteKey.revoked_at.is_(None))
            .where(or_(SiteKey.expires_at.is_(None), SiteKey.expires_at > end))
            .values(expires_at=end)
        )
    key.last_used_at = now
    db.session.commit()
