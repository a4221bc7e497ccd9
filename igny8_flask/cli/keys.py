"""``flask keys``: list and revoke site keys, by their public ids; add keys that only read."""

import click
from flask.cli import with_appcontext
from sqlalchemy import select

from igny8_flask import site_keys, sites
from igny8_flask.cli.failing import in_words
from igny8_flask.db import db, utcnow
from igny8_flask.models import KeyScope, SiteKey


@click.group()
def keys() -> None:
    """Site keys."""


@keys.command(name="list")
@with_appcontext
@in_words
def list_keys() -> None:
    """List all keys with their site, scope, state and hour of last use."""
    for key in db.session.scalars(select(SiteKey).order_by(SiteKey.site_id, SiteKey.id)):
        used = f"{key.last_used_at:%Y-%m-%d %H:00}" if key.last_used_at else "never used"
        click.echo(f"{key.public_id}\t{key.site.url}\t{key.scope}\t{_state(key)}\t{used}")


@keys.command()
@click.argument("url")
@with_appcontext
@in_words
def add(url: str) -> None:
    """Print a new key that reads everything of the site at URL and changes nothing.

    The plugin's own key comes from a connect code: see `sites add`.
    """
    key = site_keys.issue(sites.find_by_url(url), KeyScope.READ)
    db.session.commit()
    click.echo(key)
    click.echo("It is shown this once; `keys revoke` ends it.", err=True)


@keys.command()
@click.argument("public_id")
@with_appcontext
@in_words
def revoke(public_id: str) -> None:
    """Revoke a key at once."""
    site_keys.revoke(public_id)
    click.echo("Revoked.")


def _state(key: SiteKey) -> str:
    if key.revoked_at:
        return "revoked"
    return "expired" if key.expires_at and key.expires_at <= utcnow() else "live"
