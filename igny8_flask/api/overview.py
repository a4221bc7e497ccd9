"""``/v1/system/overview/``: all that a site's first screen shows, in one answer."""

from typing import Any

from marshmallow import Schema, fields

from igny8_flask import budgets, overview, timetable, usage
from igny8_flask.api import sites
from igny8_flask.api.resource import Resource
from igny8_flask.api.schemas import Time
from igny8_flask.api.system import CapOut, DayUsageOut, TotalUsageOut, UsageQuery
from igny8_flask.auth import principal

blp = Resource("overview", __name__, url_prefix="/v1/system/overview")


class PipelineOut(Schema):
    """How many rows there are of each kind."""

    keywords = fields.Integer()
    clusters = fields.Integer()
    ideas = fields.Integer()
    tasks = fields.Integer()
    content = fields.Integer()
    images = fields.Integer()


class WaitingOut(Schema):
    """How many rows wait for what.

    ``retry``, ``redelivery``, ``decision`` and ``resume`` are lists under
    ``/v1/system/activity/?needs=``; ``live`` runs by itself.
    """

    review = fields.Integer()
    proposals = fields.Integer()
    decision = fields.Integer()
    redelivery = fields.Integer()
    retry = fields.Integer()
    resume = fields.Integer()
    missed = fields.Integer()
    images = fields.Integer()
    tasks = fields.Integer()
    keywords = fields.Integer()
    live = fields.Integer()


class DaysOut(Schema):
    """Use of the last days: in sum, by day; and the caps."""

    days = fields.Integer()
    total = fields.Nested(TotalUsageOut)
    per_day = fields.List(fields.Nested(DayUsageOut))
    caps = fields.List(fields.Nested(CapOut))


class PostsOut(Schema):
    """The live posts of the site that articles can link to."""

    count = fields.Integer()
    told_at = Time(allow_none=True)


class OverviewOut(sites.MeOut):
    """Pipeline, what waits, use and connection; ``paused`` = nothing goes public by itself."""

    pipeline = fields.Nested(PipelineOut)
    waiting = fields.Nested(WaitingOut)
    paused = fields.Boolean()
    usage = fields.Nested(DaysOut)
    posts = fields.Nested(PostsOut)


@blp.route("/", methods=["GET"])
@blp.arguments(UsageQuery, location="query")
@blp.response(200, OverviewOut)
def read_overview(args: dict[str, Any]) -> dict[str, Any]:
    """Show how the site stands: one answer for a whole screen."""
    site = principal().site
    per_day = usage.by_day(site.id, args["days"])
    return {
        **sites.told(site, site.connection),
        **overview.read(site.id),
        "paused": timetable.is_paused(site),
        "usage": {
            "days": args["days"],
            "total": usage.total(per_day),
            "per_day": per_day,
            "caps": budgets.standing(site.account_id, site.id),
        },
    }
