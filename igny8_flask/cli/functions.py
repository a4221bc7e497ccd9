"""``flask functions``: which AI functions there are."""

import click
from flask.cli import with_appcontext

from igny8_flask.ai.registry import get_function_instance, list_functions
from igny8_flask.ai.settings import get_model_config
from igny8_flask.cli.failing import in_words
from igny8_flask.services import current


@click.group(name="functions")
def function_commands() -> None:
    """AI functions."""


@function_commands.command(name="list")
@with_appcontext
@in_words
def list_all() -> None:
    """List all AI functions with the model they use where no account chose another."""
    for name in list_functions():
        fn = get_function_instance(name)
        about = fn.get_metadata()
        model = fn.get_model() or get_model_config(name).model
        model = model or current().settings.default_ai_model
        each = "one run an item" if about.per_item else "one run for all items"
        click.echo(f"{name}\t{about.description}\t{each}\t{model}")
