"""``flask settings``: what the environment decides."""

import click
from flask.cli import with_appcontext

from igny8_flask.cli.failing import in_words
from igny8_flask.services import current


@click.group()
def settings() -> None:
    """Settings of this installation."""


@settings.command()
@with_appcontext
@in_words
def check() -> None:
    """Print warnings about settings that work but are not wise; wrong ones never get this far."""
    warnings = list(_warnings())
    for warning in warnings:
        click.echo(warning)
    click.echo(f"Settings are usable; {len(warnings)} warning(s).")


def _warnings() -> list[str]:
    chosen = current().settings
    found = []
    if chosen.env == "production" and chosen.database_url.startswith("sqlite"):
        found.append("W001 DATABASE_URL: SQLite serves one host; use PostgreSQL for more.")
    if chosen.env == "production" and chosen.public_url.startswith("http://"):
        found.append("W002 IGNY8_PUBLIC_URL: keys travel in clear over http; use https.")
    if not chosen.openai_api_key:
        found.append("W003 OPENAI_API_KEY: not set; each account needs a key of its own.")
    if len(chosen.keys) == 1 and chosen.env == "production":
        found.append("W004 IGNY8_KEYS: one key; keep a copy of it away from the database.")
    return found
