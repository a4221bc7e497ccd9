"""``/v1/publisher/calendar/`` and what changes it: times of articles, pause and resume."""

import uuid
from datetime import datetime, timedelta
from typing import Any

from marshmallow import Schema, ValidationError, fields, validates_schema

from igny8_flask import publishing_rules, scheduling
from igny8_flask.api.idempotency import idempotent
from igny8_flask.api.resource import Resource
from igny8_flask.api.schemas import Answer, Id, Time
from igny8_flask.auth import principal
from igny8_flask.db import utcnow

blp = Resource("schedule", __name__, url_prefix="/v1/publisher")

SPAN = timedelta(days=400)


class PlanOut(Schema):
    """When an article goes public; ``local`` is the same time on the site's own clock."""

    content_id = Id(attribute="plan.content_id")
    title = fields.String(attribute="content.title")
    state = fields.String(attribute="plan.state")
    publish_at = Time(attribute="plan.publish_at", allow_none=True)
    zone = fields.String(attribute="plan.zone")
    local = fields.Function(lambda row: _local(row["plan"]))
    public_at = Time(attribute="plan.public_at", allow_none=True)
    message = fields.String(attribute="plan.message")
    wp_status = fields.String(attribute="content.wp_status", allow_none=True)
    wp_link = fields.String(attribute="content.wp_link", allow_none=True)
    wp_edit_link = fields.String(attribute="content.wp_edit_link", allow_none=True)


class CalendarQuery(Schema):
    """A span of time, at most 400 days; without one, the month from now."""

    from_ = fields.AwareDateTime(data_key="from")
    to = fields.AwareDateTime()

    @validates_schema
    def needs_a_span(self, data: dict[str, Any], **_more: Any) -> None:
        """Refuse spans that end before they begin, and endless ones."""
        start, end = _span(data)
        if not start <= end <= start + SPAN:
            raise ValidationError("Must lie within 400 days after from.", "to")


class CalendarOut(Answer):
    """Plans in the order of their times; those that wait for one come last."""

    paused = fields.Boolean()
    zone = fields.String()
    results = fields.List(fields.Nested(PlanOut))


class ScheduleIn(Schema):
    """The time of one article; null takes it back, one without an offset is the site's own."""

    content_id = Id(required=True)
    publish_at = fields.DateTime(required=True, allow_none=True)


class ScheduleOut(Answer):
    """The article's plan, null when it has none."""

    plan = fields.Nested(PlanOut, allow_none=True)


class Nothing(Schema):
    """An empty body."""


class PausedOut(Answer):
    """Whether the site's publishing stands still."""

    paused = fields.Boolean()


@blp.route("/calendar/", methods=["GET"])
@blp.arguments(CalendarQuery, location="query")
@blp.response(200, CalendarOut)
def read_calendar(args: dict[str, Any]) -> dict[str, Any]:
    """Show what goes public when."""
    site = principal().site
    return {
        "paused": scheduling.is_paused(site),
        "zone": scheduling.zone_name(site),
        "results": scheduling.calendar(site, *_span(args)),
    }


@blp.route("/schedule/", methods=["POST"])
@idempotent
@blp.arguments(ScheduleIn)
@blp.response(200, ScheduleOut)
def schedule(body: dict[str, Any]) -> dict[str, Any]:
    """Set, move or take back the time of one article."""
    content_id: uuid.UUID = body["content_id"]
    return {"plan": scheduling.set_time(principal().site, content_id, body["publish_at"])}


@blp.route("/pause/", methods=["POST"])
@idempotent
@blp.arguments(Nothing)
@blp.response(200, PausedOut)
def pause(_body: dict[str, Any]) -> dict[str, Any]:
    """Stop publishing by itself; what is scheduled on the site becomes a draft again."""
    scheduling.pause(principal().site)
    return {"paused": True}


@blp.route("/resume/", methods=["POST"])
@idempotent
@blp.arguments(Nothing)
@blp.response(200, PausedOut)
def resume(_body: dict[str, Any]) -> dict[str, Any]:
    """Go on: everything that waits gets a new time."""
    scheduling.resume(principal().site)
    return {"paused": False}


def _span(args: dict[str, Any]) -> tuple[datetime, datetime]:
    start = args.get("from_") or utcnow()
    return start, args.get("to") or start + timedelta(days=31)


def _local(plan: Any) -> str | None:
    if plan.publish_at is None:
        return None
    local: datetime = plan.publish_at.astimezone(publishing_rules.zone_of(plan.zone))
    return local.isoformat(timespec="minutes")
