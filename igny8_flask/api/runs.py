"""The AI functions as routes, and ``/v1/system/tasks/``: how their runs go."""

import uuid
from typing import Any, ClassVar

from flask import Response, request
from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from igny8_flask import planning, retries, runs
from igny8_flask.ai.validators import MAX_TASKS
from igny8_flask.api.idempotency import idempotent
from igny8_flask.api.resource import Resource
from igny8_flask.api.schemas import (
    Accepted,
    Answer,
    Flag,
    Id,
    Ids,
    Int,
    Text,
    list_query,
    page_query,
    page_schema,
)
from igny8_flask.api.unchanged import STATUS_CACHING
from igny8_flask.auth import principal
from igny8_flask.cache import StatusBody
from igny8_flask.jobs import LIVE
from igny8_flask.models import AITaskLog, WorkState
from igny8_flask.rows import Page, not_found, page_of
from igny8_flask.work_status import API_STATE, describe, run_url

blp = Resource("runs", __name__, url_prefix="/v1")

STATES = sorted(set(API_STATE.values()))


class OptionsIn(Schema):
    """What a run shall do besides its own work."""

    images = Flag()
    publish = Flag()


class DrawingIn(Schema):
    """Tasks whose articles get pictures, up to 1,000."""

    ids = Ids(MAX_TASKS)
    options = fields.Nested(OptionsIn, load_default=dict)


class SelectingIn(Schema):
    """Ids to work on, or the name of a selection of the site's rows."""

    WAYS: ClassVar[tuple[str, ...]] = ("ids", "select")

    ids = Ids(required=False)

    @validates_schema
    def needs_one_way(self, data: dict[str, Any], **_more: Any) -> None:
        """Refuse none and several."""
        if sum(way in data for way in self.WAYS) != 1:
            raise ValidationError(f"Send either {' or '.join(self.WAYS)}.", "ids")


class ClusteringIn(SelectingIn):
    """Keywords to cluster: up to 100 by id, or all that are in no cluster, up to 5,000."""

    select = fields.String(validate=validate.Equal(planning.SELECTIONS["auto_cluster"]))
    options = fields.Nested(OptionsIn, load_default=dict)


class PlanningOptionsIn(OptionsIn):
    """How many ideas are wanted."""

    ideas_per_cluster = Int(1, 10)


class PlanningIn(SelectingIn):
    """Clusters to plan articles for: by id, or all that have keywords and no ideas, up to 100."""

    select = fields.String(validate=validate.Equal(planning.SELECTIONS["generate_ideas"]))
    options = fields.Nested(PlanningOptionsIn, load_default=dict)


class WritingIn(SelectingIn):
    """Tasks to write: up to 1,000 by id, or the oldest 1,000 that are pending."""

    ids = Ids(MAX_TASKS, required=False)
    select = fields.String(validate=validate.Equal(planning.SELECTIONS["generate_content"]))
    options = fields.Nested(OptionsIn, load_default=dict)


class StepOut(Schema):
    """One step of a run, as the audit names its parts."""

    step_number = fields.Integer(data_key="stepNumber")
    step_name = fields.String(data_key="stepName")
    status = fields.String()
    message = fields.String()
    duration = fields.Float(allow_none=True)
    error = fields.String(allow_none=True)


class NextOut(Schema):
    """The run or delivery where the work goes on."""

    kind = fields.String(validate=validate.OneOf(["run", "delivery"]))
    id = Id()
    status_url = fields.String()


class RunOut(Schema):
    """A run in a list; ``failed`` counts the parts that a retry would make up for."""

    task_id = fields.String()
    function = fields.String()
    state = fields.String(validate=validate.OneOf(STATES))
    phase = fields.String()
    percentage = fields.Integer()
    message = fields.String()
    error = fields.String()
    code = fields.String()
    cost_usd = fields.Float(allow_none=True)
    credits = fields.Integer()
    tokens = fields.Integer()
    sandbox = fields.Boolean()
    attempts = fields.Integer()
    started_at = fields.String(allow_none=True)
    finished_at = fields.String(allow_none=True)
    failed = fields.Function(lambda run: int((run.get("result") or {}).get("failed") or 0))
    next = fields.Nested(NextOut)
    status_url = fields.String()


class StatusOut(RunOut):
    """The status of a run or delivery; ``poll_after_ms`` says when to ask again."""

    success = fields.Constant(True)
    current = fields.Integer(allow_none=True)
    total = fields.Integer(allow_none=True)
    current_item = fields.String(allow_none=True)
    request_steps = fields.List(fields.Nested(StepOut))
    response_steps = fields.List(fields.Nested(StepOut))
    result = fields.Dict()
    content_id = Id()
    paused = fields.Boolean()
    queue_position = fields.Integer()
    starts_in_s = fields.Integer(allow_none=True)
    poll_after_ms = fields.Integer()


Query = list_query(
    ("created_at", "finished_at"),
    state=fields.String(validate=validate.OneOf(STATES)),
    function=Text(60, 1),
    live=fields.Boolean(),
)


@blp.route("/planner/keywords/auto_cluster/", methods=["POST"])
@idempotent
@blp.arguments(ClusteringIn)
@blp.response(202, Accepted)
def auto_cluster(body: dict[str, Any]) -> dict[str, Any]:
    """Group keywords into clusters."""
    return _submit("auto_cluster", body)


@blp.route("/planner/clusters/auto_generate_ideas/", methods=["POST"])
@idempotent
@blp.arguments(PlanningIn)
@blp.response(202, Accepted)
def auto_generate_ideas(body: dict[str, Any]) -> dict[str, Any]:
    """Find article ideas for clusters."""
    return _submit("generate_ideas", body)


@blp.route("/writer/tasks/auto_generate_content/", methods=["POST"])
@idempotent
@blp.arguments(WritingIn)
@blp.response(202, Accepted)
def auto_generate_content(body: dict[str, Any]) -> dict[str, Any]:
    """Write the articles of tasks."""
    return _submit("generate_content", body)


@blp.route("/writer/tasks/auto_generate_images/", methods=["POST"])
@idempotent
@blp.arguments(DrawingIn)
@blp.response(202, Accepted)
def auto_generate_images(body: dict[str, Any]) -> dict[str, Any]:
    """Make the images of the articles of tasks."""
    return _submit("generate_images", body)


@blp.route("/system/tasks/", methods=["GET"])
@blp.arguments(Query, location="query")
@blp.response(200, page_schema(RunOut))
def list_runs(args: dict[str, Any]) -> Page:
    """List the site's runs."""
    filters = []
    if "state" in args:
        states = [state for state, name in API_STATE.items() if name == args["state"]]
        filters.append(AITaskLog.state.in_(states))
    if "live" in args:
        under_way = AITaskLog.state.in_(LIVE)
        filters.append(under_way if args["live"] else ~under_way)
    if "function" in args:
        filters.append(AITaskLog.function_name == args["function"])
    searched = (AITaskLog.function_name, AITaskLog.message)
    page = page_of(AITaskLog, principal().site_id, page_query(args), searched, filters)
    rows = [{**describe(run), "status_url": run_url(run.id)} for run in page.results]
    return Page(page.count, page.page, page.page_size, rows)


@blp.route("/system/tasks/<uuid:run_id>/status/", methods=["GET"])
@blp.response(200, StatusOut)
@blp.alt_response(304, description="Nothing changed since the ETag that was sent.")
def read_status(run_id: uuid.UUID) -> Response:
    """Show how a run goes."""
    caller = principal()
    return status_response(caller.ready or runs.read_status(caller.site_id, run_id))


@blp.route("/system/tasks/<uuid:run_id>/cancel/", methods=["POST"])
@idempotent
@blp.response(202, Accepted)
def cancel(run_id: uuid.UUID) -> dict[str, Any]:
    """Stop a run at the next possible moment."""
    return _accepted(runs.cancel(principal().site, run_id), "The run will stop.")


@blp.route("/system/tasks/<uuid:run_id>/pause/", methods=["POST"])
@idempotent
@blp.response(202, Accepted)
def pause(run_id: uuid.UUID) -> dict[str, Any]:
    """Let nothing new of a batch, or a waiting run, begin."""
    return _accepted(runs.pause(principal().site, run_id), "Paused; what is in work goes on.")


@blp.route("/system/tasks/<uuid:run_id>/resume/", methods=["POST"])
@idempotent
@blp.response(202, Accepted)
def resume(run_id: uuid.UUID) -> dict[str, Any]:
    """Go on with a paused batch or run."""
    return _accepted(runs.resume(principal().site, run_id), "It goes on.")


@blp.route("/system/tasks/<uuid:run_id>/retry/", methods=["POST"])
@idempotent
@blp.response(202, Accepted)
def retry(run_id: uuid.UUID) -> dict[str, Any]:
    """Run again from the last step that was paid for."""
    return _accepted(runs.retry(principal().site, run_id), "The run will be tried again.")


@blp.route("/system/tasks/<uuid:run_id>/give_up/", methods=["POST"])
@idempotent
@blp.response(200, Answer)
def give_up(run_id: uuid.UUID) -> dict[str, Any]:
    """Leave what failed as it is: it no longer waits for anybody."""
    retries.give_up(runs.get(principal().site_id, run_id))
    return {}


def status_response(status: StatusBody | None) -> Response:
    """A ready status body with its ETag; 304 when the caller has it already."""
    if status is None:
        raise not_found()
    response = Response(status.body, mimetype="application/json")
    response.set_etag(status.etag)
    response.headers["Cache-Control"] = STATUS_CACHING
    response.make_conditional(request)
    return response


def _submit(function_name: str, body: dict[str, Any]) -> dict[str, Any]:
    site = principal().site
    ids = body["ids"] if "ids" in body else planning.select_ids(site, body["select"])
    run = runs.submit(site, function_name, ids, body["options"])
    return _accepted(run, "Accepted.")


def _accepted(run: AITaskLog, words: str) -> dict[str, Any]:
    message = words if run.state is not WorkState.RUNNING else f"{words} It is in work."
    return {"task_id": run.id, "message": message, "status_url": run_url(run.id)}
