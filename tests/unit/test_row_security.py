"""PostgreSQL keeps tenants apart by itself, whatever SQL reaches it."""

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from flask_migrate import downgrade, upgrade

from igny8_flask import create_app
from igny8_flask.cli import install_commands
from igny8_flask.db import Base, db
from igny8_flask.models import Task
from igny8_flask.row_security import IS_ABOVE_POLICIES
from igny8_flask.tenants import every_tenant, tenant, within
from tests.factories import make_settings, make_site, make_task, operating
from tests.unit.conftest import Caller

ROLES = Path(__file__).parents[2] / "deploy" / "postgresql-roles.sql"
TITLES = sa.text("SELECT title FROM task")
OWNED = sorted(
    table.name
    for table in Base.metadata.sorted_tables
    if "account_id" in table.c or table.name == "account"
)


@pytest.fixture(scope="module")
def cluster(postgres_url: str) -> str:
    """A database of its own with the roles of ``deploy/``; its URL for the superuser."""
    asked = sa.create_engine(postgres_url.replace("postgresql:", "postgresql+psycopg:"))
    with asked.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("CREATE DATABASE tenants")
    asked.dispose()
    url = postgres_url.replace("/postgres?", "/tenants?")
    with create_app(make_settings(DATABASE_URL=url)).app_context():
        with db.engine.begin() as connection:
            connection.exec_driver_sql(ROLES.read_text(encoding="utf-8"))
        db.engine.dispose()
    return url


def migrated(url: str, owner: str, app_role: str) -> Iterator[Flask]:
    """The application as one role, on tables that another one made."""
    apps = [
        create_app(make_settings(DATABASE_URL=url.replace("igny8@", f"{role}@")))
        for role in (owner, app_role)
    ]
    with apps[0].app_context():
        upgrade()
    with operating(apps[1]):
        yield apps[1]
        db.session.remove()
        db.engine.dispose()
    with apps[0].app_context():
        downgrade(revision="base")
        db.engine.dispose()


@pytest.fixture(params=["igny8_app", "igny8_owner"])
def app(request: pytest.FixtureRequest, cluster: str) -> Iterator[Flask]:
    """The serving role, and for a simple set-up the owner, whom FORCE binds as well."""
    yield from migrated(cluster, "igny8_owner", request.param)


def raw(statement: sa.Executable, **values: object) -> sa.CursorResult:
    """Past the session: a connection of the pool, in the present scope."""
    with db.engine.connect() as connection:
        return connection.execute(statement, values).freeze()()


def test_every_tenant_table_is_under_a_policy_that_binds_its_owner(app):
    rows = raw(
        sa.text(
            "SELECT relname, relrowsecurity, relforcerowsecurity,"
            " (SELECT array_agg(polname::text) FROM pg_policy WHERE polrelid = c.oid)"
            " FROM pg_class c WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        )
    )
    protected = {name for name, *how in rows if how == [True, True, ["tenant"]]}
    assert sorted(protected) == OWNED
    assert raw(IS_ABOVE_POLICIES).scalar() is False


def test_without_a_scope_there_are_no_rows_and_none_is_taken(app):
    site = make_site().site
    make_task(site)
    with within(None):
        for name in OWNED:
            assert raw(sa.text(f'SELECT count(*) FROM "{name}"')).scalar() == 0
        with pytest.raises(sa.exc.ProgrammingError, match="row-level security"):
            raw(sa.insert(Task.__table__), title="x", account_id=site.account_id, site_id=site.id)


@pytest.mark.parametrize("same_account", [False, True])
def test_plain_sql_shows_and_changes_the_tenants_own_rows_only(app, same_account):
    mine = make_site().site
    foreign = make_site(mine.account if same_account else None).site
    make_task(mine, title="mine")
    make_task(foreign, title="foreign")
    with tenant(mine.account_id, mine.id), db.engine.connect() as connection:
        assert connection.scalars(TITLES).all() == ["mine"]
        assert connection.execute(sa.text("UPDATE task SET title = 'taken'")).rowcount == 1
        assert connection.execute(sa.text("DELETE FROM task")).rowcount == 1
        connection.rollback()
    assert sorted(raw(TITLES).scalars()) == ["foreign", "mine"]


def test_a_foreign_row_can_be_neither_added_nor_taken_over(app):
    mine, foreign = make_site().site, make_site().site
    make_task(mine)
    with tenant(mine.account_id, mine.id):
        planted = {"id": uuid.uuid4(), "title": "x", "account_id": foreign.account_id}
        with pytest.raises(sa.exc.ProgrammingError, match="row-level security"):
            raw(sa.insert(Task.__table__), **planted, site_id=foreign.id)
        given = sa.text("UPDATE task SET account_id = :account, site_id = :site")
        with pytest.raises(sa.exc.ProgrammingError, match="row-level security"):
            raw(given, account=foreign.account_id, site=foreign.id)


def test_the_next_transaction_of_a_pooled_connection_starts_without_a_scope(app):
    mine = make_site().site
    make_task(mine, title="mine")
    with db.engine.connect() as connection:
        for end in (connection.commit, connection.rollback):
            with tenant(mine.account_id, mine.id):
                assert connection.scalars(TITLES).all() == ["mine"]
            end()
            with within(None):
                assert connection.scalars(TITLES).all() == []
            end()


def test_a_change_of_scope_counts_within_a_transaction_and_across_savepoints(app):
    mine, foreign = make_site().site, make_site().site
    make_task(mine, title="mine")
    make_task(foreign, title="foreign")
    with db.engine.connect() as connection:
        assert len(connection.scalars(TITLES).all()) == 2
        savepoint = connection.begin_nested()
        with tenant(mine.account_id, mine.id):
            assert connection.scalars(TITLES).all() == ["mine"]
            savepoint.rollback()
            assert connection.scalars(TITLES).all() == ["mine"]
        with tenant(foreign.account_id, foreign.id):
            assert connection.scalars(TITLES).all() == ["foreign"]
        with every_tenant():
            assert len(connection.scalars(TITLES).all()) == 2


def test_the_application_works_as_that_role(app):
    mine, other = Caller(app, make_site()), Caller(app, make_site())
    made = mine("POST", "/v1/writer/tasks/", {"items": [{"title": "Ours"}]})
    assert made.status_code == 201
    path = f"/v1/writer/tasks/{made.json['results'][0]['id']}/"
    assert mine("GET", path).status_code == 200
    assert other("GET", path).status_code == 404
    assert other("GET", "/v1/writer/tasks/").json["count"] == 0
    assert mine("GET", "/readyz").json["checks"]["migrations"] is True


def test_a_backup_asks_as_a_role_that_sees_all_rows(app):
    install_commands(app)
    script = app.test_cli_runner().invoke(args=["backup"]).output
    assert "# igny8_" in script
    assert "--dbname=postgresql://postgres@" in script
