"""The two jobs. Arguments are ids only; the rows say what is to be done."""

import os
import uuid

from flask import Flask

from igny8_flask import publishing, runs
from igny8_flask.db import db

_apps: list[Flask] = []


def bind_app(app: Flask) -> None:
    """Give the jobs of this process, and of all it forks, their application."""
    _apps[:] = [app]
    os.register_at_fork(after_in_child=_drop_inherited_connections)


def bound_app() -> Flask:
    """The application that jobs run in."""
    return _apps[0]


def run_ai_task(run_id: str, generation: int) -> None:
    """Execute one run of an AI function."""
    with bound_app().app_context():
        runs.execute(uuid.UUID(run_id), generation)


def publish(delivery_id: str, generation: int) -> None:
    """Execute one delivery."""
    with bound_app().app_context():
        publishing.execute(uuid.UUID(delivery_id), generation)


def _drop_inherited_connections() -> None:
    """A forked child must not speak over its parent's database connections."""
    with bound_app().app_context():
        db.engine.dispose(close=False)
