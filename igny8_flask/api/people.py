"""``/v1/sites/me/people/``: names of the site's people that are kept here, for them and no longer.

A name travels in the body: addresses are written into logs.
"""

from typing import Any

from marshmallow import Schema, fields, validate

from igny8_flask import people
from igny8_flask.api.idempotency import idempotent
from igny8_flask.api.resource import Resource
from igny8_flask.api.schemas import Answer, Int, Text, Time, page_schema
from igny8_flask.auth import principal
from igny8_flask.rows import Page

blp = Resource("people", __name__, url_prefix="/v1/sites/me/people")


class NameIn(Schema):
    """A person, as the site calls them."""

    name = Text(250, 1, required=True)


class NamePageIn(NameIn):
    """The same, and which hundred of the places."""

    page = Int(1, 1_000_000, load_default=1)


class MentionOut(Schema):
    """A place where a name stands."""

    what = fields.String(validate=validate.OneOf(["version", "post", "delivery"]))
    title = fields.String()
    at = Time(allow_none=True)


class ForgottenOut(Answer):
    """In how many places the name stood."""

    removed = fields.Integer()


@blp.route("/", methods=["POST"])
@blp.arguments(NamePageIn)
@blp.response(200, page_schema(MentionOut))
def find_person(body: dict[str, Any]) -> Page:
    """List the places where a name is kept, a hundred at a time."""
    return people.mentions(principal().site_id, **body)


@blp.route("/forget/", methods=["POST"])
@idempotent
@blp.arguments(NameIn)
@blp.response(200, ForgottenOut)
def forget_person(body: dict[str, Any]) -> dict[str, Any]:
    """Take a name out of everything that is kept; the articles stay."""
    return {"removed": people.forget(principal().site_id, body["name"])}
