"""Row-level security of PostgreSQL: the second wall behind ``tenant_session.py``.

Each transaction tells the database its scope by two settings that end with it. Tables with an
``account_id`` show and take only rows that fit; without a scope they show none.
"""

from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, event
from sqlalchemy.engine import Engine

from igny8_flask.tenants import EVERYBODY, Tenant, scope

POLICY = "tenant"
EVERY = "*"
TOLD = "igny8_scope"
IS_ABOVE_POLICIES = sa.text(
    "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"
)
_TELL = "SELECT set_config('igny8.account', %s, true), set_config('igny8.site', %s, true)"
_OPERATOR = f"current_setting('igny8.account', true) = '{EVERY}'"
_ACCOUNT = "account_id::text = current_setting('igny8.account', true)"
_SITE = "(site_id IS NULL OR site_id::text = current_setting('igny8.site', true))"
_SPECIAL = {
    "account": "id::text = current_setting('igny8.account', true)",
    "site": f"{_ACCOUNT} AND id::text = current_setting('igny8.site', true)",
}


def protect(connection: Connection) -> None:
    """Give every tenant table that has none yet its policy, binding for the owner as well."""
    tables = sa.inspect(connection)
    done = set(connection.scalars(sa.text("SELECT tablename FROM pg_policies")))
    for name in sorted(set(tables.get_table_names()) - done):
        columns = {column["name"] for column in tables.get_columns(name)}
        condition = _SPECIAL.get(name) or _condition(columns)
        if condition is not None:
            quoted = connection.dialect.identifier_preparer.quote(name)
            rule = f"({_OPERATOR} OR ({condition}))"
            for command in (
                f"ALTER TABLE {quoted} ENABLE ROW LEVEL SECURITY",
                f"ALTER TABLE {quoted} FORCE ROW LEVEL SECURITY",
                f"CREATE POLICY {POLICY} ON {quoted} USING {rule} WITH CHECK {rule}",
            ):
                connection.exec_driver_sql(command)


def _condition(columns: set[str]) -> str | None:
    if "account_id" not in columns:
        return None
    return f"{_ACCOUNT} AND {_SITE}" if "site_id" in columns else _ACCOUNT


@event.listens_for(Engine, "before_cursor_execute")
def _tell(connection: Connection, *_statement: Any) -> None:
    """Tell the transaction its scope before the first statement, and after each change of it."""
    present = scope()
    if connection.dialect.name != "postgresql" or connection.info.get(TOLD) == present:
        return
    connection.info[TOLD] = present
    cursor = connection.connection.cursor()
    cursor.execute(_TELL, _settings(present))
    cursor.close()


def _settings(present: Any) -> tuple[str, str]:
    if isinstance(present, Tenant):
        return str(present.account_id), str(present.site_id)
    return (EVERY, EVERY) if present is EVERYBODY else ("", "")


@event.listens_for(Engine, "begin")
def _forget(connection: Connection) -> None:
    connection.info.pop(TOLD, None)


@event.listens_for(Engine, "after_cursor_execute")
def _forget_after_savepoint(
    connection: Connection, _cursor: Any, statement: str, *_more: Any
) -> None:
    """Going back to a savepoint takes the settings back, too."""
    if statement.startswith("ROLLBACK TO SAVEPOINT"):
        _forget(connection)
