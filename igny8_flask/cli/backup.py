"""``flask backup``: a shell script that saves what cannot be made again, and says what to keep."""

import shlex
from datetime import UTC, datetime

import click
import sqlalchemy as sa
from flask.cli import with_appcontext

from igny8_flask import rotation
from igny8_flask.cli.failing import in_words
from igny8_flask.db import db
from igny8_flask.models import ImageFile
from igny8_flask.row_security import IS_ABOVE_POLICIES
from igny8_flask.services import current

SUPERUSER = "postgres"


@click.command()
@with_appcontext
@in_words
def backup() -> None:
    """Print the command that saves the database, as a script, and what to keep beside it."""
    name = f"igny8-{datetime.now(UTC):%Y-%m-%d}"
    lines = _postgresql(name) if db.engine.dialect.name == "postgresql" else _sqlite(name)
    for line in (*lines, *_kept_apart(), *_not_needed()):
        click.echo(line)


def _postgresql(name: str) -> list[str]:
    url = db.engine.url.set(drivername="postgresql", password=None)
    lines = ["# The database; the password comes from ~/.pgpass or PGPASSWORD."]
    if not db.session.scalar(IS_ABOVE_POLICIES):
        lines.append(f"# {url.username} sees no rows unasked, so this asks as {SUPERUSER}:")
        lines.append("# any role above row-level security will do.")
        url = url.set(username=SUPERUSER)
    target = url.render_as_string()
    return [
        *lines,
        shlex.join(["pg_dump", "--format=custom", f"--file={name}.dump", f"--dbname={target}"]),
        "# Back into an empty database that has its roles (deploy/postgresql-roles.sql):",
        "# " + shlex.join(["pg_restore", f"--dbname={target}", f"{name}.dump"]),
    ]


def _sqlite(name: str) -> list[str]:
    path = str(db.engine.url.database)
    return [
        "# The database; never copy the live file, its newest rows are in a second one.",
        shlex.join(["sqlite3", path, f".backup '{name}.db'"]),
        "# Back: stop API and workers, then put the copy in its place, without -wal and -shm:",
        f"# rm -f {shlex.quote(path)}-wal {shlex.quote(path)}-shm",
        "# " + shlex.join(["cp", f"{name}.db", path]),
    ]


def _kept_apart() -> list[str]:
    used = rotation.key_ids()
    ring = ", ".join(f"{one} ({used.get(one, 0)} secret(s))" for one in current().secrets.ring)
    missing = sorted(set(used) - set(current().secrets.ring))
    return [
        "#",
        "# Keep in another place than the copy, for each opens the other:",
        f"#   IGNY8_KEYS    key ring: {ring}; without it no stored secret can be opened",
        "#   IGNY8_PEPPER  without it no site's key is accepted, and all connect anew",
        *(f"# Missing already: key {one} ({used[one]} secret(s))." for one in missing),
    ]


def _not_needed() -> list[str]:
    count, size = db.session.execute(
        sa.select(sa.func.count(), sa.func.sum(sa.func.length(ImageFile.data)))
    ).one()
    return [
        "#",
        f"# Pictures: {count}, {(size or 0) / 2**20:.0f} MB, lie in the database and its copy.",
        "# Posts and the media that were delivered belong to the sites: back up each WordPress.",
        "# Redis needs no backup: what is unfinished is sent again from the database.",
        "# Afterwards: flask --app wsgi db upgrade, then flask --app wsgi doctor.",
    ]
