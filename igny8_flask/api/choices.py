"""``/v1/publisher/deliveries/{id}/diff/`` and ``choose/``: posts that a person changed."""

import uuid
from typing import Any

from marshmallow import Schema, fields

from igny8_flask import choices, publishing
from igny8_flask.api.idempotency import idempotent
from igny8_flask.api.resource import Resource
from igny8_flask.api.runs import StatusOut
from igny8_flask.api.schemas import Answer, Problem, Text
from igny8_flask.auth import principal
from igny8_flask.work_status import describe

blp = Resource("choices", __name__, url_prefix="/v1/publisher")


class ChoiceOut(Schema):
    """Why a person has to decide, and what they need for it."""

    reason = fields.String()
    who = fields.String(allow_none=True)
    when = fields.String(allow_none=True)
    changed = fields.List(fields.String())
    edit_link = fields.String(allow_none=True)
    decided = fields.String()


class BothOut(Schema):
    """One part in two versions."""

    ours = fields.String()
    theirs = fields.String()


class DifferenceOut(Answer):
    """Ours against the site's: ``text`` is a unified diff of the words."""

    changed = fields.List(fields.String())
    text = fields.String()
    title = fields.Nested(BothOut)
    excerpt = fields.Nested(BothOut)
    choice = fields.Nested(ChoiceOut)


class DecisionOnPostIn(Schema):
    """``keep`` leaves the site's post as it is, ``take`` makes its words our newest version."""

    choice = fields.Enum(choices.Choice, by_value=True, required=True)
    author = Text(250, load_default=None, allow_none=True)


@blp.route("/deliveries/<uuid:delivery_id>/diff/", methods=["GET"])
@blp.response(200, DifferenceOut)
@blp.alt_response(409, schema=Problem)
@blp.alt_response(502, schema=Problem)
def read_difference(delivery_id: uuid.UUID) -> dict[str, Any]:
    """Compare our article with what stands on the site."""
    return publishing.difference(principal().site, delivery_id)


@blp.route("/deliveries/<uuid:delivery_id>/choose/", methods=["POST"])
@idempotent
@blp.arguments(DecisionOnPostIn)
@blp.response(200, StatusOut)
def choose(body: dict[str, Any], delivery_id: uuid.UUID) -> dict[str, Any]:
    """Decide about a post that somebody changed on the site; overwriting is publish with force."""
    return describe(choices.decide(principal().site, delivery_id, **body))
