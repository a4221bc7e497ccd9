"""``flask settings``: what the environment decides, and what accounts and sites chose."""

import json
from typing import Any

import click
from flask.cli import with_appcontext

from igny8_flask import site_settings
from igny8_flask.cli.failing import in_words
from igny8_flask.cli.owners import find_owner
from igny8_flask.errors import InputError
from igny8_flask.services import current


@click.group()
def settings() -> None:
    """Settings of this installation."""


@settings.command()
@with_appcontext
@in_words
def check() -> None:
    """Print warnings about settings that work but are not wise; wrong ones never get this far."""
    found = warnings()
    for warning in found:
        click.echo(warning)
    click.echo(f"Settings are usable; {len(found)} warning(s).")


@settings.command(name="set")
@click.argument("name")
@click.argument("value")
@click.option("--account", help="Name of an account: for all its sites.")
@click.option("--site", help="Address of a site.")
@with_appcontext
@in_words
def set_setting(name: str, value: str, account: str | None, site: str | None) -> None:
    """Set NAME, e.g. brand.language or openai.functions.generate_content.max_tokens, to VALUE.

    VALUE is JSON (true, 3, null, ["a"]) or else a text.
    """
    owner, own_site = find_owner(account, site)
    area, *path = name.split(".")
    if not path:
        raise InputError("NAME is <area>.<setting>, for example brand.language.")
    change = _read(value)
    for part in reversed(path):
        change = {part: change}
    if own_site is None:
        site_settings.update_account(owner, {area: change})
    else:
        site_settings.update(own_site, {area: change})
    _print(account, site, area)


@settings.command()
@click.option("--account", help="Name of an account.")
@click.option("--site", help="Address of a site.")
@with_appcontext
@in_words
def show(account: str | None, site: str | None) -> None:
    """Show what applies to a site, or what an account gives to its sites; never a secret."""
    _print(account, site, "")


def _print(account: str | None, site: str | None, only: str) -> None:
    owner, own_site = find_owner(account, site)
    shown = site_settings.read(own_site) if own_site else site_settings.read_account(owner)
    for area, values in shown.items():
        for name, value in values.items():
            if only in ("", area):
                click.echo(f"{area}.{name}\t{json.dumps(value, ensure_ascii=False)}")


def _read(value: str) -> Any:
    try:
        return json.loads(value)
    except ValueError:
        return value


def warnings() -> list[str]:
    """What works but is not wise."""
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
