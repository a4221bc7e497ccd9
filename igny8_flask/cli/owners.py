"""Whose settings a command means: those of an account, or of one site."""

from sqlalchemy import select

from igny8_flask import sites
from igny8_flask.db import db
from igny8_flask.errors import InputError, NotFoundError
from igny8_flask.models import Account, Site


def find_owner(account: str | None, site_url: str | None) -> tuple[Account, Site | None]:
    """The account of that name, or the site at that address; exactly one is to be named."""
    if (account is None) == (site_url is None):
        raise InputError("Name either --account or --site.")
    if site_url is not None:
        site = sites.find_by_url(site_url)
        return site.account, site
    found = db.session.scalars(select(Account).where(Account.name == account)).first()
    if found is None:
        raise NotFoundError(f"There is no account {account!r}.")
    return found, None
