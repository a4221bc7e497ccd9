"""Blueprints whose requests pass the strict doors, and whose errors all look alike."""

from collections.abc import Mapping
from typing import Any, NoReturn

from flask import Request, Response
from flask_smorest import Api, Blueprint
from marshmallow import RAISE, Schema, ValidationError
from webargs import core
from webargs.flaskparser import FlaskParser
from werkzeug.exceptions import HTTPException

from igny8_flask.api import problems
from igny8_flask.api.json_door import check_characters, read_json
from igny8_flask.api.schemas import Problem
from igny8_flask.errors import BadRequestError, InputError


class StrictParser(FlaskParser):
    """Reads bodies through the JSON door and refuses unknown names everywhere."""

    DEFAULT_UNKNOWN_BY_LOCATION = {  # noqa: RUF012 - overrides a plain attribute
        "json": RAISE,
        "query": RAISE,
    }

    def load_json(self, req: Request, schema: Schema) -> Any:
        """The parsed body; an empty one counts as an empty object."""
        body = req.get_data(cache=True)
        if not body.strip():
            return {}
        if not core.is_json(req.mimetype):
            raise BadRequestError("Send JSON, with Content-Type: application/json.", "not_json")
        return read_json(body)

    def load_querystring(self, req: Request, schema: Schema) -> Any:
        """The query arguments, free of control characters."""
        check_characters(dict(req.args))
        return super().load_querystring(req, schema)

    def handle_error(
        self,
        error: ValidationError,
        req: Request,
        schema: Schema,
        *,
        error_status_code: int | None,
        error_headers: Mapping[str, str] | None,
    ) -> NoReturn:
        """Turn a refused field into an InputError that names it."""
        messages = error.messages if isinstance(error.messages, dict) else {}
        by_location = [part for part in messages.values() if isinstance(part, dict)]
        fields = flatten({key: value for part in by_location for key, value in part.items()})
        raise InputError(first_words(fields), None, fields) from error


class Resource(Blueprint):
    """A group of routes; declares what goes in and out with marshmallow schemas."""

    ARGUMENTS_PARSER = StrictParser()


class JsonApi(Api):
    """The OpenAPI document, and one error body for everything."""

    ERROR_SCHEMA = Problem

    def handle_http_exception(self, error: HTTPException) -> Response:
        """Answer werkzeug's own refusals in our shape."""
        return problems.of_http(error)


def flatten(messages: Mapping[Any, Any], path: str = "") -> dict[str, list[str]]:
    """Nested messages as pointers: ``{"items": {0: {"title": [..]}}}`` → ``items.0.title``."""
    flat: dict[str, list[str]] = {}
    for name, value in messages.items():
        pointer = path if name == "_schema" else f"{path}.{name}".lstrip(".")
        if isinstance(value, Mapping):
            flat.update(flatten(value, pointer))
        else:
            flat[pointer or "body"] = [str(words) for words in value]
    return flat


def first_words(fields: Mapping[str, list[str]]) -> str:
    """One sentence for people: the first refused field with its reason."""
    for name, words in fields.items():
        return f"{name}: {words[0]}" if words else f"{name} is not right."
    return "The request is not right."
