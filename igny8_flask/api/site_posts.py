"""``/v1/sites/me/posts/``: the live posts of the site, told by its plugin."""

from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate, validates_schema

from igny8_flask import site_posts
from igny8_flask.api.idempotency import idempotent
from igny8_flask.api.resource import Resource
from igny8_flask.api.schemas import Answer, Int, Text, Time, list_query, page_query, page_schema
from igny8_flask.auth import principal

blp = Resource("site_posts", __name__, url_prefix="/v1/sites")

MAX_POSTS = 100
MAX_POST_ID = 2**53 - 1


class PostIn(Schema):
    """A live post as it stands now."""

    class Meta:
        """A newer plugin may tell more."""

        unknown = EXCLUDE

    post_id = Int(1, MAX_POST_ID, required=True)
    url = Text(1000, 1, required=True)
    title = Text(300, load_default="")
    slug = Text(300, load_default="")
    post_type = Text(40, 1, load_default="post")
    headings = fields.List(
        Text(300), load_default=list, validate=validate.Length(max=30), metadata={"maxItems": 30}
    )
    modified_at = fields.AwareDateTime(allow_none=True, load_default=None)


class PostsIn(Schema):
    """Which ids it is about, and which of them are live: all others are not."""

    after = Int(0, MAX_POST_ID)
    upto = Int(1, MAX_POST_ID)
    ids = fields.List(Int(1, MAX_POST_ID), validate=validate.Length(1, MAX_POSTS))
    posts = fields.List(
        fields.Nested(PostIn), required=True, validate=validate.Length(max=MAX_POSTS)
    )

    @validates_schema
    def needs_one_scope(self, data: dict[str, Any], **_more: Any) -> None:
        """Refuse reports of unclear extent, and posts outside of it."""
        is_range = {"after", "upto"} <= data.keys()
        if is_range == ("ids" in data) or (is_range and data["after"] >= data["upto"]):
            raise ValidationError("Send either ids, or after and a higher upto.", "upto")
        scope = _scope(data)
        if not all(scope.holds(post["post_id"]) for post in data["posts"]):
            raise ValidationError("A post lies outside of what this is about.", "posts")


class PostOut(Schema):
    """A live post of the site."""

    post_id = fields.Integer()
    url = fields.String()
    title = fields.String()
    slug = fields.String()
    post_type = fields.String()
    headings = fields.List(fields.String())
    modified_at = Time(allow_none=True)
    seen_at = Time()


class PostPage(page_schema(PostOut)):  # type: ignore[misc]
    """A page of live posts; ``told_at`` is when the plugin told of one last."""

    told_at = Time(allow_none=True)


class TakenOut(Answer):
    """How many live posts are known now."""

    known = fields.Integer()


Query = list_query(("created_at", "title", "post_id", "modified_at"))


@blp.route("/me/posts/", methods=["POST"])
@idempotent
@blp.arguments(PostsIn)
@blp.response(200, TakenOut)
def take_posts(body: dict[str, Any]) -> dict[str, Any]:
    """Tell which posts are live; telling it again is harmless."""
    return {"known": site_posts.take(principal().site, _scope(body), body["posts"])}


@blp.route("/me/posts/", methods=["GET"])
@blp.arguments(Query, location="query")
@blp.response(200, PostPage)
def list_posts(args: dict[str, Any]) -> dict[str, Any]:
    """List the live posts of the site that may be linked to."""
    site_id = principal().site_id
    page = site_posts.page(site_id, page_query(args))
    return {**vars(page), "told_at": site_posts.told_at(site_id)}


def _scope(body: dict[str, Any]) -> site_posts.Scope:
    return site_posts.Scope(body.get("after", 0), body.get("upto", 0), tuple(body.get("ids", ())))
