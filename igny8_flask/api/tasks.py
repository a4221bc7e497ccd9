"""``/v1/writer/tasks/``: what shall be written."""

import uuid
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate
from sqlalchemy.orm import joinedload

from igny8_flask import prompt_library, writing
from igny8_flask.ai.prompts import MAX_TEMPLATE_CHARS
from igny8_flask.api.idempotency import idempotent
from igny8_flask.api.resource import Resource
from igny8_flask.api.schemas import (
    MAX_IDS,
    MAX_TITLE_CHARS,
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
    rows_schema,
)
from igny8_flask.auth import principal
from igny8_flask.db import db
from igny8_flask.errors import InputError
from igny8_flask.models import Task, TaskStatus
from igny8_flask.rows import Page, change, find, page_of

blp = Resource("tasks", __name__, url_prefix="/v1/writer/tasks")

WITH_CONTENT = (joinedload(Task.content),)


class TaskContentOut(Schema):
    """The article of a task, as far as a list shows it."""

    id = Id()
    status = fields.String()
    wp_post_id = fields.Integer(allow_none=True)
    wp_link = fields.String(allow_none=True)
    wp_edit_link = fields.String(allow_none=True)
    sandbox = fields.Function(lambda content: bool(content.provenance.get("sandbox")))


class TaskOut(Schema):
    """A writer task."""

    id = Id(attribute="task.id")
    title = fields.String(attribute="task.title")
    description = fields.String(attribute="task.description")
    keywords = fields.List(fields.String(), attribute="task.keywords")
    outline = fields.List(fields.Dict(), attribute="task.outline")
    status = fields.String(attribute="task.status")
    word_count = fields.Integer(attribute="task.word_count")
    content_type = fields.String(attribute="task.content_type")
    created_at = Time(attribute="task.created_at")
    updated_at = Time(attribute="task.updated_at")
    live_run = Id(allow_none=True)
    content = fields.Nested(TaskContentOut, attribute="task.content", allow_none=True)


class TaskOne(Answer):
    """One task."""

    task = fields.Nested(TaskOut)


class OutlineIn(Schema):
    """One section of a planned article."""

    heading = Text(MAX_TITLE_CHARS, 1, required=True)
    key_points = fields.List(Text(500), validate=validate.Length(max=20))


class Override(Text):
    """A template that one task is written by instead of the site's."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **more: Any) -> str:
        template = super()._deserialize(value, attr, data, **more)
        try:
            prompt_library.check_override(template)
        except InputError as error:
            raise ValidationError(error.message) from error
        return template


class TaskPatch(Patch):
    """What of a task can be changed."""

    title = Text(MAX_TITLE_CHARS, 1)
    description = Text()
    keywords = fields.List(Text(200, 1), validate=validate.Length(max=50))
    outline = fields.List(fields.Nested(OutlineIn), validate=validate.Length(max=50))
    word_count = Int(100, 10_000)
    content_type = Text(40, 1)
    prompt_override = Override(MAX_TEMPLATE_CHARS, allow_none=True)


class TaskChange(TaskPatch, Seen):
    """A change of a task that the caller has seen."""


class TaskIn(TaskPatch):
    """A new task."""

    title = Text(MAX_TITLE_CHARS, 1, required=True)


class TasksIn(Schema):
    """New tasks."""

    items = fields.List(
        fields.Nested(TaskIn), required=True, validate=validate.Length(min=1, max=MAX_IDS)
    )


Query = list_query(
    ("created_at", "updated_at", "title", "status"),
    status=fields.Enum(TaskStatus, by_value=True),
)


@blp.route("/", methods=["GET"])
@blp.arguments(Query, location="query")
@blp.response(200, page_schema(TaskOut))
def list_tasks(args: dict[str, Any]) -> Page:
    """List the site's tasks."""
    site_id = principal().site_id
    filters = [Task.status == args["status"]] if "status" in args else []
    page = page_of(
        Task, site_id, page_query(args), (Task.title, Task.description), filters, WITH_CONTENT
    )
    return Page(page.count, page.page, page.page_size, writing.view_tasks(site_id, page.results))


@blp.route("/", methods=["POST"])
@idempotent
@blp.arguments(TasksIn)
@blp.response(201, rows_schema(TaskOut))
def create_tasks(body: dict[str, Any]) -> dict[str, Any]:
    """Add up to 100 tasks; all or none."""
    tasks = writing.create_tasks(principal().site, body["items"])
    return {"results": writing.view_tasks(principal().site_id, tasks)}


@blp.route("/<uuid:task_id>/", methods=["GET"])
@blp.response(200, TaskOne)
def read_task(task_id: uuid.UUID) -> dict[str, Any]:
    """Read one task."""
    return _shown(task_id)


@blp.route("/<uuid:task_id>/", methods=["PATCH"])
@blp.arguments(TaskChange)
@blp.response(200, TaskOne)
def change_task(body: dict[str, Any], task_id: uuid.UUID) -> dict[str, Any]:
    """Change a task."""
    task = find(Task, principal().site_id, task_id)
    change(task, body)
    db.session.commit()
    return _shown(task_id)


@blp.route("/<uuid:task_id>/", methods=["DELETE"])
@blp.response(200, Answer)
def delete_task(task_id: uuid.UUID) -> dict[str, Any]:
    """Delete a task that nothing was written for."""
    writing.delete_task(principal().site, task_id)
    db.session.commit()
    return {}


def _shown(task_id: uuid.UUID) -> dict[str, Any]:
    site_id = principal().site_id
    task = find(Task, site_id, task_id, *WITH_CONTENT)
    return {"task": writing.view_tasks(site_id, [task])[0]}
