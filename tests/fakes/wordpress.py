"""A WordPress for faults that the real one cannot show; ``fault`` answers instead of the plugin."""

import json
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Self

from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

Fault = Callable[["FakeWordPress", Request], Response | None]


class FakeWordPress:
    """Keeps posts by content id, one each, like the plugin. ``fault`` returns None to let pass."""

    def __init__(self) -> None:
        self.posts: dict[str, dict[str, Any]] = {}
        self.fault: Fault | None = None
        self.documents: dict[str, dict[str, Any]] = {}
        self.clock_wrong_s = 0
        self.writes = 0
        self._server = make_server("127.0.0.1", 0, self._application, threaded=True)
        self.address = f"127.0.0.1:{self._server.port}"
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.02,), daemon=True
        )

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join(timeout=10)
        self._server.server_close()

    @Request.application
    def _application(self, request: Request) -> Response:
        request.get_data()
        told = self.fault(self, request) if self.fault else None
        return told or self.answer(request)

    def answer(self, request: Request) -> Response:
        """What a healthy site answers."""
        route = request.path.removeprefix("/wp-json/igny8/v1/")
        if route == "whoami":
            return as_json({"user": 7, "plugin": "1"})
        uuid = route.removeprefix("content/")
        self.writes += 1
        created = uuid not in self.posts
        post = self.posts.setdefault(uuid, {"id": len(self.posts) + 1})
        document = self.documents[uuid] = request.get_json()
        receipt = {
            **post,
            "created": created,
            "status": self._status(document),
            "link": f"http://{self.address}/?p={post['id']}",
            "edit_link": "",
            "slug": document.get("slug", ""),
            "sha": "a" * 64,
            "fields": {"title": "applied", "content": "applied", "excerpt": "applied"},
        }
        return as_json(receipt, 201 if created else 200)

    def _status(self, document: dict[str, Any]) -> str:
        """By its own clock a site publishes what is due and holds back what is ahead."""
        if not document.get("date_gmt") or document["status"] not in ("publish", "future"):
            return str(document["status"])
        due = datetime.fromisoformat(document["date_gmt"].replace("Z", "+00:00"))
        now = datetime.now(UTC) + timedelta(seconds=self.clock_wrong_s)
        return "future" if due > now else "publish"


def as_json(body: object, status: int = 200, **headers: str) -> Response:
    """A JSON answer."""
    return Response(json.dumps(body), status, headers, content_type="application/json")


def always(status: int, body: object, **headers: str) -> Fault:
    """The same answer to everything; text is a page, anything else JSON."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}

    def fault(_site: FakeWordPress, _request: Request) -> Response:
        if isinstance(body, str):
            return Response(body, status, named, content_type="text/html")
        return as_json(body, status, **named)

    return fault


def on_writes(fault: Fault) -> Fault:
    """The fault for writes alone: the site is well otherwise."""
    return lambda site, request: fault(site, request) if request.method == "PUT" else None


def preceded_by(noise: bytes) -> Fault:
    """The right answer with something in front of it."""

    def fault(site: FakeWordPress, request: Request) -> Response:
        good = site.answer(request)
        return Response(noise + good.get_data(), good.status, content_type="application/json")

    return fault


def cut_after(count: int) -> Fault:
    """The work is done and only the first bytes of the answer arrive."""

    def fault(site: FakeWordPress, request: Request) -> Response:
        good = site.answer(request)
        return Response(good.get_data()[:count], good.status, content_type="application/json")

    return fault
