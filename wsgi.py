"""The WSGI application and its commands: ``gunicorn wsgi:app``, ``flask --app wsgi …``."""

import os
import sys

from dotenv import load_dotenv

from igny8_flask import create_app
from igny8_flask.cli import install_commands
from igny8_flask.config import Settings
from igny8_flask.errors import ConfigError

load_dotenv()
try:
    app = create_app(Settings.from_env(os.environ))
except ConfigError as error:
    sys.stderr.write(f"igny8: {error}\n")
    raise SystemExit(2) from None
install_commands(app)
