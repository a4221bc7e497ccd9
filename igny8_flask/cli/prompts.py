"""``flask prompts``: the own prompts of an account or a site, and their versions."""

from typing import TextIO

import click
from flask.cli import with_appcontext

from igny8_flask import prompt_library
from igny8_flask.cli.failing import in_words
from igny8_flask.cli.owners import find_owner
from igny8_flask.prompt_library import Owner

_account = click.option("--account", help="Name of an account: its prompts hold for all its sites.")
_site = click.option("--site", help="Address of a site: its own prompts.")


@click.group(name="prompts")
def prompt_commands() -> None:
    """Prompts; that of a site wins over that of its account, and both over the default."""


@prompt_commands.command(name="list")
@_account
@_site
@with_appcontext
@in_words
def list_all(account: str | None, site: str | None) -> None:
    """List every prompt type with the version in use."""
    owner = _owner(account, site)
    for prompt_type in prompt_library.list_types():
        found = prompt_library.view(owner, prompt_type)
        names = " ".join(f"{{{one.name}}}" for one in found.placeholders)
        click.echo(f"{prompt_type}\t{found.applies.version}\t{names}")


@prompt_commands.command()
@click.argument("prompt_type")
@_account
@_site
@with_appcontext
@in_words
def show(prompt_type: str, account: str | None, site: str | None) -> None:
    """Print the template in use, and on stderr what it may name and its versions."""
    found = prompt_library.view(_owner(account, site), prompt_type)
    click.echo(found.applies.text)
    click.echo(f"\nIn use: {found.applies.version}", err=True)
    for one in found.placeholders:
        click.echo(f"  {{{one.name}}} or [IGNY8_{one.name.upper()}]: {one.meaning}", err=True)
    for version in found.versions:
        mark = "  (active)" if version.is_active else ""
        words = f"Version {version.version}, {version.created_at:%Y-%m-%d %H:%M} UTC{mark}"
        click.echo(words, err=True)


@prompt_commands.command(name="set")
@click.argument("prompt_type")
@click.argument("file", type=click.File(encoding="utf-8"))
@_account
@_site
@with_appcontext
@in_words
def set_prompt(prompt_type: str, file: TextIO, account: str | None, site: str | None) -> None:
    """Save FILE (- is stdin) as a new version and use it from now on."""
    saved = prompt_library.save(_owner(account, site), prompt_type, file.read())
    click.echo(f"Version {saved.version} is in use.")


@prompt_commands.command()
@click.argument("prompt_type")
@click.argument("version", type=click.IntRange(min=prompt_library.NO_OWN))
@_account
@_site
@with_appcontext
@in_words
def rollback(prompt_type: str, version: int, account: str | None, site: str | None) -> None:
    """Use an older VERSION again; 0 = none of these, but the next outer one."""
    applies = prompt_library.rollback(_owner(account, site), prompt_type, version)
    click.echo(f"In use: {applies.version}")


def _owner(account: str | None, site: str | None) -> Owner:
    found, own_site = find_owner(account, site)
    return Owner(found, own_site.id if own_site else None)
