"""Commands of the operator: ``flask --app wsgi sites|keys|runs|prompts|prices|…``."""

from flask import Flask

from igny8_flask.cli.backup import backup
from igny8_flask.cli.budgets import budget_commands
from igny8_flask.cli.deliveries import delivery_commands
from igny8_flask.cli.doctor import doctor
from igny8_flask.cli.functions import function_commands
from igny8_flask.cli.keys import keys
from igny8_flask.cli.models import model_commands
from igny8_flask.cli.prices import price_commands
from igny8_flask.cli.prompts import prompt_commands
from igny8_flask.cli.queue import queue_commands
from igny8_flask.cli.runs import run_commands
from igny8_flask.cli.sandbox import sandbox
from igny8_flask.cli.settings import settings
from igny8_flask.cli.sites import sites
from igny8_flask.cli.upkeep import retention_commands, secret_commands


def install_commands(app: Flask) -> None:
    """Add the command groups to an application."""
    work = (function_commands, run_commands, prompt_commands)
    money = (price_commands, model_commands, budget_commands)
    upkeep = (delivery_commands, queue_commands, secret_commands, retention_commands)
    for command in (sites, keys, settings, *work, *money, *upkeep, doctor, backup, sandbox):
        app.cli.add_command(command)
