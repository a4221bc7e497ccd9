"""What belongs to somebody else is not there: every route, every id, every field that names one.

The cases come from the route table and the API document. A new route that names an object, or a
new field that does, fails here until it stands in one of the tables below.
"""

import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event, select
from sqlalchemy.engine import Engine

from igny8_flask.db import Base, db, utcnow
from igny8_flask.models import (
    AITaskLog,
    Cluster,
    Content,
    ContentIdea,
    ContentProposal,
    ContentVersion,
    Delivery,
    Image,
    ImageFile,
    Keyword,
    Publication,
    Site,
    Task,
    VersionOrigin,
    WorkState,
)
from igny8_flask.models.enums import ImageState
from tests.factories import make_site, make_task
from tests.unit.conftest import Caller

MARK = "Nobody-else-reads-this"

# Parameter of a route → what it names. PLAIN ones are words, not objects of a site.
NAMED = {
    "cluster_id": Cluster,
    "content_id": Content,
    "delivery_id": Delivery,
    "idea_id": ContentIdea,
    "image_id": Image,
    "keyword_id": Keyword,
    "run_id": AITaskLog,
    "sha256": ImageFile,
    "task_id": Task,
}
PLAIN = {"number", "prompt_type"}

# A body with which the owner of the object gets further than 404.
BODIES: dict[str, Any] = {
    "PATCH /v1/planner/clusters/<cluster_id>/": {"name": "x"},
    "PATCH /v1/planner/ideas/<idea_id>/": {"title": "x"},
    "PATCH /v1/planner/keywords/<keyword_id>/": {"sector": "x"},
    "PATCH /v1/writer/content/<content_id>/": {"title": "x"},
    "PATCH /v1/writer/content/<content_id>/links/": {"enabled": False},
    "PATCH /v1/writer/images/<image_id>/": {"alt": "x"},
    "PATCH /v1/writer/tasks/<task_id>/": {"title": "x"},
    "POST /v1/publisher/deliveries/<delivery_id>/choose/": {"choice": "keep"},
    "POST /v1/publisher/deliveries/<delivery_id>/media/": {"lease": 1, "media": []},
    "POST /v1/publisher/deliveries/<delivery_id>/receipt/": {"lease": 1, "error": {"code": "x"}},
}

# Field of a request that names an object → what it names, and a request with such an id.
FIELDS: dict[str, tuple[type[Any], Any]] = {
    "GET /v1/planner/ideas/ ?cluster_id": (Cluster, None),
    "GET /v1/planner/keywords/ ?cluster_id": (Cluster, None),
    "GET /v1/publisher/deliveries/ ?content_id": (Content, None),
    "GET /v1/writer/images/ ?content_id": (Content, None),
    "PATCH /v1/planner/ideas/<idea_id>/ cluster_id": (Cluster, lambda row: {"cluster_id": row}),
    "PATCH /v1/planner/keywords/<keyword_id>/ cluster_id": (
        Cluster,
        lambda row: {"cluster_id": row},
    ),
    "POST /v1/planner/clusters/auto_generate_ideas/ ids": (Cluster, lambda row: {"ids": [row]}),
    "POST /v1/planner/ideas/ items[].cluster_id": (
        Cluster,
        lambda row: {"items": [{"title": "x", "cluster_id": row}]},
    ),
    "POST /v1/planner/ideas/create_tasks/ ids": (ContentIdea, lambda row: {"ids": [row]}),
    "POST /v1/planner/keywords/ items[].cluster_id": (
        Cluster,
        lambda row: {"items": [{"keyword": "x", "cluster_id": row}]},
    ),
    "POST /v1/planner/keywords/auto_cluster/ ids": (Keyword, lambda row: {"ids": [row]}),
    "POST /v1/publisher/links/remove/ ids": (Content, lambda row: {"ids": [row]}),
    "POST /v1/publisher/publish/ ids": (Content, lambda row: {"ids": [row]}),
    "POST /v1/publisher/schedule/ content_id": (
        Content,
        lambda row: {"content_id": row, "publish_at": "2031-01-01T10:00:00"},
    ),
    "POST /v1/publisher/trash/ ids": (Content, lambda row: {"ids": [row]}),
    "POST /v1/sites/me/events/ events[].content_id": (
        Content,
        lambda row: {"events": [{"content_id": row, "post_id": 7, "status": "publish"}]},
    ),
    "POST /v1/system/estimate/ ids": (
        Task,
        lambda row: {"function": "generate_content", "ids": [row]},
    ),
    "POST /v1/system/prompts/dry_run/ ids": (
        Task,
        lambda row: {"prompt_type": "generate_content", "ids": [row]},
    ),
    "POST /v1/writer/tasks/auto_generate_content/ ids": (Task, lambda row: {"ids": [row]}),
    "POST /v1/writer/tasks/auto_generate_images/ ids": (Task, lambda row: {"ids": [row]}),
}
NO_OBJECTS = {  # ids of WordPress's own, and of the installation itself
    "POST /v1/publisher/deliveries/<delivery_id>/media/ media[].id",
    "POST /v1/sites/connect/ site_uuid",
    "POST /v1/sites/me/events/ events[].post_id",
    "POST /v1/sites/me/posts/ ids",
    "POST /v1/sites/me/posts/ posts[].post_id",
    "PUT /v1/sites/me/credentials/ password_uuid",
}
ID_NAMES = re.compile(r"(^|_)(u?u?id|ids|parents?|depends(_on)?)$")


@pytest.fixture
def foreign(request: pytest.FixtureRequest, app: Any, plugin: Caller) -> Caller:
    """Somebody else with one of everything; ``sister`` is a site of the same account."""
    is_sister = getattr(request, "param", "stranger") == "sister"
    caller = Caller(app, make_site(plugin.site.account if is_sister else None))
    fill(caller.site)
    return caller


def fill(site: Site) -> None:
    """One of everything that a route can name."""
    owner = {"account_id": site.account_id, "site_id": site.id}
    cluster = Cluster(name=MARK, **owner)
    task, drawn = make_task(site, title=MARK), make_task(site, title=MARK)
    content = Content(title=MARK, html=f"<p>{MARK}</p>", task_id=drawn.id, version=2, **owner)
    sha = sha_of(site)
    db.session.add_all([cluster, content])
    db.session.flush()
    work = {"work_key": "x" * 64, "state": WorkState.FAILURE, "message": MARK, **owner}
    pending = {**work, "state": WorkState.RUNNING, "generation": 1, "by_pull": True}
    db.session.add_all(
        [
            ContentIdea(title=MARK, cluster_id=cluster.id, **owner),
            Keyword(keyword=MARK, cluster_id=cluster.id, **owner),
            ImageFile(
                account_id=site.account_id,
                sha256=sha,
                mime="image/png",
                width=1,
                height=1,
                data=MARK.encode(),
            ),
            Image(content_id=content.id, sha256=sha, alt=MARK, state=ImageState.GENERATED, **owner),
            AITaskLog(
                function_name="generate_content",
                payload={"ids": [str(task.id)], "options": {}},
                **work,
            ),
            Delivery(content_id=content.id, **pending),
            ContentProposal(content_id=content.id, title=MARK, html=f"<p>{MARK}</p>", **owner),
            ContentVersion(
                content_id=content.id,
                number=1,
                origin=VersionOrigin.GENERATED,
                made_at=utcnow(),
                title=MARK,
                html=f"<p>{MARK}</p>",
                **owner,
            ),
            Publication(content_id=content.id, message=MARK, **owner),
        ]
    )
    db.session.commit()


def sha_of(site: Site) -> str:
    return site.id.hex * 2


def id_of(model: type[Any], site: Site) -> str:
    """The object of that kind; of several, the oldest."""
    if model is ImageFile:
        return sha_of(site)
    rows = select(model.id).where(model.site_id == site.id).order_by(model.id)
    return str(db.session.scalars(rows).first())


def unknown(model: type[Any]) -> str:
    return "ab" * 32 if model is ImageFile else str(uuid.uuid4())


def short(rule: str) -> str:
    return re.sub(r"<\w+:", "<", rule)


def cases(app: Any) -> list[tuple[str, str]]:
    return [
        (method, short(rule.rule))
        for rule in app.url_map.iter_rules()
        for method in sorted(rule.methods - {"HEAD", "OPTIONS"})
    ]


def objects(rule: str) -> list[str]:
    return [name for name in re.findall(r"<(\w+)>", rule) if name not in PLAIN]


@pytest.fixture(scope="module")
def table(shared_app: Any) -> list[tuple[str, str]]:
    return cases(shared_app)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One test an object route; the routes are read from an application without a database."""
    if "object_route" in metafunc.fixturenames:
        from igny8_flask import create_app
        from tests.factories import make_settings

        routes = [case for case in cases(create_app(make_settings())) if objects(case[1])]
        metafunc.parametrize("object_route", sorted(routes), ids=" ".join)


@contextmanager
def counted() -> Iterator[list[str]]:
    """The SQL statements of the block."""
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        statements.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def everything(site: Site) -> dict[str, Any]:
    """All rows of a site, to see that nothing has changed."""
    return {
        name: sorted(map(repr, db.session.execute(select(table).where(table.c.site_id == site.id))))
        for name, table in Base.metadata.tables.items()
        if "site_id" in table.c
    }


def answer(caller: Caller, method: str, path: str, body: Any) -> tuple[Any, ...]:
    """Status, body but for the request's id, and the SQL it took."""
    with counted() as statements:
        reply = caller(method, path, body)
    body = reply.json if reply.is_json else {}
    said = {name: value for name, value in body.items() if name != "request_id"}
    return reply.status_code, said, statements


def test_every_parameter_of_a_route_is_known_here(table):
    used = {name for _, rule in table for name in re.findall(r"<(\w+)>", rule)}
    assert used == NAMED.keys() | PLAIN


@pytest.mark.parametrize("foreign", ["stranger", "sister"], indirect=True)
def test_a_foreign_object_is_as_unknown_as_one_that_never_was(object_route, plugin, foreign):
    method, rule = object_route
    (parameter,) = objects(rule)
    model, body = NAMED[parameter], BODIES.get(f"{method} {rule}")
    plugin("GET", "/v1/sites/me/")  # notes the first use of the key

    def ask(caller: Caller, row_id: str) -> tuple[Any, ...]:
        return answer(
            caller, method, rule.replace(f"<{parameter}>", row_id).replace("<number>", "1"), body
        )

    before = everything(foreign.site)
    never = ask(plugin, unknown(model))
    assert never[0] == 404
    assert never[1]["code"] == "not_found"
    assert ask(plugin, id_of(model, foreign.site)) == never
    for malformed in ("x", "1", f"{uuid.uuid4()}x", "%00", "0" * 36):
        assert ask(plugin, malformed)[:2] == never[:2]
    assert everything(foreign.site) == before
    assert ask(foreign, id_of(model, foreign.site))[0] != 404


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Method, rule and description of every operation of the API document."""
    for path, methods in document["paths"].items():
        shared = methods.get("parameters", [])
        for method, operation in methods.items():
            if method != "parameters":
                parameters = [*shared, *operation.get("parameters", [])]
                rule = re.sub(r"{(\w+)}", r"<\1>", path)
                yield method.upper(), rule, {**operation, "parameters": parameters}


def id_fields(schema: dict[str, Any], schemas: dict[str, Any], path: str = "") -> Iterator[str]:
    """Fields of a body, at any depth, whose name says that they hold ids."""
    schema = schemas[schema["$ref"].rsplit("/", 1)[1]] if "$ref" in schema else schema
    for name, inner in schema.get("properties", {}).items():
        if ID_NAMES.search(name):
            yield f"{path}{name}"
        yield from id_fields(inner, schemas, f"{path}{name}.")
    if "items" in schema:
        yield from id_fields(schema["items"], schemas, f"{path.removesuffix('.')}[].")
    for inner in (part for kind in ("allOf", "anyOf", "oneOf") for part in schema.get(kind, ())):
        yield from id_fields(inner, schemas, path)


def named_ids(app: Any) -> set[str]:
    """Every field of a request that names an object, query and body."""
    document = app.test_client().get("/openapi.json").json
    found = set()
    for method, rule, operation in operations(document):
        queries = (given["name"] for given in operation["parameters"] if given["in"] == "query")
        fields = [f"?{name}" for name in queries if ID_NAMES.search(name)]
        for content in operation.get("requestBody", {}).get("content", {}).values():
            fields += id_fields(content["schema"], document["components"]["schemas"])
        found |= {f"{method} {rule} {field}" for field in fields}
    return found


def test_every_field_that_names_an_object_is_known_here(app):
    assert named_ids(app) == FIELDS.keys() | NO_OBJECTS


@pytest.mark.parametrize("foreign", ["stranger", "sister"], indirect=True)
@pytest.mark.parametrize("field", FIELDS)
def test_a_field_that_names_a_foreign_object_is_as_good_as_unknown(plugin, foreign, field):
    route, name = field.rsplit(" ", 1)
    method, rule = route.split(" ")
    model, make_body = FIELDS[field]
    fill(plugin.site) if "<" in rule else None
    plugin("GET", "/v1/sites/me/")

    def ask(caller: Caller, row_id: str) -> tuple[Any, ...]:
        path = rule
        for parameter in objects(rule):
            path = path.replace(f"<{parameter}>", id_of(NAMED[parameter], caller.site))
        if make_body is None:
            return answer(caller, method, f"{path}{name}={row_id}", None)
        return answer(caller, method, path, make_body(row_id))

    before = everything(foreign.site)
    never, theirs = ask(plugin, unknown(model)), ask(plugin, id_of(model, foreign.site))
    assert theirs[:2] == never[:2]
    assert len(theirs[2]) == len(never[2])
    assert everything(foreign.site) == before
    own = ask(foreign, id_of(model, foreign.site))
    assert own[:2] != never[:2] or field.startswith("POST /v1/sites/me/events/")


@pytest.mark.parametrize("foreign", ["stranger", "sister"], indirect=True)
def test_no_list_shows_a_foreign_row(table, plugin, foreign):
    ids = {
        str(row_id)
        for model in NAMED.values()
        if model is not ImageFile
        for row_id in db.session.scalars(select(model.id).where(model.site_id == foreign.site.id))
    }
    shown = set()
    for method, rule in table:
        if method != "GET" or objects(rule):
            continue
        path = rule.replace("<prompt_type>", "generate_content").replace("<number>", "1")
        text = plugin(method, path).text
        assert MARK not in text, rule
        assert not [row_id for row_id in ids if row_id in text], rule
        assert str(foreign.site.id) not in text, rule
        shown |= {rule} if any(one in foreign(method, path).text for one in ids) else set()
    assert len(shown) >= 8  # the owner's own lists do show them


def test_reading_writes_nothing(table, plugin):
    fill(plugin.site)
    plugin("GET", "/v1/sites/me/")
    for method, rule in table:
        path = rule.replace("<prompt_type>", "generate_content").replace("<number>", "1")
        for parameter in objects(rule):
            path = path.replace(f"<{parameter}>", id_of(NAMED[parameter], plugin.site))
        if method == "GET":
            _, _, statements = answer(plugin, method, path, None)
            assert not [one for one in statements if not one.startswith(("SELECT", "PRAGMA"))], path


def test_a_site_key_opens_no_door_of_the_operator(app, plugin):
    far = {"environ_base": {"REMOTE_ADDR": "203.0.113.9"}}
    assert plugin("GET", "/metrics", **far).status_code == 403
    assert plugin("GET", "/metrics").status_code == 200


def test_the_route_table_is_the_api_document(app, table):
    document = app.test_client().get("/openapi.json").json
    written = {(method, rule) for method, rule, _ in operations(document)}
    assert written == set(table)
