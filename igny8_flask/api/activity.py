"""``/v1/system/activity/``: all that runs or ran, of whichever kind."""

from typing import Any

from marshmallow import fields, validate

from igny8_flask import activity
from igny8_flask.api.resource import Resource
from igny8_flask.api.runs import STATES, RunOut
from igny8_flask.api.schemas import Id, Text, list_query, page_query, page_schema
from igny8_flask.auth import principal
from igny8_flask.leases import WORK
from igny8_flask.rows import Page

blp = Resource("activity", __name__, url_prefix="/v1/system/activity")


class ActivityOut(RunOut):
    """A run or a delivery; ``title`` names its only object, of several there is the ``count``.

    ``proposal`` marks an article that is written anew beside the present one.
    """

    kind = fields.String(validate=validate.OneOf(list(WORK)))
    title = fields.String()
    count = fields.Integer()
    proposal = fields.Boolean()
    paused = fields.Boolean()
    content_id = Id()


Query = list_query(
    ("created_at", "finished_at"),
    state=fields.String(validate=validate.OneOf(STATES)),
    function=Text(60, 1),
    kind=fields.String(validate=validate.OneOf(list(WORK))),
    live=fields.Boolean(),
    needs=fields.String(validate=validate.OneOf(list(activity.NEEDS))),
)


@blp.route("/", methods=["GET"])
@blp.arguments(Query, location="query")
@blp.response(200, page_schema(ActivityOut))
def list_activity(args: dict[str, Any]) -> Page:
    """List the site's runs and deliveries; with ``live=true`` a batch stands for its members."""
    return activity.page(principal().site_id, page_query(args), args)
