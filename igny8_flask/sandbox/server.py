"""Serves the sandbox on a real port: one thread a connection, HTTP/1.1, resets and refusals."""

import socket
import socketserver
import struct
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

from flask import Flask
from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler

from igny8_flask.sandbox.app import create_sandbox
from igny8_flask.sandbox.state import sandbox_of

_TURN_S = 0.1
_REFUSAL_DELAY_S = 0.05  # lets the answer of the admin request leave first


class _Handler(WSGIRequestHandler):
    """Speaks HTTP/1.1 so that a cut stream can be told from a finished one."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = 65_536

    def run_wsgi(self) -> None:
        """Serve one request; the connection ends with it even when nothing was sent."""
        super().run_wsgi()
        self.close_connection = True

    def log_request(self, code: Any = "-", size: Any = "-") -> None:
        """Stay silent: the journal keeps the requests."""


class SandboxServer(ThreadedWSGIServer):
    """A threaded server whose port can refuse connections for a while."""

    request_queue_size = 1_024
    daemon_threads = True

    def __init__(self, host: str, port: int, app: Flask) -> None:
        super().__init__(host, port, app, handler=_Handler)
        self.timeout = _TURN_S
        self._stop = threading.Event()
        self._stopped = threading.Event()
        self._refuse_s = 0.0
        sandbox_of(app).refuse_connections = self._plan_refusal

    def _plan_refusal(self, seconds: float) -> None:
        self._refuse_s = seconds

    def serve_forever(self, poll_interval: float = _TURN_S) -> None:
        """Serve until ``shutdown``."""
        self.timeout = poll_interval
        try:
            while not self._stop.is_set():
                self.handle_request()
                if self._refuse_s:
                    self._refuse()
        finally:
            self.server_close()
            self._stopped.set()

    def _refuse(self) -> None:
        """Close the port, so that the system itself refuses, and open it again later."""
        time.sleep(_REFUSAL_DELAY_S)
        seconds, self._refuse_s = self._refuse_s, 0.0
        address = self.server_address
        self.socket.close()
        self._stop.wait(seconds)
        self.socket = socket.socket(self.address_family, self.socket_type)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(address)
        self.server_activate()

    def shutdown(self) -> None:
        """Stop serving; wait until the port is free."""
        self._stop.set()
        self._stopped.wait(5)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Report an error, unless it is only that the client has left (the journal tells)."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Close a connection; one that lingers for zero seconds is reset instead."""
        state = request.getsockopt(socket.SOL_SOCKET, socket.SO_LINGER, 8)
        if struct.unpack("ii", state)[0]:
            self.close_request(request)
        else:
            socketserver.TCPServer.shutdown_request(self, request)


def make_sandbox_server(app: Flask, host: str = "127.0.0.1", port: int = 0) -> SandboxServer:
    """Bind a server for a sandbox app; port 0 picks a free one (see ``server.port``)."""
    return SandboxServer(host, port, app)


def run_sandbox(
    host: str = "127.0.0.1",
    port: int = 8901,
    latency: str = "demo",
    announce: Callable[[str], None] | None = None,
) -> None:
    """Serve a sandbox until the process ends; ``announce`` is told the base URL once it listens.

    Raises ValueError for an unknown latency and OSError for a port that is taken.
    """
    server = make_sandbox_server(create_sandbox(latency), host, port)
    if announce is not None:
        announce(f"http://{host}:{server.port}/v1")
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        server.server_close()
