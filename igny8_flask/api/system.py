"""``/v1/system/``: the settings of a site, and what it used."""

from typing import Any

from marshmallow import INCLUDE, Schema, fields, validate

from igny8_flask import site_settings, usage
from igny8_flask.api.resource import Resource
from igny8_flask.api.schemas import Answer
from igny8_flask.auth import principal

blp = Resource("system", __name__, url_prefix="/v1/system")


class SettingsIn(Schema):
    """Areas of settings with the values to change; the areas judge their own fields."""

    class Meta:
        """Names are judged by ``site_settings``."""

        unknown = INCLUDE


class SettingsOut(Answer):
    """All areas with all values."""

    settings = fields.Dict(keys=fields.String(), values=fields.Dict())


class UsageQuery(Schema):
    """How many days back."""

    days = fields.Integer(load_default=30, validate=validate.Range(1, 366))


class TotalUsageOut(Schema):
    """What was used; ``cost_usd`` is null while a price is unknown."""

    runs = fields.Integer()
    credits = fields.Integer()
    tokens = fields.Integer()
    cost_usd = fields.Float(allow_none=True)


class FunctionUsageOut(TotalUsageOut):
    """What one AI function used."""

    function = fields.String()


class UsageOut(Answer):
    """Use of the last days, in sum and by function."""

    days = fields.Integer()
    total = fields.Nested(TotalUsageOut)
    functions = fields.List(fields.Nested(FunctionUsageOut))


@blp.route("/settings/", methods=["GET"])
@blp.response(200, SettingsOut)
def read_settings() -> dict[str, Any]:
    """Read the site's settings."""
    return {"settings": site_settings.read(principal().site)}


@blp.route("/settings/", methods=["PATCH"])
@blp.arguments(SettingsIn, unknown=INCLUDE)
@blp.response(200, SettingsOut)
def change_settings(body: dict[str, Any]) -> dict[str, Any]:
    """Change some settings and keep the others."""
    return {"settings": site_settings.update(principal().site, body)}


@blp.route("/usage/", methods=["GET"])
@blp.arguments(UsageQuery, location="query")
@blp.response(200, UsageOut)
def read_usage(args: dict[str, Any]) -> dict[str, Any]:
    """Show what the site used in the last days."""
    functions = usage.by_function(principal().site_id, args["days"])
    return {"days": args["days"], "functions": functions, "total": usage.total(functions)}
