"""The backend in one process, on a real Redis and the real sandbox provider."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from igny8_flask import create_app
from igny8_flask.db import db
from igny8_flask.models import Site
from tests.factories import make_settings, make_site
from tests.lab.services import Sandbox

LEASE_S = 6


@pytest.fixture
def app(tmp_path: Path, redis_url: str, sandbox: Sandbox) -> Iterator[Flask]:
    """An application in its context, on a database of its own."""
    app = create_app(
        make_settings(
            DATABASE_URL=f"sqlite:///{tmp_path}/integration.db",
            REDIS_URL=redis_url,
            OPENAI_API_KEY="sk-sandbox",
            OPENAI_BASE_URL=f"{sandbox.url}/v1",
            RUNWARE_API_KEY="sk-sandbox",
            RUNWARE_BASE_URL=f"{sandbox.url}/v1",
            IGNY8_SANDBOX_URL=sandbox.url,
            IGNY8_ALLOW_PRIVATE=sandbox.url.removeprefix("http://"),
            IGNY8_LEASE_S=str(LEASE_S),
        )
    )
    with app.app_context():
        db.create_all()
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def site(app: Flask) -> Site:
    """A connected site."""
    return make_site().site
