"""The SQLAlchemy and Migrate objects, the declarative base, and what SQLite needs to behave."""

import sqlite3
import uuid
from datetime import UTC, datetime
from typing import Any

import uuid6
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import DateTime, MetaData, event, func
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, registry
from sqlalchemy.types import TypeDecorator

from igny8_flask import row_security  # noqa: F401 - tells PostgreSQL the scope
from igny8_flask.tenant_session import TenantSession

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
SQLITE_BUSY_TIMEOUT_MS = 10_000
SQLITE_CACHE_KB = 512  # of each connection; a threading worker has many, and the kernel caches too


def utcnow() -> datetime:
    """Aware UTC time of now."""
    return datetime.now(UTC)


def database_now() -> Any:
    """The time now by the one clock that all hosts share: an expression on PostgreSQL.

    SQLite runs inside each process of one host, whose clock it is.
    """
    return func.now() if db.session.get_bind().dialect.name == "postgresql" else utcnow()


def has_row_locks() -> bool:
    """Whether writers lock single rows; SQLite has one writer at a time."""
    return bool(db.session.get_bind().dialect.name == "postgresql")


def id_at(moment: datetime) -> uuid.UUID:
    """The lowest id that a row made at that moment can have: bounds a scan by age."""
    return uuid.UUID(int=int(moment.timestamp() * 1000) << 80 | 7 << 76 | 2 << 62)


class UTCDateTime(TypeDecorator[datetime]):
    """A timestamp that is always aware and always UTC, also on SQLite."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        """Refuse naive times, store the rest as UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("naive datetime")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        """Give every stored time back as aware UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """Declarative base of every model."""

    registry = registry(
        metadata=MetaData(naming_convention=NAMING), type_annotation_map={datetime: UTCDateTime()}
    )


class Identified:
    """Primary key that is also the public id: a UUIDv7, so that ids sort by age."""

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid6.uuid7)


class Timestamped:
    """When a row was made and last changed, UTC."""

    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    updated_at: Mapped[datetime] = mapped_column(default=utcnow, onupdate=utcnow)


db = SQLAlchemy(
    model_class=Base, session_options={"class_": TenantSession, "expire_on_commit": False}
)
migrate = Migrate(render_as_batch=True, compare_type=True)


def upsert(model: type[Base]) -> postgresql.Insert | sqlite.Insert:
    """An INSERT that can say what to do ``on_conflict``, in the database's own words."""
    dialect = db.session.get_bind().dialect.name
    return postgresql.insert(model) if dialect == "postgresql" else sqlite.insert(model)


@event.listens_for(Engine, "connect")
def _prepare_sqlite(connection: Any, _record: Any) -> None:
    if isinstance(connection, sqlite3.Connection):
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=NORMAL")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute(f"PRAGMA cache_size=-{SQLITE_CACHE_KB}")
        cursor.execute(f"PRAGMA busy_timeout={SQLITE_BUSY_TIMEOUT_MS}")
        cursor.close()


@event.listens_for(Engine, "savepoint")
def _begin_before_savepoint(connection: Any, _name: str) -> None:
    """Without this, SQLite's first savepoint would be the transaction and its release a commit."""
    driver = connection.connection.dbapi_connection
    if isinstance(driver, sqlite3.Connection) and not driver.in_transaction:
        driver.execute("BEGIN IMMEDIATE")
