"""Alembic's environment: runs the revisions on the application's own database."""

from typing import Any

import sqlalchemy as sa
from alembic import context
from flask import current_app

import igny8_flask.models  # noqa: F401 - fills the metadata
from igny8_flask.db import UTCDateTime, db
from igny8_flask.row_security import protect
from igny8_flask.tenants import every_tenant

LOCK = 19_811_108  # any number; two upgrades at the same time wait for each other


def render_item(kind: str, item: Any, _context: Any) -> str | bool:
    """Write our own column type down as what it is in the database."""
    if kind == "type" and isinstance(item, UTCDateTime):
        return "sa.DateTime(timezone=True)"
    return False


def skip_empty(_context: Any, _revision: Any, directives: list[Any]) -> None:
    """Make no revision when the models have not changed."""
    options = context.config.cmd_opts
    if getattr(options, "autogenerate", False) and directives[0].upgrade_ops.is_empty():
        directives[:] = []


def run_migrations() -> None:
    """Connect and run."""
    arguments = {
        "process_revision_directives": skip_empty,
        **current_app.extensions["migrate"].configure_args,
    }
    with db.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql(
                "PRAGMA foreign_keys=OFF"
            )  # tables are rebuilt to alter them
            connection.commit()
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            render_item=render_item,
            **arguments,
        )
        with context.begin_transaction():
            if connection.dialect.name == "postgresql":
                connection.execute(sa.text("SET LOCAL statement_timeout = 0"))
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(LOCK)))
            with every_tenant():
                context.run_migrations()
                if connection.dialect.name == "postgresql":
                    protect(connection)
        if connection.dialect.name == "sqlite":
            connection.commit()
            connection.exec_driver_sql("PRAGMA foreign_keys=ON")


run_migrations()
