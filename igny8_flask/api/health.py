"""``/healthz``, ``/readyz`` and ``/metrics``: for load balancers and people on call."""

from functools import cache
from ipaddress import ip_address
from typing import Any

import sqlalchemy as sa
from alembic.script import ScriptDirectory
from flask import Response, current_app, request
from marshmallow import Schema, fields
from sqlalchemy.exc import SQLAlchemyError

from igny8_flask import metrics
from igny8_flask.api.resource import Resource
from igny8_flask.api.schemas import Problem
from igny8_flask.crypto import same_digest
from igny8_flask.db import db
from igny8_flask.errors import ForbiddenError
from igny8_flask.log import get_logger
from igny8_flask.services import current
from igny8_flask.tenants import every_tenant

log = get_logger(__name__)
blp = Resource("health", __name__)

PROBE = "readiness probe"
FORWARDED = ("x-forwarded-", "x-real-ip", "forwarded", "via")  # a proxy speaks for somebody else
_REVISIONS = sa.text("SELECT version_num FROM alembic_version")


class HealthOut(Schema):
    """The process answers."""

    success = fields.Constant(True)
    status = fields.String()


class ReadyOut(Schema):
    """Whether this process can do its work; ``degraded`` = it can, but work starts later."""

    success = fields.Boolean()
    status = fields.String()
    checks = fields.Dict(keys=fields.String(), values=fields.Boolean())


@blp.route("/healthz", methods=["GET"])
@blp.doc(security=[])
@blp.response(200, HealthOut)
def healthz() -> dict[str, Any]:
    """Say that the process answers."""
    return {"status": "ok"}


@blp.route("/readyz", methods=["GET"])
@blp.doc(security=[])
@blp.response(200, ReadyOut)
@blp.alt_response(503, schema=ReadyOut)
def readyz() -> tuple[dict[str, Any], int]:
    """Check database, migrations and keys; without Redis the answer is degraded."""
    needed = {**database_checks(), "keys": _keys_work()}
    redis_up = current().cache.is_up()
    status = "down" if not all(needed.values()) else "ok" if redis_up else "degraded"
    checks = {**needed, "redis": redis_up}
    return {"success": status != "down", "status": status, "checks": checks}, (
        503 if status == "down" else 200
    )


@blp.route("/metrics", methods=["GET"])
@blp.doc(security=[])
@blp.response(200, fields.String(), content_type=metrics.CONTENT_TYPE)
@blp.alt_response(403, schema=Problem)
def read_metrics() -> Response:
    """Show what a Prometheus server collects: to this host, or with the metrics token."""
    if not _may_read_metrics():
        raise ForbiddenError("Metrics are for this host, or for who sends the metrics token.")
    with every_tenant():
        return Response(metrics.render(), content_type=metrics.CONTENT_TYPE)


def _may_read_metrics() -> bool:
    token = current().settings.metrics_token
    sent = request.headers.get("Authorization", "")
    if token and same_digest(sent, f"Bearer {token}"):
        return True
    forwarded = any(name.lower().startswith(FORWARDED) for name, _ in request.headers)
    return not forwarded and _is_loopback(request.remote_addr or "")


def _is_loopback(address: str) -> bool:
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False


def database_checks() -> dict[str, bool]:
    """Whether the database answers, and whether its tables are of this release."""
    try:
        with every_tenant():
            connection = db.session.connection()
            known = sa.inspect(connection).has_table("alembic_version")
            present = set(connection.scalars(_REVISIONS)) if known else set()
    except SQLAlchemyError:
        log.warning("database_not_ready", exc_info=True)
        db.session.rollback()
        return {"database": False, "migrations": False}
    wanted = _newest_revisions(current_app.extensions["migrate"].directory)
    return {"database": True, "migrations": present == wanted}


@cache
def _newest_revisions(directory: str) -> frozenset[str]:
    return frozenset(ScriptDirectory(directory).get_heads())


def _keys_work() -> bool:
    secrets = current().secrets
    return secrets.open(secrets.seal(PROBE, PROBE), PROBE) == PROBE
