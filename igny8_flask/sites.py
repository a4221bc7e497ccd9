"""The life of a connected site: its credentials, its self-test, its end."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select

from igny8_flask import site_keys
from igny8_flask.db import Base, db, utcnow
from igny8_flask.errors import ConflictError, InputError, NotFoundError, WordPressError
from igny8_flask.log import get_logger
from igny8_flask.models import Content, Delivery, Site, SiteStatus, WorkState
from igny8_flask.services import current
from igny8_flask.site_urls import MAX_URL_CHARS, is_same_home, is_same_host, normalise
from igny8_flask.wordpress.client import Addressee, WordPressClient
from igny8_flask.wordpress.core_client import CoreClient
from igny8_flask.wordpress.self_test import Check, ask_site, run_self_test

log = get_logger(__name__)

TEST_AGAIN = timedelta(minutes=15)
RECEIPTS = 20  # so many deliveries back is looked for what stood


def store_credentials(
    site: Site, username: str, password: str, password_uuid: str, rest_url: str
) -> dict[str, Any]:
    """Seal the service user's application password, then test it; returns the connection."""
    site.rest_url = own_rest_url(site, rest_url)
    site.wp_username = username
    context = site.seal_context("wp_password_sealed")
    site.wp_password_sealed = current().secrets.seal(password, context)
    site.wp_password_uuid = password_uuid
    db.session.commit()
    return check_connection(site)


def door_for(site: Site, content: Content) -> WordPressClient | CoreClient:
    """The way of one article to the site: the plugin's routes, or core's where there is none.

    ConflictError while a copy of the site is about: nobody knows which of them is meant.
    """
    if site.moved_to:
        raise ConflictError(
            f"A copy of this site stands at {site.moved_to}: nothing is sent until that is "
            "settled. Disconnect IGNY8 on the copy, then run the connection test on this site.",
            "site_moved",
        )
    client = client_for(site)
    if has_plugin(site):
        return client

    def remember(post_id: int) -> None:
        content.wp_post_id = post_id
        db.session.commit()

    return CoreClient(client, content.wp_post_id, remember, _last_base(content))


def _last_base(content: Content) -> dict[str, Any]:
    """What stood in the article's post after its last delivery over core's routes."""
    told = db.session.scalars(
        select(Delivery.receipt)
        .where(Delivery.site_id == content.site_id, Delivery.content_id == content.id)
        .where(Delivery.state.in_((WorkState.SUCCESS, WorkState.FAILURE)))
        .order_by(Delivery.finished_at.desc())
        .limit(RECEIPTS)
    )
    bases = [receipt["base"] for receipt in told if receipt and "base" in receipt]
    return dict(bases[0]) if bases else {}


def client_for(site: Site) -> WordPressClient:
    """A client for the site's WordPress; ConflictError while it has handed over no password."""
    if not (site.rest_url and site.wp_username and site.wp_password_sealed):
        raise ConflictError(
            "The site has not handed over its publishing user yet. Connect it again.",
            "site_not_connected",
        )
    context = site.seal_context("wp_password_sealed")
    password = current().secrets.open(site.wp_password_sealed, context)
    meant = Addressee(site.site_uuid, site.url) if site.site_uuid else None
    return WordPressClient(
        current().outbound, site.rest_url, site.wp_username, password, addressee=meant
    )


def check_connection(site: Site) -> dict[str, Any]:
    """Test the way to the site's WordPress now, at most 15 s; stores and returns the result."""
    if site.status is not SiteStatus.CONNECTED:
        return _connection("none", [])
    if not site.wp_password_sealed:
        missing = Check(
            "auth",
            False,
            "The plugin has not handed over its publishing user yet.",
            "Press Connect again on the plugin's settings page.",
        )
        return _store_connection(site, _connection("pull", [missing]))
    client, expected = client_for(site), (site.site_uuid or "", site.url)
    db.session.commit()  # no database connection is held while the site is asked
    abilities, checks = run_self_test(client, *expected)
    mode = "push" if all(check.ok or not check.blocks for check in checks) else "pull"
    known = (site.connection or {}).get("site", {})
    return _store_connection(site, {**_connection(mode, checks), "site": abilities or known})


def copy_check(site: Site, home: str) -> Check | None:
    """What the caller at ``home`` has to know of a copy of the site, if there is one."""
    if home and not is_same_home(home, site.url):
        words = f"This is a copy of {site.url}: nothing is sent here or taken from here."
        fix = "Disconnect, and connect with a code of its own if this is the site from now on."
        return Check("copy", False, words, fix)
    if site.moved_to:
        words = f"A copy of this site calls from {site.moved_to}; it is refused."
        return Check("copy", False, words, "Disconnect IGNY8 on the copy, then test again here.")
    return None


def note_copy(site: Site, error: WordPressError) -> None:
    """Keep the address of a copy that a push met, so that both are told."""
    home = str(error.details.get("home_url", ""))
    if error.code == "wp_other_site" and home and not is_same_home(home, site.url):
        site.moved_to = home[:MAX_URL_CHARS]
        db.session.commit()


def forget_copy(site: Site, home: str) -> None:
    """The site itself asks anew: a copy that still calls is noted again."""
    if site.moved_to and home and is_same_home(home, site.url):
        site.moved_to = None
        db.session.commit()


def has_plugin(site: Site) -> bool:
    """Whether our plugin runs on the site; without it only core's own routes are there."""
    return site.site_uuid is not None


def is_shut(site: Site) -> bool:
    """Whether the site refuses us for good: asked once more, by a call that changes nothing."""
    client = client_for(site)
    db.session.commit()
    try:
        return not client.whoami().get("user")
    except WordPressError as error:
        return not error.retryable


def check_again(site: Site) -> None:
    """Test a site that is left to its plugin once more when the last test is a while ago."""
    checked_at = (site.connection or {}).get("checked_at")
    known = datetime.fromisoformat(checked_at) if checked_at else None
    if known is not None and utcnow() - known > TEST_AGAIN and site.wp_password_sealed:
        check_connection(site)


def fall_back_to_pull(site: Site, error: WordPressError) -> str:
    """A push was refused for a reason that lasts: the plugin fetches from now on.

    Returns the cause in words: by what the site says of itself where it says more than the refusal.
    """
    check = _blocker(site) or _refused(error)
    fix = f"{check.fix} Or leave it: the plugin fetches the articles by itself."
    known = (site.connection or {}).get("site", {})
    stored = {**_connection("pull", [replace(check, fix=fix)]), "site": known}
    _store_connection(site, stored)
    log.warning("site_falls_back_to_pull", site_id=str(site.id), code=error.code)
    return check.message


def _blocker(site: Site) -> Check | None:
    """What stands in the way to the site, asked now by a call that changes nothing."""
    client, expected = client_for(site), (site.site_uuid or "", site.url)
    db.session.commit()
    _, checks = ask_site(client, *expected)
    return None if checks[-1].ok else checks[-1]


def _refused(error: WordPressError) -> Check:
    name = "auth" if error.code in ("wp_auth", "wp_forbidden") else "rest"
    return Check(name, False, error.message, "Mend this and run the test again.")


def note_abilities(site: Site, told: dict[str, Any]) -> None:
    """Keep what the plugin says of its site, for sites that nobody can ask; the caller commits."""
    known = site.connection or _connection("none", [])
    site.connection = {**known, "site": {**known.get("site", {}), **told}}


def disconnect(site: Site) -> None:
    """Revoke all keys and forget all secrets; what was written stays."""
    site_keys.revoke_all(site)
    site.status = SiteStatus.DISCONNECTED
    forget_credentials(site)
    site.webhook_secret_sealed = None
    db.session.commit()
    log.info("site_disconnected", site_id=str(site.id), url=site.url)


def purge(site: Site) -> None:
    """Delete a site with everything that belongs to it."""
    site_id = site.id
    db.session.expunge_all()
    for table in reversed(Base.metadata.sorted_tables):
        if "site_id" in table.c:
            db.session.execute(delete(table).where(table.c.site_id == site_id))
    db.session.execute(delete(Site).where(Site.id == site_id))
    db.session.commit()


def find_by_url(url: str) -> Site:
    """The site at an address; NotFoundError when there is none."""
    site = site_by_url(normalise(url))
    if site is None:
        raise NotFoundError(f"There is no site {url}.")
    return site


def site_by_url(home: str) -> Site | None:
    """The site at a normalised address, with http or https."""
    scheme, rest = home.split("://", 1)
    either = (home, f"{'http' if scheme == 'https' else 'https'}://{rest}")
    return db.session.scalar(select(Site).where(Site.url.in_(either)))


def own_rest_url(site: Site, rest_url: str) -> str:
    """The REST base as given, when it lies on the site's own server."""
    if len(rest_url) > 500 or not is_same_host(rest_url, site.url):
        raise InputError(
            f"The REST address does not belong to {site.url}.",
            None,
            {"rest_url": ["Must lie on the site's own server."]},
        )
    return rest_url


def forget_credentials(site: Site) -> None:
    """Drop the publishing user and what was known of the connection; the caller commits."""
    site.wp_username = None
    site.wp_password_sealed = None
    site.wp_password_uuid = None
    site.connection = None


def _connection(mode: str, checks: list[Check]) -> dict[str, Any]:
    return {
        "mode": mode,
        "checked_at": utcnow().isoformat(),
        "checks": [check.as_dict() for check in checks],
    }


def _store_connection(site: Site, connection: dict[str, Any]) -> dict[str, Any]:
    site.connection = connection
    db.session.commit()
    return connection
