"""Sites without our plugin: added by an operator with an application password."""

import re

from igny8_flask import handshake, sites
from igny8_flask.db import db, utcnow
from igny8_flask.errors import ConflictError, InputError, OutboundError
from igny8_flask.models import Site, SiteStatus
from igny8_flask.outbound import WORDPRESS
from igny8_flask.services import current
from igny8_flask.site_urls import normalise
from igny8_flask.wordpress.client import WordPressClient
from igny8_flask.wordpress.core_abilities import read_abilities
from igny8_flask.wordpress.core_client import CoreClient
from igny8_flask.wordpress.replies import unreachable

REST_LINK = re.compile(r'<([^>]+)>;\s*rel="https://api\.w\.org/"')
MAX_NAME_CHARS = 200
NEEDED = ("edit_posts", "publish_posts", "upload_files")


def add(url: str, account_name: str, username: str, password: str) -> Site:
    """Connect a site over core's own routes, once the password proved good there.

    Raises ConflictError, InputError, and WordPressError with the cause.
    """
    home = normalise(url)
    account = handshake.account_named(account_name)
    site = sites.site_by_url(home)
    if site is not None and (site.account_id != account.id or sites.has_plugin(site)):
        raise ConflictError(f"{home} is connected already.", "site_taken")
    rest_url = find_rest(home)
    password = "".join(password.split())
    rest = WordPressClient(current().outbound, rest_url, username, password)
    _check_rights(CoreClient(rest).whoami().get("capabilities", {}))
    told = read_abilities(rest)
    name = told.pop("name")[:MAX_NAME_CHARS]
    if site is None:
        site = Site(account=account, account_id=account.id, url=home, name=home)
        db.session.add(site)
        db.session.flush()
    site.name = name or home
    site.rest_url = sites.own_rest_url(site, rest_url)
    site.status, site.connected_at = SiteStatus.CONNECTED, utcnow()
    site.wp_username = username
    context = site.seal_context("wp_password_sealed")
    site.wp_password_sealed = current().secrets.seal(password, context)
    checked = {"mode": "push", "checked_at": utcnow().isoformat(), "checks": []}
    site.connection = {**checked, "site": told}
    db.session.commit()
    return site


def find_rest(home: str) -> str:
    """The REST base that a site's front page names."""
    try:
        reply = current().outbound.request("GET", f"{home}/", WORDPRESS)
    except OutboundError as error:
        raise unreachable(error) from error
    found = REST_LINK.search(reply.headers.get("Link", ""))
    if found is None:
        raise InputError(f"{home} does not look like a WordPress with its REST API on.")
    return found[1]


def _check_rights(capabilities: dict[str, bool]) -> None:
    lacking = [name for name in NEEDED if not capabilities.get(name)]
    if lacking:
        words = f"This user may not publish: it lacks {', '.join(lacking)}. Take an author."
        raise InputError(words)
