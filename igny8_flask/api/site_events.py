"""``/v1/sites/me/events/``: what happened to our posts on the site."""

from typing import Any

from marshmallow import EXCLUDE, Schema, fields, validate

from igny8_flask import site_state
from igny8_flask.api.idempotency import idempotent
from igny8_flask.api.resource import Resource
from igny8_flask.api.schemas import Answer, Id, Int, Patch, Text
from igny8_flask.auth import principal

blp = Resource("site_events", __name__, url_prefix="/v1/sites")


class EventIn(Schema):
    """A post as it stands now; status ``gone`` = deleted for good."""

    class Meta:
        """A newer plugin may tell more."""

        unknown = EXCLUDE

    content_id = Id(required=True)
    post_id = Int(0, 2**53 - 1, required=True)
    status = Text(20, 1, required=True)
    link = Text(1000, load_default="")
    edit_link = Text(1000, load_default="")
    changed = fields.List(Text(40), load_default=list, validate=validate.Length(max=20))
    modified_gmt = fields.AwareDateTime(allow_none=True, load_default=None)
    modified_by = Text(250, load_default="")
    date_gmt = fields.AwareDateTime(allow_none=True, load_default=None)


class AbilitiesIn(Schema):
    """What the site can do, as ``whoami`` tells it."""

    class Meta:
        """A newer plugin may tell more."""

        unknown = EXCLUDE

    editor = fields.String(validate=validate.OneOf(["block", "classic"]))
    blocks = fields.Dict(keys=fields.String(), values=fields.Boolean())
    seo = Text(40)
    timezone = Text(60)
    permalinks = Text(20)
    plugin = Text(40)
    wp = Text(40)
    php = Text(40)


class EventsIn(Patch):
    """Up to 100 posts, and the abilities of the site where they changed."""

    events = fields.List(fields.Nested(EventIn), validate=validate.Length(max=100))
    site = fields.Nested(AbilitiesIn)


class EventsOut(Answer):
    """How many of the events concerned articles that are known here."""

    noted = fields.Integer()


@blp.route("/me/events/", methods=["POST"])
@idempotent
@blp.arguments(EventsIn)
@blp.response(200, EventsOut)
def note_events(body: dict[str, Any]) -> dict[str, Any]:
    """Tell what became of posts on the site; telling it again is harmless."""
    concerned = site_state.apply(principal().site, body.get("events", []), body.get("site", {}))
    return {"noted": len(concerned)}
