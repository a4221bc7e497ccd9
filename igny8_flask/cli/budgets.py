"""``flask budgets``: caps on spending, and how far they are used."""

from decimal import Decimal, InvalidOperation

import click
from flask.cli import with_appcontext

from igny8_flask import budgets, site_settings
from igny8_flask.cli.failing import in_words
from igny8_flask.cli.owners import find_owner
from igny8_flask.errors import InputError


@click.group(name="budgets")
def budget_commands() -> None:
    """Caps on spending in US dollars; days and months are UTC."""


@budget_commands.command(name="set")
@click.option("--account", help="Name of an account: its caps hold over all its sites.")
@click.option("--site", help="Address of a site: its own caps.")
@click.option("--run", help="An amount, or `none`.")
@click.option("--day", help="An amount, or `none`.")
@click.option("--month", help="An amount, or `none`.")
@click.option("--unknown-call", help="What a call of unknown price counts (account only).")
@with_appcontext
@in_words
def set_budget(account: str | None, site: str | None, **given: str | None) -> None:
    """Set or lift caps; those that are not named stay as they are."""
    owner, own_site = find_owner(account, site)
    changes = {f"{name}_usd": _amount(name, text) for name, text in given.items() if text}
    if own_site is None:
        site_settings.update_account(owner, {site_settings.BUDGET: changes})
    else:
        site_settings.update(own_site, {site_settings.BUDGET: changes})
    _show(account, site)


@budget_commands.command()
@click.option("--account", help="Name of an account.")
@click.option("--site", help="Address of a site.")
@with_appcontext
@in_words
def show(account: str | None, site: str | None) -> None:
    """Show the caps, what is spent or reserved, and what is left."""
    _show(account, site)


def _show(account: str | None, site: str | None) -> None:
    owner, own_site = find_owner(account, site)
    for cap in budgets.standing(owner.id, own_site.id if own_site else None):
        limit = "none" if cap.cap_usd is None else f"{cap.cap_usd:f}"
        used = "" if cap.period == "run" else f"\tused {cap.used_usd:f}"
        left = "" if cap.period == "run" or cap.left_usd is None else f"\tleft {cap.left_usd:f}"
        guessed = f"\tof unknown price {cap.unpriced_usd:f}" if cap.unpriced_usd else ""
        reset = f"\tuntil {cap.resets_at:%Y-%m-%d %H:%M}" if cap.resets_at else ""
        click.echo(f"{cap.scope}\t{cap.period}\tcap {limit}{used}{left}{guessed}{reset}")


def _amount(name: str, text: str) -> Decimal | None:
    if text == "none":
        return None
    try:
        return Decimal(text)
    except InvalidOperation as error:
        raise InputError(f"--{name}: {text!r} is not an amount.") from error
