"""Restarts under load as docs/operations.md describes them: no request fails, no work is lost."""

import os
import signal
import socket
import sys
import threading
import time
import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import requests

from tests.chaos.case import Case, p95
from tests.chaos.ground import Ground
from tests.lab.places import REPO
from tests.lab.processes import Process, children, reachable, wait_until

RATE = 20  # requests a second
GENERATE_EVERY = 80
TASKS = "/v1/writer/tasks/"
ACTIVATED = 'exec 3<&"$0"; export LISTEN_FDS=1 LISTEN_PID=$$; exec "$@"'


class ActivatedApi:
    """The API on a socket that outlives it, as igny8-api.socket of systemd holds it."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=512)
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self.process = self._start()

    def restart(self) -> None:
        """SIGTERM, wait for its end, start anew: ``systemctl restart igny8-api``."""
        self.process.stop(grace=40)
        self.process = self._start()

    def reload(self) -> None:
        """SIGHUP: new processes, the old ones end their requests: ``systemctl reload``."""
        old = set(children(self.process.pid))
        os.kill(self.process.pid, signal.SIGHUP)
        wait_until(lambda: not old & set(children(self.process.pid)), 60, "new processes")

    def stop(self) -> None:
        """End it and its socket."""
        self.process.stop()
        self._socket.close()

    def _start(self) -> Process:
        handle = self._socket.fileno()
        server = ["-m", "gunicorn", "--preload", "-k", "gthread", "-w", "2", "--threads", "8"]
        process = Process(
            "the API",
            ["bash", "-c", ACTIVATED, str(handle), sys.executable, *server, "wsgi:app"],
            self._ground.folder / "activated.log",
            env={**os.environ, **self._ground.env},
            cwd=REPO,
            pass_fds=(handle,),
        )
        process.wait_ready(lambda: reachable(f"{self.url}/healthz", range(200, 300)))
        return process


class Load:
    """So many requests a second: writes with their keys, runs, and questions about them."""

    def __init__(self, ground: Ground, url: str) -> None:
        self._ground, self._url = ground, url
        self._stop = threading.Event()
        self._pool = ThreadPoolExecutor(64)
        self._followed = ""
        self.answers: Counter[int] = Counter()  # 0 = no answer
        self.seconds: list[float] = []
        self._ticker = threading.Thread(target=self._tick)
        self._ticker.start()

    def stop(self) -> None:
        """Send no more, and wait for the last answers."""
        self._stop.set()
        self._ticker.join()
        self._pool.shutdown()

    def _tick(self) -> None:
        number, due = 0, time.monotonic()
        while not self._stop.is_set():
            number += 1
            self._pool.submit(self._send, number)
            due += 1 / RATE
            self._stop.wait(max(due - time.monotonic(), 0))

    def _send(self, number: int) -> None:
        begun = time.monotonic()
        items = {"items": [{"title": f"Under load {number}"}]}
        try:
            if number % GENERATE_EVERY == 1:
                task = self._call("POST", TASKS, items)
                body = {"ids": [task["results"][0]["id"]], "options": {"images": False}}
                path = f"{TASKS}auto_generate_content/"
                run = self._call("POST", path, body)
                self._followed = str(run["status_url"])
            elif number % 4 == 0:
                self._call("POST", TASKS, items)
            else:
                self._call("GET", self._followed or "/v1/system/tasks/", None)
        except requests.RequestException:
            self.answers[0] += 1
        self.seconds.append(time.monotonic() - begun)

    def _call(self, method: str, path: str, body: Any) -> dict[str, Any]:
        headers = {**self._ground.headers, "Idempotency-Key": uuid.uuid4().hex}
        address = path if path.startswith("http") else self._url + path
        answer = requests.request(method, address, json=body, headers=headers, timeout=60)
        self.answers[answer.status_code] += 1
        answer.raise_for_status()
        read: dict[str, Any] = answer.json()
        return read


def under_load(ground: Ground, count: int) -> Case:
    """Restart the API so many times, half by SIGTERM and half by SIGHUP, and the workers thrice."""
    api = ActivatedApi(ground)
    load = Load(ground, api.url)
    try:
        for number in range(count):
            (api.restart if number % 2 else api.reload)()
            if number % max(count // 3, 1) == 0:
                ground.deploy_workers()
    finally:
        load.stop()
        api.stop()
    ground.finish(300)
    bad = sum(times for status, times in load.answers.items() if status == 0 or status >= 500)
    states = ground.rows("select state, count(*) as rows from ai_task_log group by state")
    unfinished = [row for row in states if row["state"] != "success"]
    total = sum(load.answers.values())
    return Case(
        f"{count} restarts of the API (half SIGTERM, half SIGHUP) and 3 of the workers"
        f" under {RATE} requests a second",
        "0 answers of 5xx, 0 refused connections, all runs end",
        f"{total} requests, {bad} failed, p95 {p95(load.seconds):.2f} s,"
        f" longest {max(load.seconds):.2f} s, {sum(row['rows'] for row in states)} runs,"
        f" {len(unfinished)} in another state than success",
        not bad and not unfinished,
    )
