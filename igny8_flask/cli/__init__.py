"""Commands of the operator: ``flask --app wsgi sites|keys|settings|prices|…``."""

from flask import Flask

from igny8_flask.cli.budgets import budget_commands
from igny8_flask.cli.keys import keys
from igny8_flask.cli.models import model_commands
from igny8_flask.cli.prices import price_commands
from igny8_flask.cli.sandbox import sandbox
from igny8_flask.cli.settings import settings
from igny8_flask.cli.sites import sites


def install_commands(app: Flask) -> None:
    """Add the command groups to an application."""
    money = (price_commands, model_commands, budget_commands)
    for group in (sites, keys, settings, *money, sandbox):
        app.cli.add_command(group)
