"""``/v1/system/prompts/``: the site's own prompts, their versions, and trials without a call."""

from typing import Any

from marshmallow import Schema, fields

from igny8_flask import prompt_library
from igny8_flask.ai.prompts import MAX_TEMPLATE_CHARS
from igny8_flask.api.idempotency import idempotent
from igny8_flask.api.resource import Resource
from igny8_flask.api.schemas import Answer, Ids, Int, Text, Time
from igny8_flask.auth import principal
from igny8_flask.prompt_library import Owner, PromptView

blp = Resource("prompts", __name__, url_prefix="/v1/system/prompts")

HIGHEST_VERSION = 1_000_000


class PlaceholderOut(Schema):
    """A name that templates of this type may use, in either form."""

    name = fields.String()
    forms = fields.Function(lambda one: [f"{{{one.name}}}", f"[IGNY8_{one.name.upper()}]"])
    meaning = fields.String()
    example = fields.Raw()
    is_data = fields.Boolean()


class PromptOut(Schema):
    """A prompt type: the template in use, where it comes from, and what it may name."""

    prompt_type = fields.String()
    template = fields.String(attribute="applies.text")
    version = fields.String(attribute="applies.version")
    default_template = fields.String(attribute="default.text")
    placeholders = fields.List(fields.Nested(PlaceholderOut))


class VersionOut(Schema):
    """One version of the site's own prompt; it never changes."""

    version = fields.Integer()
    template = fields.String()
    is_active = fields.Boolean()
    created_at = Time()


class PromptFull(PromptOut):
    """A prompt type with the versions of the site, newest first."""

    versions = fields.List(fields.Nested(VersionOut))


class PromptsOut(Answer):
    """Every prompt type."""

    results = fields.List(fields.Nested(PromptOut))


class PromptOne(Answer):
    """One prompt type."""

    prompt = fields.Nested(PromptFull)


class PromptIn(Schema):
    """A new version of the site's own prompt."""

    prompt_type = Text(60, 1, required=True)
    template = Text(MAX_TEMPLATE_CHARS, 1, required=True)


class RollbackIn(Schema):
    """The version to activate again; 0 = none, so that the account's or default prompt applies."""

    version = Int(prompt_library.NO_OWN, HIGHEST_VERSION, required=True)


class DryRunIn(Schema):
    """What to render: a template or the one in use, with rows of the site or with examples."""

    prompt_type = Text(60, 1, required=True)
    template = Text(MAX_TEMPLATE_CHARS, 1, load_default=None)
    ids = Ids(required=False, load_default=list)


class TrialOut(Answer):
    """What would be sent, and what that call would cost at most; null = unknown price."""

    system = fields.String(attribute="prompt.system")
    user = fields.String(attribute="prompt.user")
    version = fields.String(attribute="prompt.version")
    model = fields.String()
    tokens = fields.Integer()
    max_cost_usd = fields.Float(attribute="cost_usd", allow_none=True)


@blp.route("/", methods=["GET"])
@blp.response(200, PromptsOut)
def list_prompts() -> dict[str, Any]:
    """List every prompt type with the template in use."""
    owner = Owner.of(principal().site)
    return {"results": [prompt_library.view(owner, name) for name in prompt_library.list_types()]}


@blp.route("/", methods=["POST"])
@idempotent
@blp.arguments(PromptIn)
@blp.response(201, PromptOne)
def save_prompt(body: dict[str, Any]) -> dict[str, Any]:
    """Save a new version of the site's own prompt; it applies from now on."""
    prompt_library.save(Owner.of(principal().site), body["prompt_type"], body["template"])
    return _shown(body["prompt_type"])


@blp.route("/dry_run/", methods=["POST"])
@blp.arguments(DryRunIn)
@blp.response(200, TrialOut)
def dry_run(body: dict[str, Any]) -> prompt_library.Trial:
    """Show what would be sent and its cost, without sending it."""
    return prompt_library.dry_run(principal().site, **body)


@blp.route("/<prompt_type>/", methods=["GET"])
@blp.response(200, PromptOne)
def read_prompt(prompt_type: str) -> dict[str, Any]:
    """Show a prompt type with all versions of the site."""
    return _shown(prompt_type)


@blp.route("/<prompt_type>/rollback/", methods=["POST"])
@idempotent
@blp.arguments(RollbackIn)
@blp.response(200, PromptOne)
def roll_back(body: dict[str, Any], prompt_type: str) -> dict[str, Any]:
    """Activate an older version of the site's own prompt, or none."""
    prompt_library.rollback(Owner.of(principal().site), prompt_type, body["version"])
    return _shown(prompt_type)


def _shown(prompt_type: str) -> dict[str, PromptView]:
    return {"prompt": prompt_library.view(Owner.of(principal().site), prompt_type)}
