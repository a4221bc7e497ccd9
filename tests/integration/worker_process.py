"""A host of workers: the real command in a process of its own, on the database of the test."""

import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path

from sqlalchemy import select

from igny8_flask.db import db
from igny8_flask.models import AITaskLog, Site, WorkState
from tests.integration.jobs_by_hand import submit_article
from tests.lab.places import REPO
from tests.lab.processes import Process
from tests.lab.services import Sandbox


class WorkerHost:
    """``python -m workers`` with settings of its own; it can be stopped and started again."""

    def __init__(
        self, folder: Path, env: Mapping[str, str], sandbox: Sandbox, module: str = "workers"
    ) -> None:
        self.sandbox = sandbox
        self._module = module
        self._folder, self._env = folder, env
        self._process: Process | None = None
        self.start()

    @property
    def log(self) -> Path:
        """What all its processes have said."""
        return self._folder / "workers.log"

    def start(self) -> None:
        """Start the workers."""
        command = [sys.executable, "-m", self._module]
        self._process = Process("the workers", command, self.log, env=self._env, cwd=REPO)

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the parent process only."""
        assert self._process
        os.kill(self._process.pid, number)

    def is_alive(self) -> bool:
        """Whether the parent process still runs."""
        return bool(self._process and self._process.alive)

    def stop(self) -> None:
        """End it for good."""
        if self._process:
            self._process.stop()

    def submit(self, site: Site) -> str:
        """Ask for one article; returns the id of its run."""
        return str(submit_article(site).id)

    def states(self, ids: list[str]) -> set[str]:
        """The states that these runs are in now."""
        db.session.rollback()
        rows = db.session.execute(select(AITaskLog.id, AITaskLog.state)).all()
        return {row.state.value for row in rows if str(row.id) in ids}

    def said(self, event: str) -> int:
        """How many lines of the log are about this event."""
        return self.log.read_text(encoding="utf-8").count(f'"event": "{event}"')

    def dispatches(self, ids: list[str]) -> set[int]:
        """The fencing numbers of these runs: 1 where each was given out once."""
        db.session.rollback()
        rows = db.session.execute(select(AITaskLog.id, AITaskLog.generation)).all()
        return {row.generation for row in rows if str(row.id) in ids}

    def busy(self, ids: list[str]) -> set[str]:
        """Which of these runs are in work now."""
        db.session.rollback()
        rows = db.session.scalars(select(AITaskLog.id).where(AITaskLog.state == WorkState.RUNNING))
        return {str(row) for row in rows} & set(ids)

    def paid(self) -> int:
        """How many calls the provider billed."""
        return sum(entry["billed"] for entry in self.sandbox.journal())
