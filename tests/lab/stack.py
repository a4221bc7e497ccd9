"""The whole backend on free ports: database, Redis, sandbox, API and worker."""

import base64
import os
import re
import secrets
import shutil
import sqlite3
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, Self

from igny8_flask.models import Site
from tests.lab.leftovers import claim, sweep
from tests.lab.places import REPO, LabError
from tests.lab.processes import Process, free_port, run, wait_until
from tests.lab.services import FLASK, Redis, Sandbox, start_api, start_worker
from tests.lab.wordpress_site import WordPressSite

OWN_NAMES = re.compile(r"IGNY8_|FLASK_|OPENAI_|RUNWARE_|DEFAULT_AI_|DEFAULT_IMAGE_")
OWN_URLS = {"DATABASE_URL", "REDIS_URL"}
CONNECT_CODE = re.compile(r"igny8-[A-Za-z0-9_-]+")
SANDBOX_KEY = "sk-sandbox"
PREFIX = "igny8-stack-"
CONNECTIONS = {"site_key", "connect_code"}
LIVE_WORK = """
select count(*) as live from (
  select state from ai_task_log union all select state from delivery
) where state in ('pending', 'paused', 'queued', 'running')
"""


class Stack:
    """Everything but WordPress, migrated and running; ``down`` ends it.

    ``sites`` are the WordPress sites it may dial. ``providers`` holds the settings of a real
    AI provider; without it the sandbox answers. ``latency`` is the sandbox's preset;
    ``settings`` override everything else.
    """

    redis: Redis
    api: Process
    worker: Process
    sandbox: Sandbox | None = None

    def __init__(
        self,
        sites: Sequence[WordPressSite] = (),
        *,
        folder: Path | None = None,
        latency: str = "test",
        workers: int = 2,
        providers: Mapping[str, str] | None = None,
        settings: Mapping[str, str] | None = None,
    ) -> None:
        self._own_folder = folder is None
        if folder is None:
            sweep(Path(tempfile.gettempdir()).glob(f"{PREFIX}*"))
        self.folder = folder or Path(tempfile.mkdtemp(prefix=PREFIX))
        self.folder.mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o700)
        claim(self.folder)
        self.api_url = f"http://127.0.0.1:{free_port()}"
        self.database = self.folder / "igny8.db"
        self._sandbox_port = free_port()
        self._latency = latency
        self._processes: list[Process | Redis | Sandbox] = []
        self.env = {**self._environment(sites, workers, providers), **(settings or {})}

    @classmethod
    def up(cls, sites: Sequence[WordPressSite] = (), **options: Any) -> Self:
        """Start everything; LabError with the end of the log of what did not come up."""
        stack = cls(sites, **options)
        try:
            stack._start()
        except BaseException:
            stack.down()
            raise
        return stack

    @property
    def sandbox_provider(self) -> Sandbox:
        """The sandbox; LabError where a real provider answers."""
        if self.sandbox is None:
            raise LabError("this stack runs on a real provider")
        return self.sandbox

    def flask(self, *arguments: str) -> str:
        """Run one command of the operator's CLI and return what it printed."""
        what = f"flask {' '.join(arguments[:2])}"
        return run([*FLASK, *arguments], what, env=self.env, cwd=REPO)

    def connect_code(self, site_url: str) -> str:
        """A fresh code for the plugin's Connect screen."""
        printed = self.flask("sites", "add", site_url)
        found = CONNECT_CODE.search(printed)
        if found is None:
            raise LabError(f"flask sites add printed no connect code: {printed.strip()}")
        return found.group()

    def rows(self, sql: str, *values: object) -> list[dict[str, Any]]:
        """Rows straight from the database, for checks the API has no route for."""
        with closing(sqlite3.connect(self.database, timeout=20)) as connection:
            connection.row_factory = sqlite3.Row
            return [dict(row) for row in connection.execute(sql, values)]

    def settle(self, seconds: float = 60) -> None:
        """Wait until no run and no delivery is on its way."""
        wait_until(lambda: self.rows(LIVE_WORK)[0]["live"] == 0, seconds, "all work has ended")

    def forget(self) -> None:
        """Delete what the sites made and set; their connections stay."""
        tables = [table for table in Site.metadata.sorted_tables if "site_id" in table.columns]
        with closing(sqlite3.connect(self.database, timeout=20)) as connection, connection:
            for table in reversed(tables):
                if table.name not in CONNECTIONS:
                    connection.execute(f"delete from {table.name} where site_id is not null")

    def replace_worker(self) -> None:
        """Start a new worker after the running one was killed or stopped."""
        self.worker.stop()
        self._processes.remove(self.worker)
        self.worker = start_worker(self.folder, self.env, self.redis)
        self._processes.append(self.worker)

    def last_words(self) -> str:
        """The errors in the logs of API and worker; without any, the end of the logs."""
        words = []
        for process in (self.api, self.worker):
            lines = process.log.read_text(errors="replace").splitlines()
            errors = [line for line in lines if '"level": "error"' in line or "Traceback" in line]
            words += [f"--- {process.name}", *(errors[-3:] or lines[-5:])]
        return "\n".join(words).replace("\\n", "\n")

    def down(self) -> None:
        """End what was started, last first; a folder of its own goes too."""
        while self._processes:
            self._processes.pop().stop()
        if self._own_folder:
            shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.down()

    def _start(self) -> None:
        self.redis = Redis(self.folder / "redis")
        self._processes.append(self.redis)
        self.env["REDIS_URL"] = self.redis.url
        self._keep_secrets()
        self.flask("db", "upgrade")
        if "IGNY8_SANDBOX_URL" in self.env:
            self.sandbox = Sandbox(self.folder, self.env, self._latency, self._sandbox_port)
            self._processes.append(self.sandbox)
        self.api = start_api(self.folder, self.env, int(self.api_url.rpartition(":")[2]))
        self._processes.append(self.api)
        self.worker = start_worker(self.folder, self.env, self.redis)
        self._processes.append(self.worker)

    def _environment(
        self,
        sites: Sequence[WordPressSite],
        workers: int,
        providers: Mapping[str, str] | None,
    ) -> dict[str, str]:
        """The caller's environment without the product's own names, then ours."""
        private = [site.host_port for site in sites]
        if providers is None:
            sandbox = f"http://127.0.0.1:{self._sandbox_port}"
            private.append(sandbox.removeprefix("http://"))
            providers = {
                "OPENAI_API_KEY": SANDBOX_KEY,
                "OPENAI_BASE_URL": f"{sandbox}/v1",
                "RUNWARE_API_KEY": SANDBOX_KEY,
                "RUNWARE_BASE_URL": f"{sandbox}/v1",
                "IGNY8_SANDBOX_URL": sandbox,
            }
        else:
            private += filter(None, providers.get("IGNY8_ALLOW_PRIVATE", "").split(","))
        ours = product_settings(os.environ)
        foreign = {name: value for name, value in os.environ.items() if name not in ours}
        key = base64.b64encode(secrets.token_bytes(32)).decode()
        return {
            **foreign,
            **providers,
            "PYTHON_DOTENV_DISABLED": "1",
            "PYTHONUNBUFFERED": "1",
            "IGNY8_ENV": "development",
            "IGNY8_KEYS": f"1:{key}",
            "IGNY8_PEPPER": secrets.token_urlsafe(32),
            "DATABASE_URL": f"sqlite:///{self.database}",
            "IGNY8_PUBLIC_URL": self.api_url,
            "IGNY8_ALLOW_PRIVATE": ",".join(private),
            "IGNY8_WORKERS": str(workers),
            "IGNY8_SITE_WRITES": "6000",
        }

    def _keep_secrets(self) -> None:
        """Leave the settings beside the database, readable by the owner only."""
        file = self.folder / "env"
        file.touch(mode=0o600)
        lines = [f"{name}='{value}'" for name, value in product_settings(self.env).items()]
        file.write_text("\n".join(lines) + "\n")


def product_settings(environ: Mapping[str, str]) -> dict[str, str]:
    """The part of an environment that configures the product."""
    return {
        name: value for name, value in environ.items() if OWN_NAMES.match(name) or name in OWN_URLS
    }
