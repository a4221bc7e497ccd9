"""``/v1/planner/ideas/``: articles that could be written."""

import uuid
from typing import Any

from marshmallow import Schema, fields, validate

from igny8_flask import planning, writing
from igny8_flask.api.idempotency import idempotent
from igny8_flask.api.resource import Resource
from igny8_flask.api.schemas import (
    MAX_IDS,
    MAX_TITLE_CHARS,
    Answer,
    Id,
    Ids,
    Int,
    Patch,
    Seen,
    Text,
    Time,
    list_query,
    page_query,
    page_schema,
    rows_schema,
)
from igny8_flask.api.tasks import OutlineIn, TaskOut
from igny8_flask.auth import principal
from igny8_flask.db import db
from igny8_flask.models import Cluster, ContentIdea
from igny8_flask.rows import Page, change, find, page_of

blp = Resource("ideas", __name__, url_prefix="/v1/planner/ideas")


class IdeaOut(Schema):
    """An article idea."""

    id = Id()
    cluster_id = Id(allow_none=True)
    title = fields.String()
    description = fields.String()
    content_type = fields.String()
    outline = fields.List(fields.Dict())
    target_keywords = fields.List(fields.String())
    word_count = fields.Integer()
    status = fields.String()
    near_duplicates = fields.List(fields.Dict())
    created_at = Time()
    updated_at = Time()


class IdeaOne(Answer):
    """One idea."""

    idea = fields.Nested(IdeaOut)


class IdeaPatch(Patch):
    """What of an idea can be changed."""

    cluster_id = Id(allow_none=True)
    title = Text(MAX_TITLE_CHARS, 1)
    description = Text()
    content_type = Text(40, 1)
    outline = fields.List(fields.Nested(OutlineIn), validate=validate.Length(max=50))
    target_keywords = fields.List(Text(200, 1), validate=validate.Length(max=50))
    word_count = Int(100, 10_000)


class IdeaChange(IdeaPatch, Seen):
    """A change of an idea that the caller has seen."""


class IdeaIn(IdeaPatch):
    """A new idea."""

    title = Text(MAX_TITLE_CHARS, 1, required=True)


class IdeasIn(Schema):
    """New ideas."""

    items = fields.List(
        fields.Nested(IdeaIn), required=True, validate=validate.Length(min=1, max=MAX_IDS)
    )


class IdeaIds(Schema):
    """Ideas to turn into tasks."""

    ids = Ids()


Query = list_query(
    ("created_at", "title", "status", "word_count"), status=Text(20, 1), cluster_id=Id()
)


@blp.route("/", methods=["GET"])
@blp.arguments(Query, location="query")
@blp.response(200, page_schema(IdeaOut))
def list_ideas(args: dict[str, Any]) -> Page:
    """List the site's ideas."""
    filters = [ContentIdea.status == args["status"]] if "status" in args else []
    if "cluster_id" in args:
        filters.append(ContentIdea.cluster_id == args["cluster_id"])
    searched = (ContentIdea.title, ContentIdea.description)
    return page_of(ContentIdea, principal().site_id, page_query(args), searched, filters)


@blp.route("/", methods=["POST"])
@idempotent
@blp.arguments(IdeasIn)
@blp.response(201, rows_schema(IdeaOut))
def create_ideas(body: dict[str, Any]) -> dict[str, Any]:
    """Add up to 100 ideas; all or none."""
    return {"results": planning.add_ideas(principal().site, body["items"])}


@blp.route("/create_tasks/", methods=["POST"])
@idempotent
@blp.arguments(IdeaIds)
@blp.response(201, rows_schema(TaskOut))
def create_tasks(body: dict[str, Any]) -> dict[str, Any]:
    """Make one writer task of each idea; an idea that has one gives that one."""
    tasks = planning.create_tasks(principal().site, body["ids"])
    return {"results": writing.view_tasks(principal().site_id, tasks)}


@blp.route("/<uuid:idea_id>/", methods=["GET"])
@blp.response(200, IdeaOne)
def read_idea(idea_id: uuid.UUID) -> dict[str, Any]:
    """Read one idea."""
    return {"idea": find(ContentIdea, principal().site_id, idea_id)}


@blp.route("/<uuid:idea_id>/", methods=["PATCH"])
@blp.arguments(IdeaChange)
@blp.response(200, IdeaOne)
def change_idea(body: dict[str, Any], idea_id: uuid.UUID) -> dict[str, Any]:
    """Change an idea."""
    idea = find(ContentIdea, principal().site_id, idea_id)
    if body.get("cluster_id"):
        find(Cluster, principal().site_id, body["cluster_id"])
    change(idea, body)
    db.session.commit()
    return {"idea": idea}


@blp.route("/<uuid:idea_id>/", methods=["DELETE"])
@blp.response(200, Answer)
def delete_idea(idea_id: uuid.UUID) -> dict[str, Any]:
    """Delete an idea; tasks that came from it stay."""
    planning.delete_idea(principal().site, idea_id)
    db.session.commit()
    return {}
