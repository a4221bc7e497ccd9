"""The backend in one process, on a real Redis and the real sandbox provider."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask

from igny8_flask import create_app
from igny8_flask.config import Settings
from igny8_flask.db import db
from igny8_flask.models import Site
from tests.factories import make_environ, make_site, operating
from tests.integration.worker_process import WorkerHost
from tests.lab.services import Sandbox

LEASE_S = 6


@pytest.fixture
def app(tmp_path: Path, redis_url: str, sandbox: Sandbox) -> Iterator[Flask]:
    """An application in its context, on a database of its own."""
    environ = make_environ(
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
    app = create_app(Settings.from_env(environ))
    app.config["TEST_ENVIRON"] = environ
    with operating(app):
        db.create_all()
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def site(app: Flask) -> Site:
    """A connected site."""
    return make_site().site


@pytest.fixture
def host(app: Flask, tmp_path: Path, sandbox: Sandbox) -> Iterator[Callable[..., WorkerHost]]:
    """Starts a host of workers of a kind, ``fork`` or ``threads``, on the test's database.

    More settings are given by the names of their variables; ``module`` is run in place of workers.
    """
    hosts: list[WorkerHost] = []

    def start(kind: str, module: str = "workers", **more: str) -> WorkerHost:
        usual = {"IGNY8_WORKER_KIND": kind, "IGNY8_WORKERS": "1", "IGNY8_WORKER_SLOTS": "20"}
        env = {**os.environ, **app.config["TEST_ENVIRON"], **usual, **more}
        hosts.append(WorkerHost(tmp_path, env, sandbox, module))
        return hosts[-1]

    yield start
    for one in hosts:
        one.stop()
