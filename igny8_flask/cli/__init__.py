"""Commands of the operator: ``flask --app wsgi sites|keys|settings|sandbox …``."""

from flask import Flask

from igny8_flask.cli.keys import keys
from igny8_flask.cli.sandbox import sandbox
from igny8_flask.cli.settings import settings
from igny8_flask.cli.sites import sites


def install_commands(app: Flask) -> None:
    """Add the command groups to an application."""
    for group in (sites, keys, settings, sandbox):
        app.cli.add_command(group)
