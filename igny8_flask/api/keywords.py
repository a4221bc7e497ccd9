"""``/v1/planner/keywords/``: what people search for."""

import uuid
from typing import Any

from flask import request
from marshmallow import Schema, fields, post_load, validate
from sqlalchemy import func
from sqlalchemy.orm import joinedload

from igny8_flask import planning
from igny8_flask.api.idempotency import idempotent
from igny8_flask.api.json_door import check_characters
from igny8_flask.api.resource import Resource
from igny8_flask.api.schemas import (
    MAX_IDS,
    Answer,
    Id,
    Int,
    Patch,
    Seen,
    Text,
    Time,
    list_query,
    page_query,
    page_schema,
)
from igny8_flask.auth import principal
from igny8_flask.db import db
from igny8_flask.errors import BadRequestError
from igny8_flask.keyword_csv import MAX_KEYWORD_CHARS, clean_keyword
from igny8_flask.models import Cluster, Keyword
from igny8_flask.rows import Page, change, find, page_of

blp = Resource("keywords", __name__, url_prefix="/v1/planner/keywords")

CSV_TYPES = ("text/csv", "text/plain", "text/tab-separated-values", "application/csv", "")
WITH_CLUSTER = (joinedload(Keyword.cluster).load_only(Cluster.name),)


class KeywordOut(Schema):
    """A keyword."""

    id = Id()
    keyword = fields.String()
    volume = fields.Integer(allow_none=True)
    difficulty = fields.Integer(allow_none=True)
    intent = fields.String(allow_none=True)
    sector = fields.String(allow_none=True)
    status = fields.String()
    cluster_id = Id(allow_none=True)
    cluster_name = fields.String(attribute="cluster.name")
    created_at = Time()
    updated_at = Time()


class KeywordOne(Answer):
    """One keyword."""

    keyword = fields.Nested(KeywordOut)


class KeywordPatch(Patch):
    """What of a keyword can be changed."""

    volume = Int(0, 1_000_000_000, allow_none=True)
    difficulty = Int(0, 100, allow_none=True)
    intent = Text(40, allow_none=True)
    sector = Text(200, allow_none=True)
    cluster_id = Id(allow_none=True)


class KeywordChange(KeywordPatch, Seen):
    """A change of a keyword that the caller has seen."""


class KeywordIn(KeywordPatch):
    """A new keyword."""

    keyword = Text(MAX_KEYWORD_CHARS, 1, required=True)

    @post_load
    def clean(self, data: dict[str, Any], **_more: Any) -> dict[str, Any]:
        """Keep single blanks only."""
        return {**data, "keyword": clean_keyword(data["keyword"])}


class KeywordsIn(Schema):
    """New keywords."""

    items = fields.List(
        fields.Nested(KeywordIn), required=True, validate=validate.Length(min=1, max=MAX_IDS)
    )


class KeywordsMade(Answer):
    """What was added, and what the site had already."""

    results = fields.List(fields.Nested(KeywordOut))
    known = fields.List(fields.String())


class ImportQuery(Schema):
    """``preview=1`` reports without adding."""

    preview = fields.Boolean(load_default=False)


class LineOut(Schema):
    """What became of one line."""

    line = fields.Integer()
    keyword = fields.String()
    state = fields.String(validate=validate.OneOf(["added", "known", "refused"]))
    message = fields.String()


class ImportOut(Answer):
    """A report per line, and the sums."""

    preview = fields.Boolean()
    added = fields.Integer()
    known = fields.Integer()
    refused = fields.Integer()
    lines = fields.List(fields.Nested(LineOut))


Query = list_query(
    ("created_at", "keyword", "volume", "difficulty", "status"),
    status=Text(20, 1),
    intent=Text(40, 1),
    cluster_id=Id(),
)


@blp.route("/", methods=["GET"])
@blp.arguments(Query, location="query")
@blp.response(200, page_schema(KeywordOut))
def list_keywords(args: dict[str, Any]) -> Page:
    """List the site's keywords."""
    filters = [Keyword.status == args["status"]] if "status" in args else []
    if "cluster_id" in args:
        filters.append(Keyword.cluster_id == args["cluster_id"])
    if "intent" in args:
        filters.append(func.lower(Keyword.intent) == args["intent"].lower())
    searched = (Keyword.keyword,)
    return page_of(Keyword, principal().site_id, page_query(args), searched, filters, WITH_CLUSTER)


@blp.route("/", methods=["POST"])
@idempotent
@blp.arguments(KeywordsIn)
@blp.response(201, KeywordsMade)
def create_keywords(body: dict[str, Any]) -> dict[str, Any]:
    """Add up to 100 keywords; those the site has already are named, not doubled."""
    added, known = planning.add_keywords(principal().site, body["items"])
    return {"results": added, "known": known}


@blp.route("/import/", methods=["POST"])
@idempotent
@blp.doc(requestBody={"content": {"text/csv": {"schema": {"type": "string"}}}})
@blp.arguments(ImportQuery, location="query")
@blp.response(200, ImportOut)
def import_keywords(args: dict[str, Any]) -> dict[str, Any]:
    """Import a list or CSV of up to 10 000 lines and 5 MiB."""
    if request.mimetype not in CSV_TYPES:
        raise BadRequestError("Send the list as text, with Content-Type: text/csv.", "bad_csv")
    try:
        text = request.get_data().decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadRequestError("Save the file as UTF-8 and send it again.", "bad_csv") from error
    check_characters(text)
    lines = planning.import_keywords(principal().site, text, args["preview"])
    sums = dict.fromkeys(("added", "known", "refused"), 0)
    for line in lines:
        sums[line.state] += 1
    return {"preview": args["preview"], "lines": lines, **sums}


@blp.route("/<uuid:keyword_id>/", methods=["GET"])
@blp.response(200, KeywordOne)
def read_keyword(keyword_id: uuid.UUID) -> dict[str, Any]:
    """Read one keyword."""
    return {"keyword": find(Keyword, principal().site_id, keyword_id)}


@blp.route("/<uuid:keyword_id>/", methods=["PATCH"])
@blp.arguments(KeywordChange)
@blp.response(200, KeywordOne)
def change_keyword(body: dict[str, Any], keyword_id: uuid.UUID) -> dict[str, Any]:
    """Change a keyword."""
    keyword = find(Keyword, principal().site_id, keyword_id)
    if body.get("cluster_id"):
        find(Cluster, principal().site_id, body["cluster_id"])
    change(keyword, body)
    db.session.commit()
    return {"keyword": keyword}


@blp.route("/<uuid:keyword_id>/", methods=["DELETE"])
@blp.response(200, Answer)
def delete_keyword(keyword_id: uuid.UUID) -> dict[str, Any]:
    """Delete a keyword."""
    db.session.delete(find(Keyword, principal().site_id, keyword_id))
    db.session.commit()
    return {}
