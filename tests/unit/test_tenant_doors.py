"""Where code may look past the tenant: a short list of names, each in a few places."""

import ast
from functools import cache

import pytest

from tests.unit.test_layers import PRODUCT, TREES, nodes

# What leaves the tenant's session or its scope → the only modules that may name it.
DOORS = {
    "every_tenant": {
        "igny8_flask.api.health",  # readiness and metrics
        "igny8_flask.auth",  # the key says whose request it is
        "igny8_flask.backlog",  # all sites share one backlog
        "igny8_flask.cli.failing",  # the operator's commands
        "igny8_flask.handshake",  # the code says whose site it is
        "igny8_flask.jobs",  # the row says whose job it is
        "igny8_flask.tenants",
        "igny8_flask.waiting",  # all sites share the workers
        "workers.dispatcher",
        "workers.rehearsal",  # a stage of its own, with one site
        "workers.worker",
    },
    "EVERYBODY": {
        "igny8_flask.row_security",
        "igny8_flask.tenant_session",
        "igny8_flask.tenants",
    },
    "Everybody": {"igny8_flask.tenants"},
    "enter": {"igny8_flask.auth", "igny8_flask.tenants"},
    "engine": {
        "igny8_flask.cli.backup",
        "igny8_flask.cli.doctor",
        "workers.rehearsal",
        "workers.tasks",
    },
    "create_engine": set(),
    "connection": {"igny8_flask.api.health", "igny8_flask.tenant_session"},
    "from_statement": set(),
    "bulk_save_objects": {"igny8_flask.tenant_session"},
    "bulk_insert_mappings": {"igny8_flask.tenant_session"},
    "bulk_update_mappings": {"igny8_flask.tenant_session"},
    "__table__": set(),
    "metadata": {"igny8_flask.db", "igny8_flask.sites"},
    "exec_driver_sql": {"igny8_flask.row_security"},
    "literal_column": set(),
}
TEXTUAL = {"igny8_flask.api.health", "igny8_flask.row_security"}
IS_TEXTUAL = ("text", "TextClause")


COMMON = {"connection", "engine", "metadata"}  # words that others use for other things


@cache
def named(tree: ast.AST) -> set[str]:
    """Names that are read or imported, and attributes; common words only of the database."""
    found = set()
    for node in nodes(tree):
        if isinstance(node, ast.Attribute):
            owner = ast.unparse(node.value).split(".")[-1]
            if node.attr not in COMMON or owner in ("db", "session", "Base", "super()"):
                found.add(node.attr)
        elif isinstance(node, ast.ImportFrom):
            found.update({alias.name for alias in node.names} - COMMON)
        elif isinstance(node, ast.Name):
            found.update({node.id} - COMMON)
    return found


def users(name: str) -> set[str]:
    return {module for module in PRODUCT if name in named(TREES[module])}


@pytest.mark.parametrize("door", DOORS)
def test_a_way_past_the_tenant_is_used_in_its_own_places_only(door):
    assert users(door) - DOORS[door] == set()


def test_textual_sql_is_written_for_the_catalogue_only():
    found = set()
    for module in PRODUCT:
        for node in nodes(TREES[module]):
            if isinstance(node, ast.ImportFrom) and str(node.module).startswith("sqlalchemy"):
                names = {alias.name for alias in node.names}
                found |= {module} if names & set(IS_TEXTUAL) else set()
            elif isinstance(node, ast.Attribute) and node.attr in IS_TEXTUAL:
                found |= {module} if ast.unparse(node.value) == "sa" else set()
    # conditions of partial indexes
    assert found - TEXTUAL == {"igny8_flask.models.system", "igny8_flask.models.work"}


def test_every_command_is_in_the_operators_scope():
    bare = {
        f"{module}.{node.name}"
        for module in PRODUCT
        for node in nodes(TREES[module])
        if isinstance(node, ast.FunctionDef)
        and "with_appcontext" in (decorators := {ast.unparse(one) for one in node.decorator_list})
        and "in_words" not in decorators
    }
    assert bare == set()


def test_a_new_use_would_be_noticed(monkeypatch):
    sneaky = "db.session.connection().execute(Task.__table__.select())\nevery_tenant()"
    monkeypatch.setitem(TREES, "igny8_flask.writing", ast.parse(sneaky))
    for door in ("connection", "__table__", "every_tenant"):
        with pytest.raises(AssertionError):
            test_a_way_past_the_tenant_is_used_in_its_own_places_only(door)
