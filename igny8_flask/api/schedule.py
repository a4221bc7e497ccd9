"""``/v1/publisher/calendar/`` and what changes it: times of articles, pause and resume."""

from datetime import datetime, timedelta
from typing import Any

from marshmallow import Schema, ValidationError, fields, validates_schema

from igny8_flask import publishing_rules, scheduling, timetable
from igny8_flask.api.idempotency import idempotent
from igny8_flask.api.resource import Resource
from igny8_flask.api.schemas import Answer, Flag, Id, Time
from igny8_flask.auth import principal
from igny8_flask.db import utcnow
from igny8_flask.models import Site
from igny8_flask.work_status import delivery_url

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


class PublishedOut(Schema):
    """What is public and was never planned."""

    content_id = Id(attribute="content.id")
    title = fields.String(attribute="content.title")
    public_at = Time()
    local = fields.String()
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
    """Plans in the order of their times; those that wait for one come last.

    ``published`` went public without a plan; ``free`` are times that the site's rules give out
    next, ``next_free`` is what a person is offered first. Times are the site's own clock's.
    """

    paused = fields.Boolean()
    zone = fields.String()
    results = fields.List(fields.Nested(PlanOut))
    published = fields.List(fields.Nested(PublishedOut))
    free = fields.List(fields.String())
    next_free = fields.String(allow_none=True)


class ScheduleIn(Schema):
    """The time of one article; null takes it back, one without an offset is the site's own.

    ``next_free`` instead lets the site's rules choose.
    """

    content_id = Id(required=True)
    publish_at = fields.DateTime(allow_none=True)
    next_free = Flag()

    @validates_schema
    def needs_one_of_both(self, data: dict[str, Any], **_more: Any) -> None:
        """Refuse neither and both."""
        if ("publish_at" in data) == bool(data.get("next_free")):
            raise ValidationError("Send either publish_at or next_free.", "publish_at")


class ScheduleOut(Answer):
    """The article's plan, null when it has none; ``status_url`` follows its way to the site."""

    plan = fields.Nested(PlanOut, allow_none=True)
    status_url = fields.String(allow_none=True)


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
    span = _span(args)
    published = timetable.unplanned(site, *span)
    following = timetable.next_free(site)
    return {
        "paused": timetable.is_paused(site),
        "zone": timetable.zone_name(site),
        "results": timetable.calendar(site, *span),
        "published": [{**one, "local": _clock(site, one["public_at"])} for one in published],
        "free": [_clock(site, one) for one in timetable.free_times(site, *span)],
        "next_free": _clock(site, following) if following else None,
    }


@blp.route("/schedule/", methods=["POST"])
@idempotent
@blp.arguments(ScheduleIn)
@blp.response(200, ScheduleOut)
def schedule(body: dict[str, Any]) -> dict[str, Any]:
    """Set, move or take back the time of one article."""
    site, content_id = principal().site, body["content_id"]
    if body.get("next_free"):
        timed = scheduling.set_next_time(site, content_id)
    else:
        timed = scheduling.set_time(site, content_id, body["publish_at"])
    sent = timed.delivery
    return {
        "plan": timed._asdict() if timed.plan else None,
        "status_url": delivery_url(sent.id) if sent else None,
    }


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
    return _on_clock(plan.zone, plan.publish_at) if plan.publish_at else None


def _clock(site: Site, time: datetime) -> str:
    return _on_clock(timetable.zone_name(site), time)


def _on_clock(zone: str, time: datetime) -> str:
    return time.astimezone(publishing_rules.zone_of(zone)).isoformat(timespec="minutes")
