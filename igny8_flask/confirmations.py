"""A look at a post after its time: do visitors see it, or did a person take it back?"""

from dataclasses import replace

from igny8_flask import sites, withdrawals
from igny8_flask.db import db
from igny8_flask.errors import OutboundError, WordPressError
from igny8_flask.models import Content, Site
from igny8_flask.outbound import WORDPRESS
from igny8_flask.services import current
from igny8_flask.site_urls import is_same_host, origin


def is_public(site: Site, content: Content) -> bool:
    """Whether visitors can read the post: asked for without credentials."""
    link = content.wp_link or ""
    if not is_same_host(link, site.url):
        return False
    policy = replace(WORDPRESS, origins=frozenset({origin(link)}))
    db.session.commit()
    try:
        reply = current().outbound.request("GET", link, policy, headers={"Accept": "text/html"})
    except OutboundError:
        return False
    return reply.status == 200


def withdrawn_to(site: Site, content: Content) -> str | None:
    """The state in which a person left a post that was on its way to the public, if one did."""
    if content.wp_post_id is None:
        return None
    before, client = content.wp_status, sites.door_for(site, content)
    db.session.commit()
    try:
        status = str(client.get_content(content.id)["status"])
    except WordPressError as error:
        if error.details.get("wp_code") != "igny8_not_found":
            raise
        status = withdrawals.GONE
    return status if withdrawals.is_withdrawal(before, status) else None
