"""What is measured: the product's own processes on free ports, with rows made by hand."""

import logging
import os
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Self

from flask import Flask

from igny8_flask import create_app
from igny8_flask.config import Settings
from igny8_flask.db import db
from tests.factories import ConnectedSite, make_environ, make_site, operating
from tests.lab.processes import Process, free_port
from tests.lab.services import Redis, Sandbox, start_worker
from tests.lab.services import start_api as start_lab_api

WIDE = {
    "IGNY8_SITE_SLOTS": "100000",
    "IGNY8_PROVIDER_SLOTS": "100000",
    "IGNY8_WINDOW": "1000",
}


class Backend:
    """Redis, a database, the sandbox and an application in this process; the rest on demand.

    ``pace`` is what the sandbox takes for an answer; ``settings`` are environment variables,
    by default so wide that nothing but the workers bounds what runs at once.
    """

    def __init__(
        self,
        *,
        database_url: str = "",
        pace: str = "0",
        sites: int = 1,
        settings: Mapping[str, str] = WIDE,
    ) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="igny8-bench-"))
        self._started: list[Process | Redis | Sandbox] = []
        self.redis = Redis(self.folder / "redis")
        self._started.append(self.redis)
        sandbox = f"http://127.0.0.1:{(sandbox_port := free_port())}"
        self.settings = make_environ(
            DATABASE_URL=database_url or f"sqlite:///{self.folder / 'igny8.db'}",
            REDIS_URL=self.redis.url,
            OPENAI_API_KEY="sk-sandbox",
            OPENAI_BASE_URL=f"{sandbox}/v1",
            RUNWARE_BASE_URL=f"{sandbox}/v1",
            IGNY8_SANDBOX_URL=sandbox,
            IGNY8_ALLOW_PRIVATE=sandbox.removeprefix("http://"),
            PYTHON_DOTENV_DISABLED="1",
            **settings,
        )
        self.env = {**os.environ, **self.settings}
        self.app: Flask = create_app(Settings.from_env(self.settings))
        logging.getLogger().setLevel(logging.WARNING)
        self._context = ExitStack()
        self._context.enter_context(operating(self.app))
        db.create_all()
        self.sites: Sequence[ConnectedSite] = [make_site() for _ in range(sites)]
        self.sandbox = Sandbox(self.folder, self.env, pace, sandbox_port)
        self._started.append(self.sandbox)

    def start_workers(self, **settings: str) -> Process:
        """Dispatcher and workers, with these settings besides."""
        worker = start_worker(self.folder, {**self.env, **settings}, self.redis)
        self._started.append(worker)
        return worker

    def start_api(self) -> tuple[Process, str]:
        """The API as the lab serves it, and its address."""
        port = free_port()
        api = start_lab_api(self.folder, self.env, port)
        self._started.append(api)
        return api, f"http://127.0.0.1:{port}"

    def stop(self, process: Process) -> None:
        """End one of the processes."""
        process.stop()
        self._started.remove(process)

    def down(self) -> None:
        """End everything."""
        while self._started:
            self._started.pop().stop()
        db.session.remove()
        db.engine.dispose()
        self._context.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.down()
