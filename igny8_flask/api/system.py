"""``/v1/system/``: the settings of a site, what work would cost, and what was used."""

from typing import Any, ClassVar

from marshmallow import INCLUDE, Schema, ValidationError, fields, validate, validates_schema

from igny8_flask import budgets, planning, quotes, runs, site_settings, usage
from igny8_flask.ai import offers
from igny8_flask.ai.registry import get_function_instance, list_functions
from igny8_flask.ai.validators import MAX_TASKS
from igny8_flask.api.resource import Resource
from igny8_flask.api.runs import OptionsIn, SelectingIn
from igny8_flask.api.schemas import MAX_TITLE_CHARS, Answer, Flag, Ids, Patch, Text
from igny8_flask.auth import principal
from igny8_flask.models import Site
from igny8_flask.services import current

blp = Resource("system", __name__, url_prefix="/v1/system")


NAMES = [*list_functions(), "auto_generate_ideas"]


class SettingsIn(Patch):
    """Areas of settings with the values to change; the areas judge their own fields."""

    class Meta:
        """Names are judged by ``site_settings``."""

        unknown = INCLUDE


class SettingsOut(Answer):
    """All areas with all values, and what the owner should know of the models in use."""

    settings = fields.Dict(keys=fields.String(), values=fields.Dict())
    warnings = fields.List(fields.String())


class CapOut(Schema):
    """A cap and how far it is used; null = no cap. ``unpriced_usd`` is guessed, part of used."""

    scope = fields.String(validate=validate.OneOf(budgets.SCOPES))
    period = fields.String(validate=validate.OneOf(budgets.PERIODS))
    cap_usd = fields.Float(allow_none=True)
    used_usd = fields.Float()
    unpriced_usd = fields.Float()
    left_usd = fields.Float(allow_none=True)
    resets_at = fields.DateTime(allow_none=True)


class EstimateOptionsIn(OptionsIn):
    """``proposal`` asks for the price of a refresh."""

    proposal = Flag()


class EstimateIn(SelectingIn):
    """What would be asked for: by id, by the name of a selection, or an article by its title."""

    WAYS: ClassVar[tuple[str, ...]] = ("ids", "select", "title")

    ids = Ids(MAX_TASKS, required=False)
    function = fields.String(required=True, validate=validate.OneOf(NAMES))
    select = fields.String(validate=validate.OneOf(sorted(planning.SELECTIONS.values())))
    title = Text(MAX_TITLE_CHARS, 1)
    options = fields.Nested(EstimateOptionsIn, load_default=dict)

    @validates_schema
    def knows_selection(self, data: dict[str, Any], **_more: Any) -> None:
        """Refuse a selection of another function's rows."""
        name = get_function_instance(data["function"]).get_name()
        if data.get("select", planning.SELECTIONS.get(name)) != planning.SELECTIONS.get(name):
            raise ValidationError("This function has no such selection.", "select")
        if "title" in data and name != "generate_content":
            raise ValidationError("A title alone is enough for writing only.", "title")


class CostOut(Schema):
    """US dollars: as expected, and at most."""

    low = fields.Float()
    high = fields.Float()


class EstimateOut(Answer):
    """A quote; ``cost_usd`` is null while a price is unknown."""

    function = fields.String()
    model = fields.String()
    count = fields.Integer()
    cost_usd = fields.Nested(CostOut, allow_none=True)
    credits = fields.Integer()
    caps = fields.List(fields.Nested(CapOut))
    over_budget = fields.Boolean()
    reason = fields.String(allow_none=True)


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

    function = fields.String(attribute="name")


class DayUsageOut(TotalUsageOut):
    """What one day used, UTC."""

    day = fields.String(attribute="name")


class DaysOut(Schema):
    """Use of the last days: in sum, by day; and the caps."""

    days = fields.Integer()
    total = fields.Nested(TotalUsageOut)
    per_day = fields.List(fields.Nested(DayUsageOut))
    caps = fields.List(fields.Nested(CapOut))


class UsageOut(DaysOut, Answer):
    """The same, and what each function used."""

    functions = fields.List(fields.Nested(FunctionUsageOut))


@blp.route("/settings/", methods=["GET"])
@blp.response(200, SettingsOut)
def read_settings() -> dict[str, Any]:
    """Read the site's settings."""
    return _settings(site_settings.read(principal().site))


@blp.route("/settings/", methods=["PATCH"])
@blp.arguments(SettingsIn, unknown=INCLUDE)
@blp.response(200, SettingsOut)
def change_settings(body: dict[str, Any]) -> dict[str, Any]:
    """Change some settings and keep the others."""
    return _settings(site_settings.update(principal().site, body))


@blp.route("/estimate/", methods=["POST"])
@blp.arguments(EstimateIn)
@blp.response(200, EstimateOut)
def estimate(body: dict[str, Any]) -> dict[str, Any]:
    """Say what work would cost, before anything is spent."""
    site = principal().site
    options = {**runs.default_options(site), **body["options"]}
    return told(site, _quote(site, body, options))


def told(site: Site, quote: quotes.Quote) -> dict[str, Any]:
    """A quote as it is answered, with what is left of the caps."""
    refusal = quote.refusal(site)
    return {
        "function": quote.function,
        "model": quote.model,
        "count": quote.runs,
        "cost_usd": None if quote.cost.unpriced else quote.cost,
        "credits": quote.credits,
        "caps": budgets.standing(site.account_id, site.id),
        "over_budget": refusal is not None,
        "reason": refusal,
    }


def _quote(site: Site, body: dict[str, Any], options: dict[str, Any]) -> quotes.Quote:
    if "title" in body:
        return quotes.quote_title(site, body["title"], options)
    ids = body["ids"] if "ids" in body else planning.select_ids(site, body["select"])
    return quotes.quote(site, body["function"], ids, options)


@blp.route("/usage/", methods=["GET"])
@blp.arguments(UsageQuery, location="query")
@blp.response(200, UsageOut)
def read_usage(args: dict[str, Any]) -> dict[str, Any]:
    """Show what the site used in the last days."""
    site, days = principal().site, args["days"]
    return {**used(site, days), "functions": usage.by_function(site.id, days)}


def used(site: Site, days: int) -> dict[str, Any]:
    """What a site used in the last days, as ``DaysOut`` tells it."""
    per_day = usage.by_day(site.id, days)
    return {
        "days": days,
        "total": usage.total(per_day),
        "per_day": per_day,
        "caps": budgets.standing(site.account_id, site.id),
    }


def _settings(settings: dict[str, dict[str, Any]]) -> dict[str, Any]:
    return {"settings": settings, "warnings": offers.warnings(current(), principal().site)}
