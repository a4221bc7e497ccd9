"""The migrations make exactly what the models say, up and down, on both databases."""

from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask_migrate import downgrade, upgrade

from igny8_flask import create_app
from igny8_flask.db import db
from tests.factories import make_content, make_settings, make_site, make_task, operating


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'migrated.db'}"
    return str(request.getfixturevalue("postgres_url"))


@pytest.fixture
def migrated_app(database_url):
    app = create_app(make_settings(DATABASE_URL=database_url))
    with operating(app):
        upgrade()
        yield app
        db.session.remove()
        downgrade(revision="base")
        db.engine.dispose()


def test_the_models_hold_nothing_that_the_migrations_do_not_make(migrated_app):
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, db.metadata) == []


def test_the_migrated_tables_can_be_used(migrated_app):
    connected = make_site()
    task = make_task(connected.site)
    answer = migrated_app.test_client().get(
        f"/v1/writer/tasks/{task.id}/", headers=connected.headers
    )
    assert answer.status_code == 200
    assert migrated_app.test_client().get("/readyz").json["checks"]["migrations"] is True


def test_the_database_refuses_a_parent_of_another_site(migrated_app):
    mine, foreign = make_site().site, make_site().site
    task = make_task(foreign)
    with pytest.raises(sa.exc.IntegrityError, match=r"(?i)foreign key"):
        make_content(mine, task_id=task.id)
    db.session.rollback()


def test_going_down_leaves_nothing_behind(database_url):
    app = create_app(make_settings(DATABASE_URL=database_url))
    with operating(app):
        upgrade()
        downgrade(revision="base")
        left = set(sa.inspect(db.engine).get_table_names())
        db.engine.dispose()
    assert left <= {"alembic_version"}
