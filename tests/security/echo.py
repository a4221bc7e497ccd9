"""A server that tells everybody, in its errors, what secrets it was sent."""

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class _Indiscreet(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def _answer(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        sent = self.headers.get("Authorization", "")
        kind, _, rest = sent.partition(" ")
        plain = base64.b64decode(rest).decode() if kind == "Basic" else rest
        told = f"Incorrect credentials: {sent} ({plain}); try https://x:{plain}@example.com"
        body = json.dumps(
            {"error": {"message": told, "code": "invalid"}, "code": "rest_no", "message": told}
        ).encode()
        self.send_response(403)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = do_PUT = do_DELETE = _answer  # noqa: N815 - the server asks for them so

    def log_message(self, *_args: object) -> None:
        """Say nothing."""


@contextmanager
def indiscreet_server() -> Iterator[str]:
    """The base URL of such a server."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Indiscreet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
