"""``flask secrets`` and ``flask retention``: keys that change, rows that grow old."""

import click
from flask.cli import with_appcontext

from igny8_flask import retention, rotation
from igny8_flask.cli.failing import in_words


@click.group(name="secrets")
def secret_commands() -> None:
    """Stored secrets."""


@secret_commands.command()
@click.option("--check", is_flag=True, help="Only count.")
@with_appcontext
@in_words
def rotate(check: bool) -> None:
    """Seal every secret with the first key of IGNY8_KEYS; can be stopped and started again."""
    changed = 0 if check else rotation.rotate()
    for key_id, count in sorted(rotation.key_ids().items()):
        click.echo(f"key {key_id}\t{count} secret(s)")
    click.echo(f"{changed} sealed anew. A key with no secrets may leave IGNY8_KEYS.")


@click.group(name="retention")
def retention_commands() -> None:
    """Old rows."""


@retention_commands.command()
@click.option("--apply", is_flag=True, help="Really forget; without it only count.")
@with_appcontext
@in_words
def run(apply: bool) -> None:
    """Forget raw replies, steps and remembered answers that are old enough."""
    for name, count in (retention.forget_old() if apply else retention.forgettable()).items():
        click.echo(f"{name}\t{count}")
    click.echo("Forgotten." if apply else "Nothing was changed; --apply forgets them.")
