"""Internal links: ``/v1/writer/content/<id>/links/`` and ``/v1/publisher/links/remove/``."""

import uuid
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from igny8_flask import internal_links, unlinking
from igny8_flask.api.idempotency import idempotent
from igny8_flask.api.resource import Resource
from igny8_flask.api.schemas import Answer, Flag, Id, Ids, Int, Patch
from igny8_flask.auth import principal
from igny8_flask.models import AITaskLog
from igny8_flask.work_status import delivery_url, run_url

blp = Resource("links", __name__, url_prefix="/v1")

MAX_SKIPPED = 50


class LinkOut(Schema):
    """These words of the article lead to that post."""

    post_id = fields.Integer()
    url = fields.String()
    title = fields.String()
    phrase = fields.String()


class LinksOut(Answer):
    """``links`` if the article went out now, ``skipped`` by a person, ``placed`` in the post."""

    enabled = fields.Boolean()
    limit = fields.Integer()
    links = fields.List(fields.Nested(LinkOut))
    skipped = fields.List(fields.Nested(LinkOut))
    placed = fields.List(fields.Nested(LinkOut))
    known_posts = fields.Integer()


class LinksPatch(Patch):
    """What of an article's links can be changed; ``skip`` is the whole list of unwanted posts."""

    enabled = Flag()
    skip = fields.List(Int(1, 2**53 - 1), validate=validate.Length(max=MAX_SKIPPED))


class RemoveIn(Schema):
    """Articles to lose their internal links: some, or all of the site."""

    ids = Ids(required=False)
    select = fields.String(validate=validate.Equal("all"))

    @validates_schema
    def needs_one_of_both(self, data: dict[str, Any], **_more: Any) -> None:
        """Refuse neither and both."""
        if ("ids" in data) == ("select" in data):
            raise ValidationError('Send either ids or "select": "all".', "ids")


class ChangedOut(Schema):
    """An article whose post a person changed; it keeps its links."""

    id = Id()
    title = fields.String()
    wp_edit_link = fields.String(allow_none=True)
    wp_changed_by = fields.String(allow_none=True)


class RemovedOut(Answer):
    """What came of it; ``task_id`` is null where no post has to be sent anew."""

    task_id = Id(allow_none=True)
    status_url = fields.String(allow_none=True)
    message = fields.String()
    sent = fields.Integer()
    left = fields.Integer()
    changed = fields.List(fields.Nested(ChangedOut))


@blp.route("/writer/content/<uuid:content_id>/links/", methods=["GET"])
@blp.response(200, LinksOut)
def read_links(content_id: uuid.UUID) -> dict[str, Any]:
    """Show which words of an article would lead to which posts."""
    return internal_links.preview(principal().site, content_id)


@blp.route("/writer/content/<uuid:content_id>/links/", methods=["PATCH"])
@blp.arguments(LinksPatch)
@blp.response(200, LinksOut)
def change_links(body: dict[str, Any], content_id: uuid.UUID) -> dict[str, Any]:
    """Switch an article's links on or off, or leave some out; the post follows when published."""
    site = principal().site
    internal_links.change(site, content_id, body)
    return internal_links.preview(site, content_id)


@blp.route("/publisher/links/remove/", methods=["POST"])
@idempotent
@blp.arguments(RemoveIn)
@blp.response(202, RemovedOut)
def remove_links(body: dict[str, Any]) -> dict[str, Any]:
    """Take our internal links out of posts; one that a person changed is told, not touched."""
    done = unlinking.remove(principal().site, body.get("ids"))
    told: dict[str, Any] = {"sent": done.sent, "left": done.left, "changed": done.changed}
    if done.work is None:
        return {**told, "task_id": None, "status_url": None, "message": "No post has to change."}
    link = run_url if isinstance(done.work, AITaskLog) else delivery_url
    return {
        **told,
        "task_id": done.work.id,
        "status_url": link(done.work.id),
        "message": "Accepted.",
    }
