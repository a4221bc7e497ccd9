"""The parent process: loads the app once, forks dispatcher and workers, replaces the dead."""

import gc
import multiprocessing as mp
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing.process import BaseProcess
from multiprocessing.synchronize import Event
from types import FrameType

from flask import Flask
from sqlalchemy.orm import configure_mappers

from igny8_flask.ai.registry import get_function, list_functions
from igny8_flask.config import Settings
from igny8_flask.content import normalize
from igny8_flask.log import get_logger
from workers.dispatcher import Dispatcher
from workers.rehearsal import rehearse
from workers.tasks import bind_app
from workers.thread_worker import Wear, make_thread_worker
from workers.worker import make_fork_worker

log = get_logger(__name__)

LOOK_S = 0.5
RESPAWN_S = 2.0  # a child that dies sooner than this after its start waits before the next
fork = mp.get_context("fork")


def warm_up(app: Flask, forks: bool) -> None:
    """Load before the first fork what each job needs, and keep it shared with the children."""
    configure_mappers()
    for name in list_functions():
        get_function(name)
    normalize("# Ready\n\nOnce, so that each child finds its parsers made.")
    if forks:
        _rehearse(app)
    gc.collect()
    gc.freeze()


def _rehearse(app: Flask) -> None:
    """Play one job through; it only saves time, so no fault of it keeps the workers from work."""
    try:
        rehearse(app)
    except Exception:
        log.exception("rehearsal_failed")


@dataclass(frozen=True)
class Child:
    """A process of this host; it says with ``retiring`` that it takes no more work."""

    process: BaseProcess
    retiring: Event
    started: float = field(default_factory=time.monotonic)


class Supervisor:
    """Keeps the asked-for children alive until it is told to stop."""

    def __init__(self, app: Flask, settings: Settings, dispatch: bool) -> None:
        self._app = app
        self._settings = settings
        self._stop = threading.Event()
        self._wanted: dict[str, Callable[[Event], None]] = {
            f"worker-{number}": self._work for number in range(1, settings.workers + 1)
        }
        if dispatch:
            self._wanted["dispatcher"] = self._dispatch
        self._children: dict[str, Child] = {}
        self._leaving: dict[str, Child] = {}  # they finish their jobs beside their successor

    def run(self) -> None:
        """Block until SIGTERM or SIGINT, then let every child finish its job."""
        bind_app(self._app)
        rehearses = self._settings.worker_kind == "fork" and self._settings.workers > 0
        warm_up(self._app, rehearses)
        signal.signal(signal.SIGTERM, self._on_signal)
        signal.signal(signal.SIGINT, self._on_signal)
        while not self._stop.is_set():
            for name in self._wanted:
                self._keep(name)
            self._stop.wait(LOOK_S)
        processes = [one.process for one in (*self._children.values(), *self._leaving.values())]
        for process in processes:
            process.terminate()
        for process in processes:
            process.join()
        log.info("workers_stopped")

    def _keep(self, name: str) -> None:
        """Start the child anew when it died; beside it, once, when it retires."""
        if name in self._leaving and not self._leaving[name].process.is_alive():
            del self._leaving[name]
        child = self._children.get(name)
        if child is not None:
            if not self._is_gone(name, child):
                return
            if time.monotonic() - child.started < RESPAWN_S:
                self._stop.wait(RESPAWN_S)
        retiring = fork.Event()
        process = fork.Process(target=self._wanted[name], args=(retiring,), name=name)
        process.start()
        self._children[name] = Child(process, retiring)

    def _is_gone(self, name: str, child: Child) -> bool:
        if not child.process.is_alive():
            if not child.retiring.is_set():
                log.warning("child_died", child=name, exit_code=child.process.exitcode)
            return True
        if child.retiring.is_set() and name not in self._leaving:
            self._leaving[name] = child
            return True
        return False

    def _work(self, retiring: Event) -> None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        settings = self._settings
        if settings.worker_kind == "threads":
            wear = Wear(settings.worker_jobs, settings.worker_mb)
            threads = make_thread_worker(
                settings.redis_url, settings.worker_slots, wear, retiring.set
            )
            threads.work(logging_level="WARNING")
        else:
            make_fork_worker(settings.redis_url).work(logging_level="WARNING")

    def _dispatch(self, _retiring: Event) -> None:
        stop = threading.Event()
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, lambda _number, _frame: stop.set())
        Dispatcher(self._app, self._settings.redis_url, stop).run()

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        self._stop.set()
