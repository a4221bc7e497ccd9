"""Web processes killed while they accept: the same key never makes two things."""

import random
import signal
import threading
import time
import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field

import requests

from tests.chaos.case import Case
from tests.chaos.ground import Ground
from tests.lab.processes import children, reachable, signal_all, wait_until

TASKS = "/v1/writer/tasks/"
CLIENTS = 6
RESERVED_S = 90  # a key whose first request died is free again after 60 s


@dataclass(frozen=True)
class Write:
    """One request for a new task, to be repeated with its key until it is answered."""

    title: str
    key: str = field(default_factory=lambda: uuid.uuid4().hex)


@dataclass
class Writers:
    """Clients that ask for task after task; what gets no answer is asked again later."""

    ground: Ground
    stop: threading.Event = field(default_factory=threading.Event)
    in_the_air: set[str] = field(default_factory=set)
    answered: list[str] = field(default_factory=list)
    open: list[Write] = field(default_factory=list)

    def run(self, number: int) -> None:
        """Write until told to stop."""
        turn = 0
        while not self.stop.is_set():
            turn += 1
            self.ask(Write(f"Web {number}-{turn}"))

    def ask(self, write: Write) -> bool:
        """Ask once; True when it is answered for good."""
        self.in_the_air.add(write.title)
        status, code = self._post(write)
        self.in_the_air.discard(write.title)
        done = status == 201 or code == "idempotency_answer_lost"
        if done:
            self.answered.append(write.title)
        else:
            self.open.append(write)
        return done

    def ask_again(self, seconds: float) -> None:
        """Repeat what is open until all of it is answered."""

        def none_left() -> bool:
            waiting, self.open = self.open, []
            for write in waiting:
                self.ask(write)
            return not self.open

        wait_until(none_left, seconds, "every key is answered", pause=2.0)

    def _post(self, write: Write) -> tuple[int, str]:
        headers = {**self.ground.headers, "Idempotency-Key": write.key}
        body = {"items": [{"title": write.title}]}
        url = f"http://127.0.0.1:{self.ground.api_port}{TASKS}"
        with suppress(requests.RequestException):
            answer = requests.post(url, json=body, headers=headers, timeout=20)
            return answer.status_code, str(answer.json().get("code", ""))
        return 0, ""


def killed(ground: Ground, count: int) -> Case:
    """SIGKILL the process that serves, so many times, each time with requests in the air."""
    writers = Writers(ground)
    with ThreadPoolExecutor(CLIENTS) as pool:
        for number in range(CLIENTS):
            pool.submit(writers.run, number)
        try:
            struck = sum(_kill(ground, writers) for _ in range(count))
        finally:
            writers.stop.set()
    repeated = len(writers.open)
    writers.ask_again(RESERVED_S)
    rows = ground.rows("select title from task where title like 'Web %'")
    made = Counter(str(row["title"]) for row in rows)
    twice = sum(number - 1 for number in made.values())
    lost = len(set(writers.answered) - set(made))
    return Case(
        f"web process killed {struck} times under {CLIENTS} writers",
        "the same key makes one thing: 0 twice, 0 lost",
        f"{len(writers.answered)} writes, {repeated} repeated with their key,"
        f" {twice} twice, {lost} lost",
        struck == count and not twice and not lost,
    )


def _kill(ground: Ground, writers: Writers) -> bool:
    url = f"http://127.0.0.1:{ground.api_port}/healthz"
    wait_until(lambda: reachable(url, range(200, 300)), 30, "the API answers again")
    wait_until(lambda: bool(writers.in_the_air), 10, "a request is in the air", pause=0.001)
    time.sleep(random.random() * 0.1)
    serving = children(ground.api.pid)
    signal_all(serving, signal.SIGKILL)
    return bool(serving)
