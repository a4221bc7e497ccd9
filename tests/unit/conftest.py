"""An application on a throw-away database, without Redis and without a network.

SQLite unless IGNY8_TEST_DATABASE_URL names an empty PostgreSQL database.
"""

import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from igny8_flask import create_app
from igny8_flask.db import db
from igny8_flask.models import Site
from tests.conftest import machine_permitting
from tests.factories import ConnectedSite, make_settings, make_site, operating
from tests.lab.postgresql import postgresql


@pytest.fixture(scope="session")
def shared_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    path = tmp_path_factory.mktemp("database") / "unit.db"
    url = os.environ.get("IGNY8_TEST_DATABASE_URL") or f"sqlite:///{path}"
    app = create_app(make_settings(DATABASE_URL=url))
    with operating(app):
        db.create_all()
    yield app
    with operating(app):
        db.session.remove()
        db.drop_all()
        db.engine.dispose()


@pytest.fixture
def app(shared_app: Flask) -> Iterator[Flask]:
    """The application, in its context, with empty tables."""
    with operating(shared_app):
        yield shared_app
        db.session.rollback()
        for table in reversed(db.metadata.sorted_tables):
            db.session.execute(table.delete())
        db.session.commit()
        db.session.remove()


class Caller:
    """A plugin: calls the API with the headers of its site and reads JSON."""

    def __init__(self, app: Flask, connected: ConnectedSite | None) -> None:
        self.client: FlaskClient = app.test_client()
        self.connected = connected
        self.headers = dict(connected.headers) if connected else {}

    @property
    def site(self) -> Site:
        assert self.connected
        return self.connected.site

    def __call__(self, method: str, path: str, json: Any = None, **more: Any) -> Any:
        headers = {**self.headers, **more.pop("headers", {})}
        return self.client.open(path, method=method, json=json, headers=headers, **more)


@pytest.fixture
def plugin(app: Flask) -> Caller:
    """The plugin of a connected site."""
    return Caller(app, make_site())


@pytest.fixture
def other_plugin(app: Flask) -> Caller:
    """The plugin of a site of somebody else."""
    return Caller(app, make_site())


@pytest.fixture
def stranger(app: Flask) -> Caller:
    """Somebody without a key."""
    return Caller(app, None)


@pytest.fixture
def settings_file(tmp_path: Path) -> Path:
    return tmp_path / "value"


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A private cluster; skips where there is none, fails in CI."""
    with ExitStack() as cleanup:
        with machine_permitting():
            url = cleanup.enter_context(postgresql())
        yield url
