"""``/v1/sites/``: the handshake with a plugin, and the site's own view of its connection."""

from typing import Any

from flask import request
from marshmallow import EXCLUDE, Schema, fields, validate

from igny8_flask import handshake, site_keys, sites
from igny8_flask.api.resource import Resource
from igny8_flask.api.schemas import Answer, Id, Text, Time
from igny8_flask.auth import calling_home, principal, refuse_reader
from igny8_flask.limits import Limit
from igny8_flask.models import Site
from igny8_flask.services import current
from igny8_flask.version import VERSION

blp = Resource("sites", __name__, url_prefix="/v1/sites")

GUESSES = Limit("connect", 10, 10, "Too many connect codes were tried from here.")
NOT_TESTED: dict[str, Any] = {"mode": "none", "checked_at": None, "checks": []}


class VersionsIn(Schema):
    """What runs on the site; names that are not known yet are let go."""

    class Meta:
        """A newer plugin may tell more."""

        unknown = EXCLUDE

    plugin = Text(40)
    wordpress = Text(40)
    php = Text(40)


class ConnectIn(Schema):
    """A plugin introduces its WordPress."""

    code = Text(100, 1, required=True)
    site_uuid = Id(required=True)
    home_url = Text(500, 1, required=True)
    rest_url = Text(500, 1, required=True)
    name = Text(200, load_default="")
    versions = fields.Nested(VersionsIn, load_default=dict)


class ConnectOut(Answer):
    """What a plugin keeps: shown once, never again."""

    site_id = Id()
    site_key = fields.String()
    webhook_secret = fields.String()
    account = fields.String()


class CredentialsIn(Schema):
    """The publishing user that the plugin made."""

    username = Text(60, 1, required=True)
    password = Text(100, 16, required=True)
    password_uuid = Id(required=True)
    rest_url = Text(500, 1, required=True)


class CheckOut(Schema):
    """One line of the self-test; one that is not ok and does not block is only worth knowing."""

    name = fields.String(
        validate=validate.OneOf(["rest", "auth", "role", "write", "plugin", "copy", "clock"])
    )
    ok = fields.Boolean()
    blocks = fields.Boolean()
    message = fields.String()
    fix = fields.String()


class ConnectionOut(Schema):
    """How articles reach the site, and what the last self-test found."""

    mode = fields.String(validate=validate.OneOf(["push", "pull", "none"]))
    checked_at = fields.String(allow_none=True)
    checks = fields.List(fields.Nested(CheckOut))


class ConnectionAnswer(Answer):
    """The connection alone."""

    connection = fields.Nested(ConnectionOut)


class SiteOut(Schema):
    """The site as the backend knows it."""

    id = Id()
    name = fields.String()
    home_url = fields.String(attribute="url")
    account = fields.String(attribute="account.name")
    key_id = fields.Function(lambda _site: principal().key_id)
    connected_at = Time(allow_none=True)


class MeOut(ConnectionAnswer):
    """The site and its connection; the plugin compares ``service_version`` with its own."""

    site = fields.Nested(SiteOut)
    service_version = fields.String(dump_default=VERSION)


class MeQuery(Schema):
    """``test=1`` runs the self-test now."""

    test = fields.Boolean(load_default=False)


class KeyOut(Answer):
    """A new site key, shown once."""

    site_key = fields.String()


@blp.route("/connect/", methods=["POST"])
@blp.arguments(ConnectIn)
@blp.doc(security=[])
@blp.response(201, ConnectOut)
def connect(body: dict[str, Any]) -> dict[str, Any]:
    """Redeem a connect code for a site key; needs no key itself."""
    code = body.pop("code")
    body["site_uuid"] = str(body["site_uuid"])
    limiter, address = current().limiter, request.remote_addr or ""
    limiter.take(GUESSES, address)
    connected = handshake.connect(code, handshake.Introduction(**body))
    limiter.take(GUESSES, address, amount=-1)
    return {
        "site_id": connected.site.id,
        "site_key": connected.site_key,
        "webhook_secret": connected.webhook_secret,
        "account": connected.site.account.name,
    }


@blp.route("/me/credentials/", methods=["PUT"])
@blp.arguments(CredentialsIn)
@blp.response(200, ConnectionAnswer)
def store_credentials(body: dict[str, Any]) -> dict[str, Any]:
    """Take over the publishing user's application password and test it."""
    body["password_uuid"] = str(body["password_uuid"])
    return {"connection": sites.store_credentials(principal().site, **body)}


@blp.route("/me/", methods=["GET"])
@blp.arguments(MeQuery, location="query")
@blp.response(200, MeOut)
def read_me(args: dict[str, Any]) -> dict[str, Any]:
    """Show the site and its connection."""
    site = principal().site
    if args["test"]:
        refuse_reader()
        sites.forget_copy(site, calling_home())
    return told(site, sites.check_connection(site) if args["test"] else site.connection)


@blp.route("/me/", methods=["DELETE"])
@blp.response(200, Answer)
def disconnect() -> dict[str, Any]:
    """Disconnect the site: all keys and secrets end here."""
    sites.disconnect(principal().site)
    return {}


@blp.route("/rotate_key/", methods=["POST"])
@blp.response(200, KeyOut)
def rotate_key() -> dict[str, Any]:
    """Get a new key; the present one lives on until the new one is in use."""
    return {"site_key": site_keys.rotate(principal().site, principal().key_id)}


def told(site: Site, tested: dict[str, Any] | None) -> dict[str, Any]:
    """The site as ``MeOut`` tells it, with what its caller has to know of copies."""
    connection = tested or NOT_TESTED
    copy = sites.copy_check(site, calling_home())
    checks = [*connection.get("checks", []), *([copy.as_dict()] if copy else [])]
    return {"site": site, "connection": {**connection, "checks": checks}}
