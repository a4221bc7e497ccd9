"""A WordPress of a few lines, for volumes that a real one would take hours for.

Like the plugin it makes one post per content id and one file per hash; it counts what arrives.
"""

import json
import re
import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

FIELDS = ("title", "content", "excerpt", "slug", "seo", "terms", "featured", "images", "date")


class FakeSite:
    """Serves the plugin's two writing routes on ``port``; ``idempotent`` False breaks its word."""

    def __init__(self, host: str = "127.0.0.1") -> None:
        self.host = host
        self.idempotent = True
        self.unanswered = 0  # so many posts are made before the line breaks
        self.posts: list[tuple[str, str]] = []  # (content id, title) of every post made
        self.media: list[str] = []  # hash of every attachment made
        self.featured: dict[str, str] = {}  # content id → hash of its picture
        self.calls: Counter[str] = Counter()
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer((host, 0), _handler(self))
        self._server.daemon_threads = True
        self.port = int(self._server.server_address[1])
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def put_content(self, content_id: str, document: dict[str, Any]) -> dict[str, Any]:
        """Make or find the post of a content id; returns the receipt."""
        with self._lock:
            self.calls["content"] += 1
            known = [number for number, post in enumerate(self.posts) if post[0] == content_id]
            if not known or not self.idempotent:
                self.posts.append((content_id, document["title"]))
                known = [len(self.posts) - 1]
            self.featured[content_id] = (document.get("featured") or {}).get("sha256", "")
        link = f"http://{self.host}:{self.port}/?p={known[0] + 1}"
        return {
            "id": known[0] + 1,
            "status": document["status"],
            "link": link,
            "edit_link": link,
            "slug": document.get("slug", ""),
            "sha": "0" * 64,
            "fields": {name: {"state": "applied"} for name in FIELDS},
            "media": [],
        }

    def breaks_line(self) -> bool:
        """Whether the answer that is due now gets lost."""
        with self._lock:
            self.unanswered -= 1
            return self.unanswered >= 0

    def put_media(self, sha256: str) -> dict[str, Any]:
        """Keep or find a file."""
        with self._lock:
            self.calls["media"] += 1
            if sha256 not in self.media or not self.idempotent:
                self.media.append(sha256)
            number = self.media.index(sha256) + 1
        return {"id": number, "source_url": f"http://{self.host}:{self.port}/{sha256}.webp"}


def _handler(site: FakeSite) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_PUT(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            found = re.search(r"igny8/v1/(content|media)/([0-9a-f-]+)", self.path)
            if found is None:
                self._answer(404, {})
            elif found[1] == "media":
                self._answer(200, site.put_media(found[2]))
            else:
                receipt = site.put_content(found[2], json.loads(body))
                if site.breaks_line():
                    self.close_connection = True
                else:
                    self._answer(200, receipt)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

        def _answer(self, status: int, body: dict[str, Any]) -> None:
            data = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

    return Handler
