"""A TCP proxy that can be told to misbehave, between the product and whoever it calls."""

import random
import socket
import struct
import threading
import time
from contextlib import suppress

from tests.lab.processes import free_port

FAULTS = ("delay", "cut", "reset", "drip", "half_close", "lost_answer", "storm_5xx")
STATUSES = ("500 Internal Server Error", "502 Bad Gateway", "503 Service Unavailable")
RESET_ON_CLOSE = struct.pack("ii", 1, 0)


class FaultProxy:
    """Listens on ``port`` and passes connections to ``target_port``.

    ``fault`` names what happens to a share ``rate`` of the connections: delay (1 s before the
    answer), cut (closed in the middle of it), reset (TCP reset instead of it), drip (it comes in
    small pieces), half_close (it never comes, the line stays open for 1 s), lost_answer (the
    request arrives, its answer does not), storm_5xx (500, 502 or 503 of a gateway instead of it;
    the request arrives nowhere).
    """

    def __init__(self, target_port: int) -> None:
        self.port = free_port()
        self.fault: str | None = None
        self.rate = 1.0
        self.struck = 0
        self._target_port = target_port
        self._listener = socket.create_server(("127.0.0.1", self.port), backlog=64)
        threading.Thread(target=self._accept, name="fault proxy", daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def stop(self) -> None:
        """Accept no more."""
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        fault = self.fault if random.random() < self.rate else None
        self.struck += fault is not None
        if fault == "storm_5xx":
            _refuse(client)
            return
        try:
            server = socket.create_connection(("127.0.0.1", self._target_port), timeout=30)
        except OSError:
            client.close()
            return
        back = threading.Thread(target=self._answer, args=(server, client, fault), daemon=True)
        back.start()
        self._pump(client, server)
        back.join()
        client.close()
        server.close()

    @staticmethod
    def _pump(source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65_536):
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)

    def _answer(self, server: socket.socket, client: socket.socket, fault: str | None) -> None:
        """Bring the answer back, as the fault will have it."""
        with suppress(OSError):
            first = server.recv(65_536)
            if fault == "delay":
                time.sleep(1.0)
            elif fault == "half_close":
                time.sleep(1.0)
                client.shutdown(socket.SHUT_WR)
            elif fault == "reset":
                client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
                client.shutdown(socket.SHUT_RD)  # a thread that still reads would keep it open
                client.close()
            elif fault in ("cut", "lost_answer"):
                if fault == "cut":
                    client.sendall(first[: len(first) // 2])
                else:
                    _drain(server)
                client.shutdown(socket.SHUT_RDWR)
            if fault in (None, "delay", "drip"):
                _send(client, first, fault == "drip")
                while data := server.recv(65_536):
                    _send(client, data, fault == "drip")
                client.shutdown(socket.SHUT_WR)


def _refuse(client: socket.socket) -> None:
    """Read the request, answer as a gateway does whose server is in trouble."""
    page = b"<html><body><h1>Try again later</h1></body></html>"
    head = f"HTTP/1.1 {random.choice(STATUSES)}\r\nContent-Type: text/html\r\n"
    head += f"Content-Length: {len(page)}\r\nConnection: close\r\n\r\n"
    with client, suppress(OSError):
        client.recv(65_536)
        client.sendall(head.encode() + page)
        client.shutdown(socket.SHUT_WR)
        _drain(client)


def _drain(server: socket.socket) -> None:
    server.settimeout(1.0)
    with suppress(TimeoutError):
        while server.recv(65_536):
            pass


def _send(client: socket.socket, data: bytes, slowly: bool) -> None:
    if not slowly:
        client.sendall(data)
        return
    for start in range(0, len(data), max(len(data) // 20, 1)):
        client.sendall(data[start : start + max(len(data) // 20, 1)])
        time.sleep(0.02)
