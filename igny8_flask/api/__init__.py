"""The HTTP API: parse, authorize, call, answer. One module a resource."""

from flask import Flask

from igny8_flask import auth
from igny8_flask.api import (
    activity,
    choices,
    clusters,
    content,
    health,
    ideas,
    images,
    keywords,
    links,
    overview,
    people,
    problems,
    prompts,
    publisher,
    refresh,
    request_ids,
    runs,
    schedule,
    site_events,
    site_posts,
    sites,
    system,
    tasks,
    unchanged,
    versions,
)
from igny8_flask.api.refusals import Refusals
from igny8_flask.api.resource import JsonApi
from igny8_flask.api.schemas import Id

RESOURCES = (
    health,
    sites,
    site_events,
    site_posts,
    people,
    keywords,
    clusters,
    ideas,
    tasks,
    versions,
    content,
    refresh,
    images,
    runs,
    publisher,
    choices,
    links,
    schedule,
    system,
    overview,
    activity,
    prompts,
)

SITE_KEY = {
    "components": {"securitySchemes": {"siteKey": {"type": "http", "scheme": "bearer"}}},
    "security": [{"siteKey": []}],
}

THIS_DOCUMENT = {
    "summary": "Read this document.",
    "security": [],
    "responses": {
        "200": {
            "description": "OK",
            "content": {"application/json": {"schema": {"type": "object"}}},
        }
    },
}


def install(app: Flask) -> None:
    """Add every route, the site key check and the error answers to an application."""
    app.config.update(
        API_TITLE="IGNY8",
        API_VERSION="v1",
        OPENAPI_VERSION="3.0.3",
        OPENAPI_URL_PREFIX="/",
        OPENAPI_JSON_PATH="openapi.json",
        API_SPEC_OPTIONS=SITE_KEY,
    )
    request_ids.install(app)
    within = auth.as_nobody(app.wsgi_app)
    app.wsgi_app = unchanged.answered_early(app, within)  # type: ignore[assignment,method-assign]
    app.before_request(auth.require_site_key)
    api = JsonApi(spec_kwargs={"extra_plugins": [Refusals()]})
    api.init_app(app)
    api.register_field(Id, "string", "uuid")
    problems.install(app)
    for resource in RESOURCES:
        api.register_blueprint(resource.blp)
    own_rule = next(app.url_map.iter_rules("api-docs.openapi_json"))
    api.spec.path(rule=own_rule, operations={"get": THIS_DOCUMENT})
