"""The clocks of one request, enforced on every single read and write of its socket.

A socket timeout only bounds one system call: a server that sends a byte a second passes it for
ever. Here each call gets what is left of the request's own deadlines.
"""

import io
import socket
import time
from collections.abc import Callable
from typing import Any

from igny8_flask.errors import CancelledError
from igny8_flask.outbound.policy import Policy

_STOP_POLL_S = 0.25  # how often a waiting read asks whether it should stop


class Pace:
    """Deadlines of one request, whether it was sent, and whether the caller wants it stopped."""

    def __init__(self, policy: Policy, should_stop: Callable[[], bool] | None = None) -> None:
        self.policy = policy
        self.started = time.monotonic()
        self.sent = False
        self._ends = self.started + policy.total_s
        self._first_byte_due: float | None = None
        self._body_started = False
        self._should_stop = should_stop
        self._asked = 0.0

    @property
    def elapsed_ms(self) -> int:
        """Return the age of the request in milliseconds."""
        return int((time.monotonic() - self.started) * 1000)

    def connect_s(self) -> float:
        """Return how long a connection attempt may still take."""
        return min(self.policy.connect_s, self._left(self._ends))

    def sending(self) -> float:
        """Note that bytes leave now; return how long a write may take."""
        self.sent = True
        self._first_byte_due = min(self._ends, time.monotonic() + self.policy.first_byte_s)
        return self._left(self._first_byte_due)

    def body_started(self) -> None:
        """Note the first byte of the body: from now on the idle limit counts."""
        self._body_started = True

    def read_until(self) -> float:
        """Return the moment until which the next read may wait."""
        if self._body_started or self._first_byte_due is None:
            return min(self._ends, time.monotonic() + self.policy.idle_s)
        return self._first_byte_due

    def slice_s(self, until: float) -> float:
        """Return how long one system call may wait; raise when time is up or work is unwanted."""
        if self._should_stop is None:
            return self._left(until)
        now = time.monotonic()
        if now - self._asked >= _STOP_POLL_S:
            self._asked = now
            if self._should_stop():
                raise CancelledError("The work was cancelled.")
        return min(self._left(until), _STOP_POLL_S)

    @staticmethod
    def _left(until: float) -> float:
        left = until - time.monotonic()
        if left <= 0:
            raise TimeoutError("deadline passed")
        return left


class PacedSocket:
    """A connected socket whose reads and writes obey the pace of the request it serves."""

    def __init__(self, sock: socket.socket, pace: Pace) -> None:
        self._sock = sock
        self.pace = pace

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sock, name)

    def sendall(self, data: bytes, flags: int = 0) -> None:
        """Send all bytes before the deadline."""
        self._sock.settimeout(self.pace.sending())
        self._sock.sendall(data, flags)

    def recv_into(self, buffer: Any) -> int:
        """Read what is there, waiting in slices until the deadline."""
        until = self.pace.read_until()
        while True:
            self._sock.settimeout(self.pace.slice_s(until))
            try:
                return self._sock.recv_into(buffer)
            except TimeoutError:
                continue

    def makefile(self, mode: str) -> io.BufferedReader:
        """Return the buffered reader that http.client parses from; ``mode`` is always ``rb``."""
        return io.BufferedReader(_PacedReader(self, self._sock.makefile("rb", buffering=0)))


class _PacedReader(io.RawIOBase):
    """Raw reader over a paced socket; holds the socket open until it is closed itself."""

    def __init__(self, paced: PacedSocket, hold: socket.SocketIO) -> None:
        self._paced = paced
        self._hold = hold

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        return self._paced.recv_into(buffer)

    def close(self) -> None:
        if not self.closed:
            self._hold.close()
        super().close()
