"""TCP proxies that cut connections: at random points, or pictures alone within their bodies."""

import random
import re
import select
import socket
import threading
from collections import deque
from collections.abc import Iterable
from contextlib import suppress
from typing import Self

from tests.lab.processes import free_port

CHUNK = 65536
NEAR = 1200  # bytes: within headers and small bodies
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

    def _fate(self, client: socket.socket) -> tuple[str, int]:
        """Where the new connection is cut, and after how many bytes."""
        with self._lock:
            if self._random.random() >= self.share:
                return "", 0
            return self._random.choice(POINTS), self._random.randrange(1, NEAR)

    def _note(self, point: str) -> None:
        with self._lock:
            self.cuts[point] += 1

    def _serve(self, client: socket.socket) -> None:
        with client, suppress(OSError):
            point, after = self._fate(client)
            if point == "before":
                self._note(point)
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
                if not data:
                    return
                if is_answer and point == "answer_lost":
                    self._note(point)
                    return
                if point == ("answer" if is_answer else "request"):
                    (client if is_answer else server).sendall(data[:left])
                    left -= len(data)
                    if left <= 0:
                        self._note(point)
                        return
                else:
                    (client if is_answer else server).sendall(data)


class PictureCutter(Cutter):
    """Cuts nothing but requests that begin like ``picture``: one after the other as ``fates`` says.

    A fate is one of POINTS with the bytes that pass before the cut, or ``half``: the line loses the
    second half of the body and neither end notices, as where a server runs PHP on what arrived.
    """

    def __init__(
        self, target: str, picture: re.Pattern[bytes], fates: Iterable[tuple[str, int]]
    ) -> None:
        super().__init__(target, share=0, seed=0)
        self._picture = picture
        self._fates = deque(fates)
        self.cuts["half"] = 0

    def _fate(self, client: socket.socket) -> tuple[str, int]:
        head = client.recv(CHUNK, socket.MSG_PEEK)
        with self._lock:
            is_picture = self._picture.search(head) and self._fates
            return self._fates.popleft() if is_picture else ("", 0)

    def _pass_on(
        self, client: socket.socket, server: socket.socket, point: str, after: int
    ) -> None:
        if point == "half":
            self._pass_half(client, server)
            self._note(point)
        super()._pass_on(client, server, point, after)

    @staticmethod
    def _pass_half(client: socket.socket, server: socket.socket) -> None:
        with client.makefile("rb") as source:
            head = b"".join(iter(source.readline, b"\r\n"))
            length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
            whole = source.read(int(length[1])) if length else b""
        half = whole[: len(whole) // 2]
        told = re.sub(rb"(?i)(\r\ncontent-length: *)\d+", rb"\g<1>%d" % len(half), head)
        server.sendall(told + b"\r\n" + half)
