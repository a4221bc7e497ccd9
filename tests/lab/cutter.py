"""A TCP proxy that cuts connections at random points: before, within and after either direction."""

import random
import select
import socket
import threading
from contextlib import suppress
from typing import Self

from tests.lab.processes import free_port

CHUNK = 65536
POINTS = ("before", "request", "answer_lost", "answer")


class Cutter:
    """Listens on ``address`` and passes on to ``target`` (host:port); ``share`` of the connections
    is cut, each at one of POINTS; the same ``seed`` cuts alike. ``cuts`` counts them by point."""

    def __init__(self, target: str, share: float, seed: int) -> None:
        host, _, port = target.partition(":")
        self._target = (host, int(port))
        self.share = share
        self._random = random.Random(seed)
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self.cuts = dict.fromkeys(POINTS, 0)
        self._listener = socket.create_server(("127.0.0.1", free_port()), backlog=64)
        self._listener.settimeout(0.2)
        self.address = f"127.0.0.1:{self._listener.getsockname()[1]}"
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Take no more connections."""
        self._stopped.set()
        self._thread.join(timeout=5)
        self._listener.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _listen(self) -> None:
        while not self._stopped.is_set():
            with suppress(TimeoutError):
                client, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _fate(self) -> tuple[str, int]:
        with self._lock:
            if self._random.random() >= self.share:
                return "", 0
            point = self._random.choice(POINTS)
            self.cuts[point] += 1
            return point, self._random.randrange(1, 1200)

    def _serve(self, client: socket.socket) -> None:
        point, after = self._fate()
        with client, suppress(OSError):
            if point == "before":
                return
            with socket.create_connection(self._target, timeout=30) as server:
                self._pass_on(client, server, point, after)

    def _pass_on(
        self, client: socket.socket, server: socket.socket, point: str, after: int
    ) -> None:
        """Copy both ways until either side ends or the cut comes."""
        left = {"request": after, "answer": after}.get(point, -1)
        while not self._stopped.is_set():
            readable, _, _ = select.select([client, server], [], [], 30)
            if not readable:
                return
            for source in readable:
                data = source.recv(CHUNK)
                is_answer = source is server
                if not data or (is_answer and point == "answer_lost"):
                    return
                if point == ("answer" if is_answer else "request"):
                    (client if is_answer else server).sendall(data[:left])
                    left -= len(data)
                    if left <= 0:
                        return
                else:
                    (client if is_answer else server).sendall(data)
