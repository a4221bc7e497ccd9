"""``flask models``: what the provider offers, what it costs and when it ends."""

import click
from flask.cli import with_appcontext

from igny8_flask.ai import offers, prices
from igny8_flask.cli.failing import in_words
from igny8_flask.services import current


@click.group(name="models")
def model_commands() -> None:
    """Models of the provider."""


@model_commands.command(name="list")
@click.argument("text", required=False, default="")
@with_appcontext
@in_words
def list_models(text: str) -> None:
    """Ask the provider now and list its models (those whose name holds TEXT)."""
    services = current()
    settings = services.settings
    listing = offers.refresh(services, settings.openai_base_url, settings.openai_api_key)
    for name, day in sorted(listing.models.items()):
        if text not in name:
            continue
        found = prices.find_rate(name) or prices.find_rate(name, "image")
        rate = found.rate if found else None
        price = (
            f"in {rate.input} out {rate.image_output or rate.output}" if rate else "price unknown"
        )
        instead = offers.replacement(name, listing.base_url) if day else None
        end = (
            f"ends {day}" + (f", then {instead}" if instead else "") if day else "no end announced"
        )
        click.echo(f"{name}\t{price}\t{end}")
    defaults = (settings.default_ai_model, settings.default_image_model)
    for name in defaults:
        if not offers.offer(name, listing.base_url).is_live:
            click.echo(f"The default model {name} is not offered.", err=True)
