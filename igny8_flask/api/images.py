"""``/v1/writer/images/``: the pictures of articles."""

import uuid
from typing import Any

from flask import Response, request
from marshmallow import Schema, fields
from sqlalchemy.orm import joinedload

from igny8_flask.api.resource import Resource
from igny8_flask.api.schemas import (
    Answer,
    Id,
    Patch,
    Seen,
    Text,
    Time,
    list_query,
    page_query,
    page_schema,
)
from igny8_flask.auth import principal
from igny8_flask.db import db
from igny8_flask.models import Content, Image, ImageFile
from igny8_flask.models.enums import ImageState
from igny8_flask.rows import Page, change, find, not_found, page_of

blp = Resource("images", __name__, url_prefix="/v1/writer/images")

WITH_CONTENT = (joinedload(Image.content).load_only(Content.title, Content.task_id),)


class ImageOut(Schema):
    """An image slot of an article."""

    id = Id()
    content_id = Id()
    content_title = fields.String(attribute="content.title")
    task_id = Id(attribute="content.task_id", allow_none=True)
    kind = fields.String()
    position = fields.Integer()
    heading = fields.String(allow_none=True)
    prompt = fields.String()
    alt = fields.String()
    caption = fields.String()
    state = fields.String()
    error = fields.String(allow_none=True)
    sha256 = fields.String(allow_none=True)
    wp_media_id = fields.Integer(allow_none=True)
    sandbox = fields.Function(lambda image: bool(image.provenance.get("sandbox")))
    created_at = Time()
    updated_at = Time()


class ImageOne(Answer):
    """One image."""

    image = fields.Nested(ImageOut)


class ImagePatch(Patch):
    """What of an image can be changed."""

    alt = Text(500)
    caption = Text(1_000)
    prompt = Text()


class ImageChange(ImagePatch, Seen):
    """A change of an image that the caller has seen."""


Query = list_query(
    ("created_at", "state"),
    state=fields.Enum(ImageState, by_value=True),
    content_id=Id(),
)


@blp.route("/", methods=["GET"])
@blp.arguments(Query, location="query")
@blp.response(200, page_schema(ImageOut))
def list_images(args: dict[str, Any]) -> Page:
    """List the site's images."""
    filters = [Image.state == args["state"]] if "state" in args else []
    if "content_id" in args:
        filters.append(Image.content_id == args["content_id"])
    searched = (Image.prompt, Image.alt)
    return page_of(Image, principal().site_id, page_query(args), searched, filters, WITH_CONTENT)


@blp.route("/<uuid:image_id>/", methods=["GET"])
@blp.response(200, ImageOne)
def read_image(image_id: uuid.UUID) -> dict[str, Any]:
    """Read one image."""
    return {"image": find(Image, principal().site_id, image_id)}


@blp.route("/<uuid:image_id>/", methods=["PATCH"])
@blp.arguments(ImageChange)
@blp.response(200, ImageOne)
def change_image(body: dict[str, Any], image_id: uuid.UUID) -> dict[str, Any]:
    """Change the words around an image."""
    image = find(Image, principal().site_id, image_id)
    change(image, body)
    db.session.commit()
    return {"image": image}


@blp.route("/<uuid:image_id>/file/", methods=["GET"])
@blp.response(200, content_type="image/*")
def read_file(image_id: uuid.UUID) -> Response:
    """Give the picture itself."""
    image = find(Image, principal().site_id, image_id)
    file = db.session.get(ImageFile, (image.account_id, image.sha256)) if image.sha256 else None
    if file is None:
        raise not_found()
    response = Response(file.data, mimetype=file.mime)
    response.set_etag(file.sha256)
    response.headers["Cache-Control"] = "private, max-age=3600"
    response.make_conditional(request)
    return response
