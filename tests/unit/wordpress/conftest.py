"""A WordPress that answers whatever a test tells it to, on a real socket."""

import json
import threading
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

from igny8_flask.outbound import Outbound
from igny8_flask.wordpress.client import Addressee, WordPressClient

RECEIPT = {
    "id": 7,
    "status": "draft",
    "link": "",
    "edit_link": "",
    "slug": "",
    "sha": "",
    "fields": {},
    "source_url": "",
}
SITE_UUID = str(uuid.uuid4())


class FakeWordPress:
    """``answers`` maps ``METHOD route`` to (status, body, headers); ``seen`` keeps the requests."""

    def __init__(self) -> None:
        self.answers: dict[str, tuple[int, Any, dict[str, str]]] = {}
        self.seen: list[Request] = []
        self.date = ""  # of every answer; '' = the right one
        fake = self

        class Dated(WSGIRequestHandler):
            def date_time_string(self, timestamp: float | None = None) -> str:
                return fake.date or super().date_time_string(timestamp)

        self.server = make_server(
            "127.0.0.1", 0, self.application, threaded=True, request_handler=Dated
        )
        self.home = f"http://127.0.0.1:{self.server.port}"
        self.whoami: dict[str, Any] = {
            "plugin": "1.0.0",
            "user": 7,
            "login": "igny8-publisher",
            "unfiltered_html": False,
            "auth_header": True,
            "app_passwords": True,
            "editor": "block",
            "blocks": {"details": True, "accordion": False},
            "site_uuid": SITE_UUID,
            "home_url": self.home,
            "rest_url": self.home + "/wp-json/",
        }

    @Request.application
    def application(self, request: Request) -> Response:
        request.get_data()
        self.seen.append(request)
        route = request.args.get("rest_route") or request.path.removeprefix("/wp-json")
        kind = f"{request.method} {route.removeprefix('/igny8/v1/').split('/')[0]}"
        default: tuple[int, Any, dict[str, str]] = (200, {"ok": True, **RECEIPT}, {})
        if kind == "GET whoami":
            default = (200, self.whoami, {})
        status, body, headers = self.answers.get(kind, default)
        if not isinstance(body, bytes):
            body = json.dumps(body).encode()
        return Response(body, status, headers)

    def client(self, rest_url: str = "", addressee: Addressee | None = None) -> WordPressClient:
        outbound = Outbound(frozenset({f"127.0.0.1:{self.server.port}"}))
        return WordPressClient(
            outbound,
            rest_url or self.home + "/wp-json/",
            "igny8-publisher",
            "abcd efgh",
            addressee=addressee,
        )


@pytest.fixture
def wordpress() -> Iterator[FakeWordPress]:
    fake = FakeWordPress()
    thread = threading.Thread(target=fake.server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield fake
    fake.server.shutdown()
    thread.join(timeout=10)
    fake.server.server_close()
