"""Refusals as the real services word them; profiles decide the shape on the wire."""

from collections.abc import Mapping
from typing import Any


class Refusal(Exception):  # noqa: N818 - an answer, not a failure of the sandbox
    """An error answer: HTTP status, words, and OpenAI's type, param and code."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        code: str | None = None,
        param: str | None = None,
        kind: str = "invalid_request_error",
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.code = code
        self.param = param
        self.kind = kind
        self.headers = dict(headers or {})


def unsupported_parameter(param: str, instead: str) -> Refusal:
    """Refuse a field that the model does not know."""
    return Refusal(
        400,
        f"Unsupported parameter: '{param}' is not supported with this model. {instead}".strip(),
        code="unsupported_parameter",
        param=param,
    )


def unsupported_value(param: str, value: Any, allowed: str) -> Refusal:
    """Refuse a value that the model does not accept."""
    return Refusal(
        400,
        f"Unsupported value: '{param}' does not support {value!r} with this model. {allowed}",
        code="unsupported_value",
        param=param,
    )


def invalid_value(param: str, message: str) -> Refusal:
    """Refuse a value of the wrong kind or range."""
    return Refusal(400, message, code="invalid_value", param=param)


def missing_parameter(param: str) -> Refusal:
    """Refuse a request that lacks a field."""
    message = f"Missing required parameter: '{param}'."
    return Refusal(400, message, code="missing_required_parameter", param=param)


def model_not_found(model: str, retired: bool) -> Refusal:
    """Refuse a model that never was or is no more."""
    why = "has been deprecated and shut down" if retired else "does not exist"
    message = f"The model `{model}` {why} or you do not have access to it."
    return Refusal(404, message, code="model_not_found", param="model")
