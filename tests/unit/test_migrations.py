"""The migrations make exactly what the models say, up and down, on both databases."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask_migrate import downgrade, upgrade

from igny8_flask import create_app
from igny8_flask.db import db
from tests.factories import make_content, make_settings, make_site, make_task

POSTGRES = Path("/usr/lib/postgresql")


def as_nobody(home: Path) -> dict:
    """How to start PostgreSQL, which refuses to run as root."""
    if os.geteuid() != 0:
        return {}
    shutil.chown(home, "nobody", "nogroup")
    return {"user": "nobody", "group": "nogroup"}


@pytest.fixture(scope="module")
def postgres_url() -> Iterator[str]:
    """A private cluster on a socket in a folder of its own; skips where there is none."""
    found = sorted(POSTGRES.glob("*/bin/pg_ctl"))
    if not found:
        pytest.skip("PostgreSQL is not installed")
    tools = found[-1].parent
    home = Path(tempfile.mkdtemp(prefix="pg-"))  # pytest's own folders are closed to others
    run = {**as_nobody(home), "cwd": home, "timeout": 120}
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    data = home / "data"
    subprocess.run(
        [tools / "initdb", "-D", data, "-U", "igny8", "-A", "trust", "--no-sync"],
        check=True,
        **run,
        **quiet,
    )
    options = f"-k {home} -c listen_addresses='' -c fsync=off"
    pg_ctl = [tools / "pg_ctl", "-D", data, "-w"]
    subprocess.run(
        [*pg_ctl, "-o", options, "-l", home / "log", "start"], check=True, **run, **quiet
    )
    try:
        yield f"postgresql://igny8@/postgres?host={home}"
    finally:
        subprocess.run([*pg_ctl, "-m", "immediate", "stop"], check=True, **run, **quiet)
        shutil.rmtree(home)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'migrated.db'}"
    return str(request.getfixturevalue("postgres_url"))


@pytest.fixture
def migrated_app(database_url):
    app = create_app(make_settings(DATABASE_URL=database_url))
    with app.app_context():
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
    with app.app_context():
        upgrade()
        downgrade(revision="base")
        left = set(sa.inspect(db.engine).get_table_names())
        db.engine.dispose()
    assert left <= {"alembic_version"}
