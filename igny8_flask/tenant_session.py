"""The database session of a tenant: it reads, changes and adds rows of the present scope only.

Every ORM statement gets the condition of each model in it; what such a condition cannot reach
(Core and textual SQL, bulk writes by primary key, the raw connection) is refused. Rows are looked
at once more when they arrive, and before they are written.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from flask_sqlalchemy.session import Session
from sqlalchemy import Connection, event, inspect
from sqlalchemy.orm import (
    InstanceState,
    Mapper,
    ORMExecuteState,
    QueryContext,
    with_loader_criteria,
)

from igny8_flask.tenants import EVERYBODY, Scope, Tenant, TenantError, TenantOwned, scope

_OWNER = re.compile(r"(account_id|site_id)(?:_m\d+)?")  # _m<n>: of row n of several
OWNERS = ("id", "account_id", "site_id")  # never changed in a row that exists

# The same for all: the values are bound when a statement runs, so none is ever left over.
_OWN_ROWS = with_loader_criteria(
    TenantOwned, lambda cls: cls.is_own(), include_aliases=True, propagate_to_loaders=False
)


class TenantSession(Session):
    """Flask-SQLAlchemy's session, bound to the scope of ``tenants.py``."""

    def get(self, *args: Any, **options: Any) -> Any:
        """A row by primary key; one that was loaded in another scope is not given out."""
        row = super().get(*args, **options)
        return row if row is None or _is_visible(row, _known_scope()) else None

    def connection(self, *args: Any, **options: Any) -> Connection:
        """The raw connection, which knows no tenants: for the operator alone."""
        _refuse_unless_operator("session.connection()")
        return super().connection(*args, **options)

    def bulk_save_objects(self, *args: Any, **options: Any) -> None:
        """Refused: it writes past the checks."""
        _refuse_unless_operator("bulk_save_objects")
        super().bulk_save_objects(*args, **options)

    def bulk_insert_mappings(self, *args: Any, **options: Any) -> None:
        """Refused: it writes past the checks."""
        _refuse_unless_operator("bulk_insert_mappings")
        super().bulk_insert_mappings(*args, **options)

    def bulk_update_mappings(self, *args: Any, **options: Any) -> None:
        """Refused: it writes past the checks."""
        _refuse_unless_operator("bulk_update_mappings")
        super().bulk_update_mappings(*args, **options)


@event.listens_for(TenantSession, "do_orm_execute")
def _confine(state: ORMExecuteState) -> None:
    """Add the tenant's conditions to a statement, or refuse one that cannot carry them."""
    tenant = _known_scope()
    if not isinstance(tenant, Tenant) or state.is_column_load:
        return
    if not state.is_orm_statement or state.is_from_statement:
        raise TenantError("Core and textual SQL carry no tenant; use the models.")
    if state.is_insert:
        _check_values(state, tenant)
    elif state.is_executemany:
        raise TenantError("A bulk write by primary key carries no tenant; change the rows.")
    else:
        state.statement = state.statement.options(_OWN_ROWS)


@event.listens_for(TenantSession, "before_flush")
def _check_writes(session: Session, _context: Any, _rows: Any) -> None:
    tenant = _known_scope()
    if not isinstance(tenant, Tenant):
        return
    for row in (*session.new, *session.dirty, *session.deleted):
        if isinstance(row, TenantOwned):
            _check_write(row, tenant)


@event.listens_for(TenantOwned, "load", propagate=True)
def _check_loaded(row: TenantOwned, _context: QueryContext) -> None:
    _check_visible(row)


@event.listens_for(TenantOwned, "refresh", propagate=True)
def _check_refreshed(row: TenantOwned, _context: QueryContext, _names: Iterable[str]) -> None:
    _check_visible(row)


def _known_scope() -> Scope:
    found = scope()
    if found is None:
        raise TenantError("Nobody's scope: wrap this in tenants.tenant(…) or every_tenant().")
    return found


def _refuse_unless_operator(what: str) -> None:
    if _known_scope() is not EVERYBODY:
        raise TenantError(f"{what} carries no tenant.")


def _is_visible(row: Any, tenant: Scope) -> bool:
    if not isinstance(row, TenantOwned) or not isinstance(tenant, Tenant):
        return True
    account_id, site_id = row.owner()
    return account_id in (None, tenant.account_id) and site_id in (None, tenant.site_id)


def _check_visible(row: TenantOwned) -> None:
    if not _is_visible(row, scope()):
        raise TenantError(f"A {type(row).__name__} of another tenant was loaded.")


def _check_write(row: TenantOwned, tenant: Tenant) -> None:
    """A row must be the tenant's, and nobody else's before."""
    state: InstanceState[Any] = inspect(row)
    is_moved = state.has_identity and any(
        state.attrs[name].history.has_changes() for name in OWNERS if name in state.attrs
    )
    if is_moved or row.owner()[0] is None or not _is_visible(row, tenant):
        raise TenantError(f"A {type(row).__name__} of another tenant would be written.")


def _check_values(state: ORMExecuteState, tenant: Tenant) -> None:
    """An INSERT statement must name its owner, row by row."""
    mapper: Mapper[Any] | None = state.bind_mapper
    if mapper is None or not issubclass(mapper.class_, TenantOwned):
        return
    statement: Any = state.statement
    dialect = state.session.get_bind().dialect
    rows = state.parameters or statement.compile(dialect=dialect).params
    allowed = {"account_id": (tenant.account_id,), "site_id": (tenant.site_id, None)}
    for row in [rows] if isinstance(rows, Mapping) else rows:
        owners = [(found[1], row[name]) for name in row if (found := _OWNER.fullmatch(name))]
        is_named = any(name == "account_id" for name, _ in owners)
        if not is_named or any(value not in allowed[name] for name, value in owners):
            raise TenantError(f"A {mapper.class_.__name__} of another tenant would be added.")
