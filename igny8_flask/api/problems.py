"""The one shape of every error answer, and the translation of whatever was raised into it."""

from collections.abc import Mapping
from typing import Any

from flask import Flask, Response, g, jsonify
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from werkzeug.exceptions import HTTPException

from igny8_flask.db import db
from igny8_flask.errors import Igny8Error, NotFoundError
from igny8_flask.log import get_logger

log = get_logger(__name__)

DATABASE_RETRY_S = 10
_HTTP = {
    400: ("bad_request", "The request cannot be read."),
    404: (NotFoundError.code, NotFoundError.words),
    405: ("method_not_allowed", "This address does not allow that method."),
    413: ("body_too_large", "The request is too large."),
    415: ("not_json", "Send JSON, with Content-Type: application/json."),
}


def install(app: Flask) -> None:
    """Translate every exception of a request."""
    app.register_error_handler(Igny8Error, of_ours)
    app.register_error_handler(OperationalError, of_database)
    app.register_error_handler(InterfaceError, of_database)
    app.register_error_handler(PoolTimeoutError, of_database)
    app.register_error_handler(Exception, of_surprise)


def of_ours(error: Igny8Error) -> Response:
    """A deliberate error: its own status, code and words."""
    db.session.rollback()
    if error.http_status >= 500:
        log.warning("request_failed", code=error.code, error=error.message)
    response = problem(error.http_status, error.code, error.message, error.fields)
    if error.retry_after_s is not None:
        response.headers["Retry-After"] = str(int(error.retry_after_s))
    if error.http_status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def of_http(error: HTTPException) -> Response:
    """A refusal by the web framework."""
    status = error.code or 500
    if error.response is not None or status < 400:
        return Response(status=status, headers=error.get_headers())
    code, words = _HTTP.get(status, ("http_error", error.name))
    response = problem(status, code, words)
    if status == 405 and "Allow" in dict(error.get_headers()):
        response.headers["Allow"] = dict(error.get_headers())["Allow"]
    return response


def of_database(error: DBAPIError | PoolTimeoutError) -> Response:
    """The database is away, locked or overloaded."""
    db.session.rollback()
    log.error("database_unavailable", exc_info=error)
    response = problem(503, "unavailable", "The service is busy for a moment. Try again soon.")
    response.headers["Retry-After"] = str(DATABASE_RETRY_S)
    return response


def of_surprise(error: Exception) -> Response:
    """A fault of ours: the log gets the trace, the caller only the request id."""
    db.session.rollback()
    log.error("request_crashed", exc_info=error)
    return problem(500, "internal_error", "Something went wrong here. It has been recorded.")


def problem(
    status: int, code: str, words: str, fields: Mapping[str, Any] | None = None
) -> Response:
    """The error body."""
    g.code = code
    body: dict[str, Any] = {"success": False, "error": words, "code": code}
    if fields:
        body["fields"] = dict(fields)
    body["request_id"] = g.get("request_id", "")
    response = jsonify(body)
    response.status_code = status
    return response
