"""Builds the sandbox: routes, the journal around each request, errors in each host's words."""

import time
from typing import Any

from flask import Flask, Response, g, request
from werkzeug.exceptions import HTTPException

from igny8_flask.sandbox import (
    admin,
    batches,
    catalog_routes,
    chat,
    images,
    responses,
    runware,
)
from igny8_flask.sandbox.call import Call, open_call
from igny8_flask.sandbox.chat import print_json
from igny8_flask.sandbox.faults import FaultBook
from igny8_flask.sandbox.faults_http import answer_http_fault
from igny8_flask.sandbox.faults_wire import (
    answer_wire_fault,
    client_socket,
    has_left,
    spoil_response,
)
from igny8_flask.sandbox.latency import parse_latency
from igny8_flask.sandbox.profiles import PROFILES, ProfilePrefix, error_body
from igny8_flask.sandbox.refusals import Refusal
from igny8_flask.sandbox.state import EXTENSION, Sandbox, current_sandbox

MAX_BODY_BYTES = 210 * 1024 * 1024
_BLUEPRINTS = tuple(
    module.blueprint for module in (chat, images, catalog_routes, runware, responses, batches)
)


def create_sandbox(latency: str = "test", seed: int = 0) -> Flask:
    """Build a sandbox app.

    ``latency`` is ``test``, ``demo``, ``slow`` or the seconds that each reply takes; the same
    ``seed`` gives the same content.
    """
    app = Flask(__name__)
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY_BYTES
    pace = parse_latency(latency)
    app.extensions[EXTENSION] = Sandbox(pace, pace, seed, FaultBook())
    for blueprint in (*_BLUEPRINTS, admin.blueprint):
        app.register_blueprint(blueprint)
    app.before_request(_open)
    app.after_request(_close)
    app.register_error_handler(Refusal, _answer_refusal)
    app.register_error_handler(HTTPException, _answer_http_error)
    app.wsgi_app = ProfilePrefix(app.wsgi_app)  # type: ignore[method-assign]
    return app


def _open() -> Response | None:
    """Journal a provider request and let its fault strike before the work."""
    if request.path.startswith("/_sandbox/"):
        return None
    call = open_call()
    sandbox = current_sandbox()
    return answer_http_fault(call) or answer_wire_fault(call, sandbox)


def _close(response: Response) -> Response:
    """Add the services' headers, let a fault spoil the answer, and close the journal's entry."""
    call: Call | None = g.get("call")
    if call is None:
        return response
    entry = call.entry
    response.headers["x-request-id"] = entry.request_id
    response.headers["openai-processing-ms"] = str(_elapsed_ms(call))
    for kind, limit in (("requests", 10_000), ("tokens", 2_000_000)):
        response.headers.setdefault(f"x-ratelimit-limit-{kind}", str(limit))
        response.headers.setdefault(f"x-ratelimit-remaining-{kind}", str(limit - 1))
        response.headers.setdefault(f"x-ratelimit-reset-{kind}", "12ms")
    response = spoil_response(response, call)
    if not call.has_fault("hang", "reset_before_headers", "connect_refused"):
        entry.status = response.status_code
    _watch_end(response, call)
    return response


def _elapsed_ms(call: Call) -> int:
    return int((time.monotonic() - call.started) * 1000)


def _watch_end(response: Response, call: Call) -> None:
    """Note in the journal when the answer has gone out, or that the client had left."""
    connection = client_socket()
    chunks = response.iter_encoded()
    done = False

    def watched() -> Any:
        nonlocal done
        yield from chunks
        done = True

    def close() -> None:
        call.entry.ms = _elapsed_ms(call)
        call.entry.disconnected = not done

    if response.is_streamed:
        response.response = watched()
    else:
        done = not has_left(connection)
    response.call_on_close(close)


def _answer_refusal(refusal: Refusal) -> Response:
    call: Call | None = g.get("call")
    name = call.profile.name if call else "openai"
    if call:
        call.entry.error_code = refusal.code
    body, status = error_body(refusal, PROFILES[name]), refusal.status
    if request.path == "/v1":
        body, status = runware.refusal_body(refusal)
    return Response(
        print_json(body), status, headers=refusal.headers, content_type="application/json"
    )


def _answer_http_error(error: HTTPException) -> Response:
    words = f"Invalid URL ({request.method} {request.path})"
    message = words if error.code == 404 else error.description or error.name
    return _answer_refusal(Refusal(error.code or 500, message))
