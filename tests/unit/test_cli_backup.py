"""``flask backup`` prints a script that really saves the database, and no secret."""

import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from igny8_flask import create_app
from igny8_flask.cli import install_commands
from igny8_flask.db import db
from igny8_flask.services import current
from tests.conftest import machine_permitting
from tests.factories import KEY, PEPPER, app_on, make_settings, make_site, operating
from tests.lab.processes import need

PASSWORD = "hunter2-hunter2"


@pytest.fixture
def postgres_app(postgres_url: str) -> Iterator[Flask]:
    """On PostgreSQL, whose address holds a password."""
    url = postgres_url.replace("igny8@", f"igny8:{PASSWORD}@")
    with app_on(url) as app:
        yield app


def script_of(app: Flask) -> str:
    install_commands(app)
    done = app.test_cli_runner().invoke(args=["backup"])
    assert done.exit_code == 0, done.output
    assert KEY.partition(":")[2] not in done.output
    assert PEPPER not in done.output
    return done.output


def run(script: str, folder: Path) -> Path:
    """Run it as a person would; the one file that it made."""
    subprocess.run(["sh", "-e"], input=script, text=True, cwd=folder, check=True, timeout=60)
    (made,) = folder.iterdir()
    return made


def test_the_script_saves_sqlite_while_it_is_in_use(tmp_path: Path) -> None:
    with machine_permitting():
        need("sqlite3")
    folder = tmp_path / "copies"
    folder.mkdir()
    app = create_app(make_settings(DATABASE_URL=f"sqlite:///{tmp_path}/of a site.db"))
    with operating(app):
        db.create_all()
        url = make_site().site.url
        copy = run(script_of(app), folder)
        with sqlite3.connect(copy) as saved:
            assert saved.execute("SELECT url FROM site").fetchall() == [(url,)]
        db.engine.dispose()


def test_the_script_saves_postgresql_and_holds_no_password(
    postgres_app: Flask, tmp_path: Path
) -> None:
    with machine_permitting():
        need("pg_dump", "pg_restore")
    make_site()
    script = script_of(postgres_app)
    assert PASSWORD not in script
    restored = [shutil.which("pg_restore") or "", "--data-only", "--table=site", "--file=-"]
    told = subprocess.run(
        [*restored, str(run(script, tmp_path))],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert "example.com" in told.stdout


def test_it_names_the_keys_that_the_copy_needs(app: Flask) -> None:
    site = make_site().site
    context = site.seal_context("wp_password_sealed")
    site.wp_password_sealed = current().secrets.seal("a password", context)
    db.session.commit()
    script = script_of(app)
    assert "key ring: test (1 secret(s))" in script
    assert "Missing already" not in script
    site.wp_password_sealed = site.wp_password_sealed.replace(".test.", ".old.")
    db.session.commit()
    assert "# Missing already: key old (1 secret(s))." in script_of(app)
