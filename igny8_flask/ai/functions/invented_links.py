"""Links that a model made up: to pages of the site that the site does not have."""

import uuid

from sqlalchemy import select

from igny8_flask.content import own_addresses, without_links
from igny8_flask.db import db
from igny8_flask.models import Site, SitePost

MAX_NAMED = 5  # addresses in one warning


def without_invented(html: str, site_id: uuid.UUID) -> tuple[str, list[str]]:
    """The text without links to pages that its site does not have, and a word about them.

    Sites whose plugin has not told its posts are left alone.
    """
    told = select(SitePost.url).where(SitePost.site_id == site_id)
    home = db.session.scalar(select(Site.url).where(Site.id == site_id)) or ""
    wanted = own_addresses(html, home)
    if not wanted or db.session.scalar(told.limit(1)) is None:
        return html, []
    spellings = {address: _spellings(address) for address in wanted}
    all_ = [one for some in spellings.values() for one in some]
    live = set(db.session.scalars(told.where(SitePost.url.in_(all_))))
    invented = [address for address, some in spellings.items() if not live & some]
    if not invented:
        return html, []
    words = "Links to pages that this site does not have were taken out: "
    return without_links(html, home, invented), [words + ", ".join(invented[:MAX_NAMED]) + "."]


def _spellings(address: str) -> set[str]:
    """The same address with and without TLS and the last slash."""
    rest = address.partition("://")[2].rstrip("/")
    return {f"{scheme}://{rest}{end}" for scheme in ("http", "https") for end in ("", "/")}
