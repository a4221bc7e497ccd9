"""``/v1/publisher/``: articles handed to the site."""

import uuid
from typing import Any

from flask import Response
from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from igny8_flask import batches, publishing, pull, retries, site_media
from igny8_flask.api.idempotency import idempotent
from igny8_flask.api.resource import Resource
from igny8_flask.api.runs import STATES, StatusOut, status_response
from igny8_flask.api.schemas import (
    POST_STATUSES,
    Accepted,
    Answer,
    Flag,
    Id,
    Ids,
    Int,
    Text,
    Time,
    list_query,
    page_query,
    page_schema,
)
from igny8_flask.auth import principal, refuse_moved, refuse_reader
from igny8_flask.models import AITaskLog, Delivery, DeliveryKind
from igny8_flask.rows import Page, page_of
from igny8_flask.wordpress.client import RECEIPT_PARTS
from igny8_flask.work_status import API_STATE, delivery_url, describe, run_url

blp = Resource("publisher", __name__, url_prefix="/v1/publisher")


class PublishIn(Schema):
    """Articles to hand over; ``force`` overwrites a post that a human changed."""

    ids = Ids()
    force = Flag(load_default=False)
    status = fields.String(validate=validate.OneOf(POST_STATUSES))


class TrashIn(Schema):
    """Articles whose posts go to the trash of the site."""

    ids = Ids()


class DeliveryOut(Schema):
    """A delivery in a list; ``result`` holds the receipt with its problems and warnings."""

    id = Id()
    content_id = Id()
    kind = fields.String()
    state = fields.Function(lambda delivery: API_STATE[delivery.state])
    message = fields.String()
    error = fields.String(allow_none=True)
    code = fields.String(attribute="error_code", allow_none=True)
    wp_id = fields.Integer(allow_none=True)
    by_pull = fields.Boolean()
    result = fields.Dict(allow_none=True)
    attempts = fields.Integer()
    created_at = Time()
    finished_at = Time(allow_none=True)
    status_url = fields.Function(lambda delivery: delivery_url(delivery.id))


class MediaOut(Schema):
    """A picture to be stored first; ``path`` gives its bytes."""

    sha256 = fields.String()
    mime = fields.String()
    filename = fields.String()
    alt = fields.String()
    title = fields.String()
    caption = fields.String()
    path = fields.String()


class LeaseOut(Schema):
    """A delivery in the plugin's hands; ``document`` is null while ``media`` are missing."""

    delivery_id = Id()
    content_id = Id()
    kind = fields.String()
    lease = fields.Integer()
    until = Time()
    media = fields.List(fields.Nested(MediaOut))
    document = fields.Dict(allow_none=True)


class DeliveryPage(page_schema(DeliveryOut)):  # type: ignore[misc]
    """A page of deliveries; with ``?lease=`` also those that are the plugin's now."""

    leases = fields.List(fields.Nested(LeaseOut))
    next_in_s = fields.Integer()


class StoredIn(Schema):
    """A picture that lies in the site's library now."""

    sha256 = Text(64, 64, required=True)
    id = Int(1, 2**53 - 1, required=True)
    source_url = Text(1000, 1, required=True)
    alt = Text(2000)


class MediaIn(Schema):
    """What was stored under a lease."""

    lease = Int(1, 2**31 - 1, required=True)
    media = fields.List(fields.Nested(StoredIn), required=True, validate=validate.Length(max=50))


class MediaAnswer(Answer):
    """The lease as it stands now."""

    lease = fields.Nested(LeaseOut)


class TroubleIn(Schema):
    """An error as WordPress made it."""

    code = Text(100, required=True)
    message = Text(2000, load_default="")
    data = fields.Dict(load_default=dict)


class ReceiptIn(Schema):
    """How it went: either a receipt or an error."""

    lease = Int(1, 2**31 - 1, required=True)
    receipt = fields.Dict()
    error = fields.Nested(TroubleIn)

    @validates_schema
    def needs_one_of_both(self, data: dict[str, Any], **_more: Any) -> None:
        """Refuse neither and both."""
        if ("receipt" in data) == ("error" in data):
            raise ValidationError("Send either receipt or error.", "receipt")
        told = data.get("receipt")
        if told is not None and not told.keys() >= RECEIPT_PARTS:
            raise ValidationError("This is no receipt.", "receipt")


Query = list_query(
    ("created_at", "finished_at"),
    lease=fields.Integer(validate=validate.Range(1, pull.MAX_LEASES)),
    state=fields.String(validate=validate.OneOf(STATES)),
    content_id=Id(),
)


@blp.route("/publish/", methods=["POST"])
@idempotent
@blp.arguments(PublishIn)
@blp.response(202, Accepted)
def publish(body: dict[str, Any]) -> dict[str, Any]:
    """Hand articles to the site; one that is on its way already is not sent twice."""
    site, ids = principal().site, body.pop("ids")
    deliveries = publishing.submit(site, ids, body)
    if len(deliveries) == 1:
        return _accepted(deliveries[0])
    return _accepted(batches.gather(site, "publish", deliveries, body))


@blp.route("/trash/", methods=["POST"])
@idempotent
@blp.arguments(TrashIn)
@blp.response(202, Accepted)
def trash(body: dict[str, Any]) -> dict[str, Any]:
    """Move the posts of articles to the trash of the site; publishing with force restores them."""
    site = principal().site
    rows = publishing.submit(site, body["ids"], {}, DeliveryKind.TRASH)
    return _accepted(rows[0] if len(rows) == 1 else batches.gather(site, "trash", rows, {}))


@blp.route("/deliveries/", methods=["GET"])
@blp.arguments(Query, location="query")
@blp.response(200, DeliveryPage)
def list_deliveries(args: dict[str, Any]) -> Page | dict[str, Any]:
    """List the site's deliveries; ``?lease=N`` gives up to N due ones to the plugin instead."""
    if "lease" in args:
        refuse_reader()
        return _leased(args["lease"])
    filters = [Delivery.content_id == args["content_id"]] if "content_id" in args else []
    if "state" in args:
        states = [state for state, name in API_STATE.items() if name == args["state"]]
        filters.append(Delivery.state.in_(states))
    return page_of(Delivery, principal().site_id, page_query(args), (Delivery.message,), filters)


@blp.route("/deliveries/<uuid:delivery_id>/status/", methods=["GET"])
@blp.response(200, StatusOut)
@blp.alt_response(304, description="Nothing changed since the ETag that was sent.")
def read_status(delivery_id: uuid.UUID) -> Response:
    """Show how a delivery goes."""
    caller = principal()
    return status_response(caller.ready or publishing.read_status(caller.site_id, delivery_id))


@blp.route("/deliveries/<uuid:delivery_id>/media/", methods=["POST"])
@idempotent
@blp.arguments(MediaIn)
@blp.response(200, MediaAnswer)
def media_stored(body: dict[str, Any], delivery_id: uuid.UUID) -> dict[str, Any]:
    """Tell where pictures lie on the site now; answers with the document once all are there."""
    site = principal().site
    return {"lease": pull.media_stored(site, delivery_id, body["lease"], body["media"])}


@blp.route("/deliveries/<uuid:delivery_id>/receipt/", methods=["POST"])
@idempotent
@blp.arguments(ReceiptIn)
@blp.response(200, StatusOut)
def receive_receipt(body: dict[str, Any], delivery_id: uuid.UUID) -> dict[str, Any]:
    """Tell how a leased delivery went; a repeat of the same is harmless."""
    told = (body.get("receipt"), body.get("error"))
    return describe(pull.receive(principal().site, delivery_id, body["lease"], *told))


@blp.route("/media/<string:sha256>/", methods=["GET"])
@blp.response(200, content_type="image/*")
def read_media(sha256: str) -> Response:
    """Give a picture of one of the site's articles by the hash of its bytes."""
    file = site_media.file_of(principal().site, sha256)
    response = Response(file.data, mimetype=file.mime)
    response.headers["Cache-Control"] = "private, max-age=3600"
    return response


@blp.route("/deliveries/<uuid:delivery_id>/retry/", methods=["POST"])
@idempotent
@blp.response(202, Accepted)
def retry(delivery_id: uuid.UUID) -> dict[str, Any]:
    """Send a failed delivery again."""
    return _accepted(publishing.retry(principal().site, delivery_id))


@blp.route("/deliveries/<uuid:delivery_id>/give_up/", methods=["POST"])
@idempotent
@blp.response(200, Answer)
def give_up(delivery_id: uuid.UUID) -> dict[str, Any]:
    """Leave a failed delivery as it is: it no longer waits for anybody."""
    retries.give_up(publishing.get(principal().site_id, delivery_id))
    return {}


def _leased(limit: int) -> dict[str, Any]:
    site = principal().site
    refuse_moved(site)
    leases = pull.lease(site, limit)
    size = {"count": len(leases), "page": 1, "page_size": limit, "results": []}
    return {**size, "leases": leases, "next_in_s": pull.ask_again_s(site)}


def _accepted(work: AITaskLog | Delivery) -> dict[str, Any]:
    link = run_url if isinstance(work, AITaskLog) else delivery_url
    return {"task_id": work.id, "message": "Accepted.", "status_url": link(work.id)}
