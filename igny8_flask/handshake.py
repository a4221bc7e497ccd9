"""The handshake: an operator makes a one-time code, a plugin redeems it for its key."""

import base64
import json
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update

from igny8_flask import site_keys, sites
from igny8_flask.crypto import new_secret
from igny8_flask.db import db, utcnow
from igny8_flask.errors import ConflictError, InputError
from igny8_flask.log import get_logger, hide
from igny8_flask.models import Account, ConnectCode, Site, SiteKey, SiteStatus
from igny8_flask.services import current
from igny8_flask.site_urls import is_same_home, normalise
from igny8_flask.tenants import every_tenant, tenant

log = get_logger(__name__)

CODE_LIFE = timedelta(minutes=15)
REPEAT_WINDOW = timedelta(seconds=60)  # a lost answer may be asked for again this long
DEFAULT_ACCOUNT = "Default"
MAX_ACCOUNT_CHARS = 200


@dataclass(frozen=True)
class Introduction:
    """What a plugin says of its WordPress when it connects."""

    site_uuid: str
    home_url: str
    rest_url: str
    name: str
    versions: dict[str, str]


@dataclass(frozen=True)
class Connected:
    """What a plugin receives once: its key and webhook secret in clear."""

    site: Site
    site_key: str
    webhook_secret: str


def new_connect_code(url: str, account_name: str = DEFAULT_ACCOUNT) -> str:
    """Invite a site: the text to paste into its plugin, valid once and for 15 minutes."""
    home = normalise(url)
    account = account_named(account_name)
    site = sites.site_by_url(home)
    if site is not None and site.account_id != account.id:
        raise ConflictError(f"{home} belongs to the account {site.account.name}.", "site_taken")
    if site is None:
        site = Site(account=account, account_id=account.id, url=home)
        db.session.add(site)
        db.session.flush()
    code = hide(secrets.token_urlsafe(24))
    db.session.add(
        ConnectCode(
            account_id=account.id,
            site_id=site.id,
            digest=site_keys.digest(code),
            expires_at=utcnow() + CODE_LIFE,
        )
    )
    printed = {"v": 1, "url": current().settings.public_url, "account": account.name, "code": code}
    db.session.commit()
    encoded = base64.urlsafe_b64encode(
        json.dumps(printed, ensure_ascii=False, separators=(",", ":")).encode()
    )
    return "igny8-" + encoded.decode().rstrip("=")


def connect(code: str, introduction: Introduction) -> Connected:
    """Redeem a code; the same plugin may repeat it for a minute when the answer was lost."""
    with every_tenant():  # the code says whose site this is
        row = _known_code(code, introduction)
    with tenant(row.account_id, row.site_id):
        return _connect(row, introduction)


def _known_code(code: str, introduction: Introduction) -> ConnectCode:
    """The row of a code that this WordPress may redeem."""
    row = db.session.scalar(select(ConnectCode).where(ConnectCode.digest == site_keys.digest(code)))
    if row is None:
        raise InputError(
            "This connect code is not known here. Copy it again, in one piece.",
            "connect_code_unknown",
        )
    hide(code)
    _check_home(row.site, introduction)
    return row


def _connect(row: ConnectCode, introduction: Introduction) -> Connected:
    _redeem(row, introduction.site_uuid)
    site = row.site
    site_keys.revoke_all(site)
    key = site_keys.issue(site)
    webhook_secret = _introduce(site, introduction)
    db.session.commit()
    log.info("site_connected", site_id=str(site.id), url=site.url)
    return Connected(site, key, webhook_secret)


def move_site(old_url: str, new_url: str) -> str:
    """Tell that a site lives at another address now; returns a connect code for that address."""
    site, home = sites.find_by_url(old_url), normalise(new_url)
    if sites.site_by_url(home) not in (None, site):
        raise ConflictError(f"There is another site at {home}.", "site_taken")
    site.url = home
    site.moved_to = None
    db.session.commit()
    return new_connect_code(home, site.account.name)


def forget_old_codes() -> None:
    """Delete codes that expired more than a day ago; run it now and then."""
    limit = utcnow() - timedelta(days=1)
    db.session.execute(delete(ConnectCode).where(ConnectCode.expires_at < limit))
    db.session.commit()


def account_named(name: str) -> Account:
    """The account of this name; made when there is none. The caller commits."""
    name = name.strip()
    if not 1 <= len(name) <= MAX_ACCOUNT_CHARS:
        raise InputError("An account needs a name of at most 200 characters.", None)
    account = db.session.scalar(select(Account).where(Account.name == name))
    if account is None:
        account = Account(name=name)
        db.session.add(account)
        db.session.flush()
    return account


def _check_home(site: Site, introduction: Introduction) -> None:
    if not is_same_home(site.url, introduction.home_url):
        raise ConflictError(
            f"This code was made for {site.url}, but this site is {introduction.home_url}. "
            "Ask for a code for this address.",
            "connect_code_other_site",
        )
    other = db.session.scalar(
        select(Site).where(
            Site.site_uuid == introduction.site_uuid,
            Site.id != site.id,
            Site.status == SiteStatus.CONNECTED,
        )
    )
    if other is not None:
        raise ConflictError(
            "This WordPress is a copy of another connected site and still carries its identity. "
            "Choose “This is a new site” in the plugin, then connect again.",
            "site_moved",
        )


def _redeem(row: ConnectCode, site_uuid: str) -> None:
    """Use up a code, or accept the repeat of a plugin whose answer was lost."""
    now = utcnow()
    redeemed = db.session.execute(
        update(ConnectCode)
        .where(ConnectCode.id == row.id, ConnectCode.used_at.is_(None))
        .where(ConnectCode.expires_at > now)
        .values(used_at=now, used_by=site_uuid)
        .returning(ConnectCode.id)
        .execution_options(synchronize_session=False)
    ).first()
    db.session.refresh(row)
    if redeemed is not None:
        return
    if row.used_at is None:
        raise InputError(
            "This connect code has expired. Ask for a new one; it is valid for 15 minutes.",
            "connect_code_expired",
        )
    if not _is_repeat(row, site_uuid, now):
        raise ConflictError(
            "This connect code was already used. Ask for a new one.", "connect_code_used"
        )


def _is_repeat(row: ConnectCode, site_uuid: str, now: datetime) -> bool:
    """The same plugin asks again within a minute, and nobody has used the key it was given."""
    if row.used_by != site_uuid or row.used_at is None or now - row.used_at > REPEAT_WINDOW:
        return False
    in_use = select(SiteKey.id).where(
        SiteKey.site_id == row.site_id,
        SiteKey.created_at >= row.used_at,
        SiteKey.last_used_at.is_not(None),
    )
    return db.session.scalar(in_use) is None


def _introduce(site: Site, introduction: Introduction) -> str:
    """Note what the plugin says of itself; returns a new webhook secret."""
    rest_url = sites.own_rest_url(site, introduction.rest_url)
    webhook_secret = new_secret()
    context = site.seal_context("webhook_secret_sealed")
    site.webhook_secret_sealed = current().secrets.seal(webhook_secret, context)
    site.site_uuid = introduction.site_uuid
    site.url = normalise(introduction.home_url)
    site.rest_url = rest_url
    site.name = introduction.name
    site.versions = introduction.versions
    site.status = SiteStatus.CONNECTED
    site.connected_at = utcnow()
    site.moved_to = None
    sites.forget_credentials(site)
    return webhook_secret
