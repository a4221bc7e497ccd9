"""``/v1/planner/clusters/``: groups of keywords that one page answers."""

import uuid
from typing import Any

from marshmallow import Schema, fields, validate

from igny8_flask import planning
from igny8_flask.api.idempotency import idempotent
from igny8_flask.api.resource import Resource
from igny8_flask.api.schemas import (
    MAX_IDS,
    MAX_TITLE_CHARS,
    Answer,
    Id,
    Patch,
    Seen,
    Text,
    Time,
    list_query,
    page_query,
    page_schema,
    rows_schema,
)
from igny8_flask.auth import principal
from igny8_flask.db import db
from igny8_flask.models import Cluster
from igny8_flask.rows import Page, find, page_of

blp = Resource("clusters", __name__, url_prefix="/v1/planner/clusters")


class ClusterOut(Schema):
    """A cluster."""

    id = Id()
    name = fields.String()
    description = fields.String()
    sector = fields.String(allow_none=True)
    keyword_count = fields.Function(lambda cluster: len(cluster.keywords))
    created_at = Time()
    updated_at = Time()


class ClusterOne(Answer):
    """One cluster."""

    cluster = fields.Nested(ClusterOut)


class ClusterPatch(Patch):
    """What of a cluster can be changed."""

    name = Text(MAX_TITLE_CHARS, 1)
    description = Text()
    sector = Text(200, allow_none=True)


class ClusterChange(ClusterPatch, Seen):
    """A change of a cluster that the caller has seen."""


class ClusterIn(ClusterPatch):
    """A new cluster."""

    name = Text(MAX_TITLE_CHARS, 1, required=True)


class ClustersIn(Schema):
    """New clusters."""

    items = fields.List(
        fields.Nested(ClusterIn), required=True, validate=validate.Length(min=1, max=MAX_IDS)
    )


Query = list_query(("created_at", "name"))


@blp.route("/", methods=["GET"])
@blp.arguments(Query, location="query")
@blp.response(200, page_schema(ClusterOut))
def list_clusters(args: dict[str, Any]) -> Page:
    """List the site's clusters."""
    searched = (Cluster.name, Cluster.description)
    return page_of(
        Cluster,
        principal().site_id,
        page_query(args),
        searched,
        options=(planning.WITH_KEYWORD_IDS,),
    )


@blp.route("/", methods=["POST"])
@idempotent
@blp.arguments(ClustersIn)
@blp.response(201, rows_schema(ClusterOut))
def create_clusters(body: dict[str, Any]) -> dict[str, Any]:
    """Add up to 100 clusters; all or none."""
    return {"results": planning.add_clusters(principal().site, body["items"])}


@blp.route("/<uuid:cluster_id>/", methods=["GET"])
@blp.response(200, ClusterOne)
def read_cluster(cluster_id: uuid.UUID) -> dict[str, Any]:
    """Read one cluster."""
    return {"cluster": find(Cluster, principal().site_id, cluster_id)}


@blp.route("/<uuid:cluster_id>/", methods=["PATCH"])
@blp.arguments(ClusterChange)
@blp.response(200, ClusterOne)
def change_cluster(body: dict[str, Any], cluster_id: uuid.UUID) -> dict[str, Any]:
    """Change a cluster."""
    cluster = find(Cluster, principal().site_id, cluster_id)
    planning.change_cluster(cluster, body)
    db.session.commit()
    return {"cluster": cluster}


@blp.route("/<uuid:cluster_id>/", methods=["DELETE"])
@blp.response(200, Answer)
def delete_cluster(cluster_id: uuid.UUID) -> dict[str, Any]:
    """Delete a cluster; its keywords and ideas stay."""
    planning.delete_cluster(principal().site, cluster_id)
    db.session.commit()
    return {}
