"""``/v1/writer/content/{id}/refresh/`` and the proposal it makes."""

import uuid
from typing import Any

from marshmallow import Schema, fields, validate

from igny8_flask import refresh
from igny8_flask.api.idempotency import idempotent
from igny8_flask.api.resource import Resource
from igny8_flask.api.schemas import POST_STATUSES, Accepted, Answer, Id, Text, Time
from igny8_flask.api.system import EstimateOut, told
from igny8_flask.auth import principal
from igny8_flask.work_status import delivery_url, run_url

blp = Resource("refresh", __name__, url_prefix="/v1/writer/content")


class WishIn(Schema):
    """What shall change; ``section`` is the id of one of the article's sections, null = all."""

    instruction = Text(2_000, load_default="")
    section = Text(120, 1, load_default=None, allow_none=True)


class DecisionIn(Schema):
    """Who decides, as their site calls them."""

    author = Text(250, load_default=None, allow_none=True)


class ProposalOut(Schema):
    """A rewritten article that waits for a decision."""

    id = Id()
    title = fields.String()
    html = fields.String()
    excerpt = fields.String()
    word_count = fields.Integer()
    seo = fields.Dict()
    terms = fields.Dict()
    warnings = fields.List(fields.String())
    created_at = Time()


class ProposalAnswer(Answer):
    """The proposal, and what it would change."""

    proposal = fields.Nested(ProposalOut)
    changed = fields.List(fields.String())
    text = fields.String()


class AcceptIn(DecisionIn):
    """How the post on the site shall stand afterwards; without it the site's rule decides."""

    status = fields.String(validate=validate.OneOf(POST_STATUSES))


class AcceptedOut(Answer):
    """What was taken; ``status_url`` follows the delivery where a post is brought up to date."""

    status_url = fields.String(allow_none=True)


@blp.route("/<uuid:content_id>/refresh/", methods=["POST"])
@idempotent
@blp.arguments(WishIn)
@blp.response(202, Accepted)
def start(body: dict[str, Any], content_id: uuid.UUID) -> dict[str, Any]:
    """Have an article, or one section of it, written anew beside the present one."""
    run = refresh.start(principal().site, content_id, **body)
    return {"task_id": run.id, "message": "Accepted.", "status_url": run_url(run.id)}


@blp.route("/<uuid:content_id>/refresh/quote/", methods=["POST"])
@blp.arguments(WishIn)
@blp.response(200, EstimateOut)
def quote(body: dict[str, Any], content_id: uuid.UUID) -> dict[str, Any]:
    """Say what that would cost, before anything is spent."""
    site = principal().site
    return told(site, refresh.quote(site, content_id, **body))


@blp.route("/<uuid:content_id>/proposal/", methods=["GET"])
@blp.response(200, ProposalAnswer)
def read_proposal(content_id: uuid.UUID) -> dict[str, Any]:
    """Show the proposal and what it would change."""
    content, proposal = refresh.proposal_of(principal().site, content_id)
    return {"proposal": proposal, **refresh.difference(content, proposal)}


@blp.route("/<uuid:content_id>/proposal/accept/", methods=["POST"])
@idempotent
@blp.arguments(AcceptIn)
@blp.response(200, AcceptedOut)
def accept(body: dict[str, Any], content_id: uuid.UUID) -> dict[str, Any]:
    """Take the proposal; a post on the site follows unless a person changed it there."""
    author = body.pop("author")
    delivery = refresh.accept(principal().site, content_id, body, author)
    return {"status_url": delivery_url(delivery.id) if delivery else None}


@blp.route("/<uuid:content_id>/proposal/discard/", methods=["POST"])
@idempotent
@blp.response(200, Answer)
def discard(content_id: uuid.UUID) -> dict[str, Any]:
    """Drop the proposal."""
    refresh.discard(principal().site, content_id)
    return {}
