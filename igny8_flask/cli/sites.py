"""``flask sites``: invite, list and remove sites."""

import click
from flask.cli import with_appcontext
from sqlalchemy import select

from igny8_flask import core_sites, handshake
from igny8_flask import sites as use_cases
from igny8_flask.cli.failing import in_words
from igny8_flask.db import db
from igny8_flask.models import Site


@click.group()
def sites() -> None:
    """WordPress sites."""


@sites.command()
@click.argument("url")
@click.option("--account", default=handshake.DEFAULT_ACCOUNT, show_default=True)
@click.option("--core", is_flag=True, help="The site has no plugin: publish over core's routes.")
@click.option("--username", help="With --core: the user of the application password.")
@with_appcontext
@in_words
def add(url: str, account: str, core: bool, username: str | None) -> None:
    """Print a connect code for the site at URL, to be pasted into its plugin.

    With --core the site needs no plugin: an application password of one of its authors is read
    from standard input and tried out.
    """
    if core:
        if not username:
            raise click.UsageError("--core needs --username.")
        password = click.prompt("Application password", hide_input=True, prompt_suffix=": ")
        site = core_sites.add(url, account, username, password)
        click.echo(f"{site.url} is connected without the plugin, as {username}.")
        return
    click.echo(handshake.new_connect_code(url, account))
    click.echo("Paste this code into the plugin's settings page within 15 minutes.", err=True)


@sites.command()
@click.argument("old_url")
@click.argument("new_url")
@with_appcontext
@in_words
def move(old_url: str, new_url: str) -> None:
    """Tell that a site has a new address; prints a connect code for it."""
    click.echo(handshake.move_site(old_url, new_url))


@sites.command(name="list")
@with_appcontext
@in_words
def list_sites() -> None:
    """List all sites with their account, state and way of publishing."""
    for site in db.session.scalars(select(Site).order_by(Site.url)):
        mode = (site.connection or {}).get("mode", "none")
        moved = f"\tcalls from {site.moved_to}" if site.moved_to else ""
        click.echo(f"{site.url}\t{site.account.name}\t{site.status}\t{mode}\t{site.id}{moved}")


@sites.command()
@click.argument("url")
@click.option("--purge", is_flag=True, help="Delete everything that was written for it, too.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@with_appcontext
@in_words
def remove(url: str, purge: bool, yes: bool) -> None:
    """Disconnect the site at URL: its keys and secrets end at once."""
    site = use_cases.find_by_url(url)
    question = f"Delete {site.url} with all its data?" if purge else f"Disconnect {site.url}?"
    if not yes:
        click.confirm(question, abort=True)
    use_cases.disconnect(site)
    if purge:
        use_cases.purge(site)
    click.echo("Removed." if purge else "Disconnected.")
