"""Where the faults are let loose: every process of the product for real, and a cheap WordPress."""

import os
import random
import shutil
import signal
import sys
import tempfile
import time
import uuid
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any, Self

import requests
from flask import Flask
from flask_migrate import upgrade
from redis.exceptions import RedisError
from sqlalchemy import select

from igny8_flask import create_app, runs
from igny8_flask.config import Settings
from igny8_flask.db import db
from igny8_flask.leases import WorkRow
from igny8_flask.models import AITaskLog, Delivery, WorkState
from igny8_flask.publishing import retry as retry_delivery
from igny8_flask.services import current
from tests.chaos.database import Database, SqliteFile
from tests.chaos.fake_site import FakeSite
from tests.factories import ConnectedSite, make_environ, make_site, operating
from tests.lab.fault_proxy import FaultProxy
from tests.lab.places import REPO, LabError
from tests.lab.processes import Process, children, descendants, free_port, signal_all, wait_until
from tests.lab.services import Redis, Sandbox, start_api

LEASE_S = 3
WORKERS = 2
LIVE = "('pending', 'paused', 'queued', 'running')"
WORK = "(select state from ai_task_log union all select state from delivery) as work"


class Ground:
    """Redis, sandbox, API, workers and a dispatcher apart from them, all on free ports."""

    def __init__(
        self,
        workers_command: Sequence[str] = ("-m", "workers"),
        pace: str = "0.6",
        database: Database | None = None,
        folder: Path | None = None,
        settings: Mapping[str, str] | None = None,
    ) -> None:
        self.folder = folder or Path(tempfile.mkdtemp(prefix="igny8-chaos-"))
        self.database: Database = database or SqliteFile(self.folder)
        self.workers_command = workers_command
        self.submitted: dict[str, str] = {}  # title → id of its run
        self.quarantined = 0
        self.accepted_s: list[float] = []
        self.redis = Redis(self.folder / "redis")
        sandbox_port = free_port()
        self.provider = FaultProxy(sandbox_port)
        self.site = FakeSite()
        self.way = FaultProxy(self.site.port)
        self.env = {**self._environment(), **(settings or {})}
        self.app: Flask = create_app(Settings.from_env(self.env))
        self.context = ExitStack()
        self.context.enter_context(operating(self.app))
        upgrade()
        self.plugin = self._connect()
        self.headers = self.plugin.headers  # read once: other threads use them too
        self.sandbox = Sandbox(self.folder, self._with(os.environ), pace, sandbox_port)
        self.api_port = free_port()
        self.start_api()
        self.start_dispatcher()
        self.start_workers()

    def _environment(self) -> dict[str, str]:
        doors = [self.provider.url, self.way.url]
        return make_environ(
            DATABASE_URL=self.database.url,
            REDIS_URL=self.redis.url,
            OPENAI_API_KEY="sk-sandbox",
            OPENAI_BASE_URL=f"{self.provider.url}/v1",
            RUNWARE_BASE_URL=f"{self.provider.url}/v1",
            IGNY8_SANDBOX_URL=self.provider.url,
            IGNY8_ALLOW_PRIVATE=",".join(door.removeprefix("http://") for door in doors),
            IGNY8_LEASE_S=str(LEASE_S),
            IGNY8_WORKERS=str(WORKERS),
            IGNY8_SITE_SLOTS="12",
            PYTHON_DOTENV_DISABLED="1",
        )

    def _with(self, environ: Any) -> dict[str, str]:
        return {**environ, **self.env}

    def _connect(self) -> ConnectedSite:
        connected = make_site(
            url=self.way.url,
            rest_url=f"{self.way.url}/wp-json/",
            wp_username="igny8",
            connection={"mode": "push", "site": {}, "checks": []},
        )
        site = connected.site
        context = site.seal_context("wp_password_sealed")
        site.wp_password_sealed = current().secrets.seal("a password of the site", context)
        db.session.commit()
        return connected

    def start_api(self) -> None:
        """Start the API, again after it was killed."""
        self.api = start_api(self.folder, self._with(os.environ), self.api_port)

    def start_dispatcher(self) -> None:
        """Start the dispatcher alone."""
        self.dispatcher = self._process("dispatcher", ["-m", "workers", "--dispatcher"])

    def start_workers(self, env: Mapping[str, str] | None = None) -> None:
        """Start the workers alone, with more in their environment where asked."""
        self.workers = self._process("workers", [*self.workers_command, "--no-dispatcher"], env)

    def _process(
        self, name: str, command: Sequence[str], env: Mapping[str, str] | None = None
    ) -> Process:
        log = self.folder / f"{name}.log"
        whole = [sys.executable, *command]
        return Process(name, whole, log, env={**self._with(os.environ), **(env or {})}, cwd=REPO)

    def submit(self, title: str, patience: int = 40) -> str:
        """Ask the API for an article with image and post, as often as it takes, with one key."""
        task = self._call("/v1/writer/tasks/", {"items": [{"title": title, "word_count": 300}]})
        body = {
            "ids": [task["results"][0]["id"]],
            "options": {"images": True, "publish": True},
        }
        run_id = str(self._call("/v1/writer/tasks/auto_generate_content/", body)["task_id"])
        self.submitted[title] = run_id
        return run_id

    def post(self, path: str, body: dict[str, Any]) -> requests.Response:
        """One request to the API, whatever comes of it."""
        return requests.post(
            f"http://127.0.0.1:{self.api_port}{path}",
            json=body,
            headers={**self.headers, "Idempotency-Key": uuid.uuid4().hex},
            timeout=20,
        )

    def _call(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        key = {"Idempotency-Key": uuid.uuid4().hex}
        answer: dict[str, Any] = {}

        def accepted() -> bool:
            begun = time.monotonic()
            with suppress(requests.RequestException):
                reply = requests.post(
                    f"http://127.0.0.1:{self.api_port}{path}",
                    json=body,
                    headers={**self.headers, **key},
                    timeout=20,
                )
                if reply.ok:
                    self.accepted_s.append(time.monotonic() - begun)
                    answer.update(reply.json())
                elif reply.status_code not in (409, 429, 503):
                    raise LabError(f"{path} answered {reply.status_code}: {reply.text[:300]}")
            return bool(answer)

        wait_until(accepted, 90, f"{path} accepted", pause=0.2)
        return answer

    def rows(self, sql: str, *values: object) -> list[dict[str, Any]]:
        """Rows straight from the database."""
        return self.database.rows(sql, *values)

    def live(self) -> int:
        """How many runs and deliveries are not over."""
        sql = f"select count(*) as live from {WORK} where state in {LIVE}"
        return int(self.rows(sql)[0]["live"])

    def hurry(self) -> None:
        """Let what waits for its next try be tried now, and breakers close: their clocks are not
        under test."""
        with suppress(RedisError):
            for name in self.redis.client.scan_iter("igny8:open:*"):
                self.redis.client.delete(name)
        self.database.change(
            "update ai_task_log set not_before = null where state = 'pending'",
            "update delivery set not_before = null where state = 'pending'",
        )

    def finish(self, seconds: float) -> None:
        """Wait for the end of all work; what was quarantined is resumed, as an operator does."""

        def over() -> bool:
            self.hurry()
            self.resume_quarantined()
            return self.live() == 0

        wait_until(over, seconds, "all work has ended", pause=0.5)

    def resume_quarantined(self) -> None:
        """Retry what was quarantined, as an operator does, and count it."""
        db.session.rollback()
        models: tuple[WorkRow, ...] = (AITaskLog, Delivery)
        for model in models:
            poison = select(model.id).where(
                model.state == WorkState.FAILURE, model.error_code == "poison"
            )
            for row_id in db.session.scalars(poison).all():
                self.quarantined += 1
                again = runs.retry if model is AITaskLog else retry_delivery
                again(self.plugin.site, row_id)
        db.session.remove()

    def deploy_workers(self) -> None:
        """SIGTERM the workers, let them finish their jobs, and start new ones."""
        self.workers.stop(grace=60)
        self.start_workers()

    def kill_horses(self) -> int:
        """SIGKILL the processes of all jobs; returns how many there were."""
        workers = children(self.workers.pid)
        horses = [pid for pid in descendants(self.workers.pid) if pid not in workers]
        signal_all(horses, signal.SIGKILL)
        return len(horses)

    def kill_worker(self) -> int:
        """SIGKILL one worker; its job lives on without it."""
        workers = children(self.workers.pid)
        signal_all(random.sample(workers, min(len(workers), 1)), signal.SIGKILL)
        return min(len(workers), 1)

    def kill_host(self) -> int:
        """SIGKILL all workers with all their jobs, then start them anew."""
        self.workers.kill()
        self.start_workers()
        return 1

    def kill_dispatcher(self) -> int:
        """SIGKILL the dispatcher, then start it anew."""
        self.dispatcher.kill()
        self.start_dispatcher()
        return 1

    def kill_api(self) -> int:
        """SIGKILL the web processes, then start them anew."""
        self.api.kill()
        self.start_api()
        return 1

    def down(self) -> None:
        """End everything."""
        for process in (self.workers, self.dispatcher, self.api, self.sandbox, self.redis):
            process.stop()
        for proxy in (self.provider, self.way):
            proxy.stop()
        self.site.stop()
        db.session.remove()
        db.engine.dispose()
        self.context.close()
        self.database.remove()
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.down()
