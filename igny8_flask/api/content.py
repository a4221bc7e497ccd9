"""``/v1/writer/content/``: articles and what became of them on the site."""

import uuid
from typing import Any

from marshmallow import Schema, fields, validate

from igny8_flask import attention, scheduling, writing
from igny8_flask.api.resource import Resource
from igny8_flask.api.schemas import (
    MAX_TITLE_CHARS,
    Answer,
    Id,
    Int,
    Patch,
    Text,
    Time,
    list_query,
    page_query,
    page_schema,
)
from igny8_flask.auth import principal
from igny8_flask.content import render_blocks, section_spans
from igny8_flask.db import db
from igny8_flask.models import Content, ContentStatus
from igny8_flask.rows import Page, find, page_of
from igny8_flask.work_status import API_STATE

blp = Resource("content", __name__, url_prefix="/v1/writer/content")

MAX_HTML_CHARS = 400_000
STATUSES = [status.value for status in ContentStatus]


class DeliveryBrief(Schema):
    """The latest delivery of an article."""

    id = Id()
    state = fields.Function(lambda delivery: API_STATE[delivery.state])
    error = fields.String(allow_none=True)
    code = fields.String(attribute="error_code", allow_none=True)


class PublicationBrief(Schema):
    """How far the way of an article to the public is."""

    state = fields.String()


class ImageBrief(Schema):
    """The featured image of an article."""

    id = Id()
    state = fields.String()


class ContentOut(Schema):
    """An article in a list."""

    id = Id(attribute="content.id")
    task_id = Id(attribute="content.task_id", allow_none=True)
    title = fields.String(attribute="content.title")
    status = fields.String(attribute="content.status", validate=validate.OneOf(STATUSES))
    word_count = fields.Integer(attribute="content.word_count")
    created_at = Time(attribute="content.created_at")
    updated_at = Time(attribute="content.updated_at")
    excerpt = fields.String(attribute="content.excerpt")
    version = fields.Integer(attribute="content.version")
    sandbox = fields.Function(lambda view: bool(view.content.provenance.get("sandbox")))
    wp_post_id = fields.Integer(attribute="content.wp_post_id", allow_none=True)
    wp_status = fields.String(attribute="content.wp_status", allow_none=True)
    wp_link = fields.String(attribute="content.wp_link", allow_none=True)
    wp_edit_link = fields.String(attribute="content.wp_edit_link", allow_none=True)
    wp_changed_at = Time(attribute="content.wp_changed_at", allow_none=True)
    wp_changed_by = fields.String(attribute="content.wp_changed_by", allow_none=True)
    publish_at = Time(attribute="publication.publish_at", allow_none=True)
    publication = fields.Pluck(PublicationBrief, "state", allow_none=True)
    delivery = fields.Nested(DeliveryBrief, allow_none=True)
    featured_image = fields.Nested(ImageBrief, allow_none=True)


class SectionOut(Schema):
    """A heading of an article; ``id`` names it in a wish for a revision."""

    id = fields.String()
    heading = fields.String()
    level = fields.Integer()


class ContentFull(ContentOut):
    """An article with its text."""

    html = fields.String(attribute="content.html")
    blocks = fields.Function(lambda view: render_blocks(view.content.html))
    sections = fields.Method("_sections")
    seo = fields.Dict(attribute="content.seo")
    terms = fields.Dict(attribute="content.terms")
    warnings = fields.List(fields.String(), attribute="content.warnings")

    def _sections(self, view: writing.ContentView) -> Any:
        return SectionOut(many=True).dump(section_spans(view.content.html))


class ContentOne(Answer):
    """One article."""

    content = fields.Nested(ContentFull)


class SeoIn(Schema):
    """What search engines are told."""

    title = Text(200)
    description = Text(500)
    focus = Text(200)


class TermsIn(Schema):
    """Names of categories and tags."""

    categories = fields.List(Text(200, 1), validate=validate.Length(max=20))
    tags = fields.List(Text(200, 1), validate=validate.Length(max=50))


class ContentPatch(Patch):
    """What of an article can be changed; ``published`` is set by publishing alone.

    ``version`` is the version that was seen: 409 ``content_stale`` where another one stands by now.
    """

    title = Text(MAX_TITLE_CHARS, 1)
    html = Text(MAX_HTML_CHARS, 1)
    excerpt = Text(2_000)
    status = fields.String(validate=validate.OneOf(["draft", "review", "approved"]))
    seo = fields.Nested(SeoIn)
    terms = fields.Nested(TermsIn)
    version = Int(1, 2**31 - 1)
    author = Text(250, allow_none=True)


Query = list_query(
    ("created_at", "updated_at", "title", "status"),
    status=fields.Enum(ContentStatus, by_value=True),
    proposal=fields.Boolean(),
)


@blp.route("/", methods=["GET"])
@blp.arguments(Query, location="query")
@blp.response(200, page_schema(ContentOut))
def list_content(args: dict[str, Any]) -> Page:
    """List the site's articles."""
    site_id = principal().site_id
    filters = [Content.status == args["status"]] if "status" in args else []
    if "proposal" in args:
        waits = attention.with_proposal()
        filters.append(waits if args["proposal"] else ~waits)
    page = page_of(Content, site_id, page_query(args), (Content.title, Content.excerpt), filters)
    views = writing.view_contents(site_id, page.results)
    return Page(page.count, page.page, page.page_size, views)


@blp.route("/<uuid:content_id>/", methods=["GET"])
@blp.response(200, ContentOne)
def read_content(content_id: uuid.UUID) -> dict[str, Any]:
    """Read one article with its text."""
    return _shown(content_id)


@blp.route("/<uuid:content_id>/", methods=["PATCH"])
@blp.arguments(ContentPatch)
@blp.response(200, ContentOne)
def change_content(body: dict[str, Any], content_id: uuid.UUID) -> dict[str, Any]:
    """Change an article; its HTML passes the same sanitizer as a model's reply."""
    content = find(Content, principal().site_id, content_id)
    writing.change_content(content, body)
    if body.get("status") == ContentStatus.APPROVED:
        scheduling.follow_approval(principal().site, content)
    db.session.commit()
    return _shown(content_id)


@blp.route("/<uuid:content_id>/", methods=["DELETE"])
@blp.response(200, Answer)
def delete_content(content_id: uuid.UUID) -> dict[str, Any]:
    """Delete an article that was never handed to the site."""
    writing.delete_content(principal().site, content_id)
    db.session.commit()
    return {}


def _shown(content_id: uuid.UUID) -> dict[str, Any]:
    site_id = principal().site_id
    content = find(Content, site_id, content_id)
    return {"content": writing.view_contents(site_id, [content])[0]}
