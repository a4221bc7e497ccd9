"""Unchanged polls, answered before the framework: most of what many open screens ask.

A poll whose key Redis knows and whose ETag still fits needs nothing else. Whatever is not exactly
that goes on to the route, which answers the same and decides everything else.
"""

import re
import uuid
from collections.abc import Iterable
from typing import TYPE_CHECKING, cast

from flask import Flask

from igny8_flask import auth
from igny8_flask.api.request_ids import HEADER, request_id
from igny8_flask.services import EXTENSION, Services

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

POLL = re.compile(
    r"/v1/(?:system/tasks|publisher/deliveries)"
    r"/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/status/?"
)
STATUS_CACHING = "private, no-cache"


def answered_early(app: Flask, application: "WSGIApplication") -> "WSGIApplication":
    """The application behind this short way."""

    def answer(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        poll = POLL.fullmatch(environ["PATH_INFO"]) if environ["REQUEST_METHOD"] == "GET" else None
        known = environ.get("HTTP_IF_NONE_MATCH") if poll else None
        if poll is None or not known:
            return application(environ, start_response)
        services = cast(Services, app.extensions[EXTENSION])
        bearer = environ.get("HTTP_AUTHORIZATION", "")
        present = auth.polled_status(services, bearer, uuid.UUID(poll[1]))
        if present is None or known != f'"{present.etag}"':
            return application(environ, start_response)
        headers = [
            ("ETag", known),
            ("Cache-Control", STATUS_CACHING),
            (HEADER, request_id(environ.get("HTTP_X_REQUEST_ID", ""))),
            ("X-Content-Type-Options", "nosniff"),
        ]
        start_response("304 NOT MODIFIED", headers)
        return ()

    return answer
