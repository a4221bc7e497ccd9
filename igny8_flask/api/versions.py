"""``/v1/writer/content/{id}/versions/``: what stood before, compared and brought back."""

import uuid
from typing import Any

from marshmallow import Schema, fields, validate

from igny8_flask import versions
from igny8_flask.api.idempotency import idempotent
from igny8_flask.api.refresh import DecisionIn
from igny8_flask.api.resource import Resource
from igny8_flask.api.schemas import Answer, Time
from igny8_flask.auth import principal
from igny8_flask.models import VersionOrigin

blp = Resource("versions", __name__, url_prefix="/v1/writer/content/<uuid:content_id>/versions")

ORIGINS = [origin.value for origin in VersionOrigin]


class ContentVersionOut(Schema):
    """A version of an article; ``author`` is the person who made it, if one did."""

    number = fields.Integer()
    origin = fields.String(validate=validate.OneOf(ORIGINS))
    author = fields.String(allow_none=True)
    made_at = Time()
    title = fields.String()
    word_count = fields.Integer()
    model = fields.String(attribute="provenance.model")
    prompt_version = fields.String(attribute="provenance.prompt_version")
    cost_usd = fields.Float(allow_none=True)
    is_current = fields.Boolean()


class ContentVersionsOut(Answer):
    """All versions that are kept, newest first."""

    results = fields.List(fields.Nested(ContentVersionOut))


class PairQuery(Schema):
    """Two versions by number: without them, the present one and the one before it."""

    older = fields.Integer(load_default=None, validate=validate.Range(1))
    newer = fields.Integer(load_default=None, validate=validate.Range(1))


class VersionDifferenceOut(Answer):
    """What the newer of two versions changed: ``text`` is a unified diff of the words."""

    changed = fields.List(fields.String())
    text = fields.String()


class RestoredOut(Answer):
    """The number that the restored text has now."""

    version = fields.Integer()


@blp.route("/", methods=["GET"])
@blp.response(200, ContentVersionsOut)
def list_versions(content_id: uuid.UUID) -> dict[str, Any]:
    """List the versions of an article."""
    return {"results": versions.list_of(principal().site_id, content_id)}


@blp.route("/diff/", methods=["GET"])
@blp.arguments(PairQuery, location="query")
@blp.response(200, VersionDifferenceOut)
def compare_versions(args: dict[str, Any], content_id: uuid.UUID) -> dict[str, Any]:
    """Show what one version changed of another."""
    return versions.difference(principal().site_id, content_id, args["older"], args["newer"])


@blp.route("/<int:number>/restore/", methods=["POST"])
@idempotent
@blp.arguments(DecisionIn)
@blp.response(200, RestoredOut)
def restore(body: dict[str, Any], content_id: uuid.UUID, number: int) -> dict[str, Any]:
    """Bring an earlier version back as the newest; a post on the site is not touched."""
    content = versions.restore(principal().site_id, content_id, number, **body)
    return {"version": content.version}
