"""``/v1/system/overview/``: all that a site's first screen shows, in one answer."""

from typing import Any

from marshmallow import Schema, fields

from igny8_flask import overview, timetable
from igny8_flask.api import sites
from igny8_flask.api.resource import Resource
from igny8_flask.api.schemas import Time
from igny8_flask.api.system import DaysOut, UsageQuery, used
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
    return {
        **sites.told(site, site.connection),
        **overview.read(site.id),
        "paused": timetable.is_paused(site),
        "usage": used(site, args["days"]),
    }
