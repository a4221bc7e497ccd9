"""Each request has an id: taken from the caller or made here, logged, and echoed."""

import re
import time
import uuid

from flask import Flask, Response, g, request

from igny8_flask.log import bind, get_logger, unbind

log = get_logger(__name__)

HEADER = "X-Request-ID"
NOT_MODIFIED = 304
_BOUND = ("request_id", "account_id", "site_id", "caller")


def install(app: Flask) -> None:
    """Give every request its id before anything else looks at it."""
    app.before_request(_begin)
    app.after_request(_finish)
    app.teardown_request(_forget)


def request_id(given: str) -> str:
    """The id that the caller gave, or a new one."""
    return given if re.fullmatch(r"[A-Za-z0-9._-]{8,64}", given) else uuid.uuid4().hex


def _begin() -> None:
    g.request_id = request_id(request.headers.get(HEADER, ""))
    g.started = time.monotonic()
    unbind(*_BOUND)
    bind(request_id=g.request_id)


def _finish(response: Response) -> Response:
    response.headers[HEADER] = g.request_id
    response.headers.setdefault("Cache-Control", "no-store")
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    if response.status_code == NOT_MODIFIED:
        return response  # a poll that learned nothing: a line each would bury the others
    refused = {"code": g.get("code", ""), "address": request.remote_addr}
    log.info(
        "request",
        method=request.method,
        route=str(request.url_rule or "unknown"),
        status=response.status_code,
        ms=round((time.monotonic() - g.started) * 1000),
        **(refused if response.status_code >= 400 else {}),
    )
    return response


def _forget(_error: BaseException | None) -> None:
    unbind(*_BOUND)
