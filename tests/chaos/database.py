"""The databases under the storms: read from beside the product, locked, and taken away."""

import sqlite3
import threading
import time
import uuid
from contextlib import closing
from pathlib import Path
from typing import Any, Protocol

import psycopg
from psycopg.rows import dict_row

from tests.lab.postgresql import Cluster

WAIT_S = 20
Rows = list[dict[str, Any]]


class Database(Protocol):
    """What the storms do to a database; SQL has ``?`` for values."""

    url: str

    def rows(self, sql: str, *values: object) -> Rows:
        """Rows of a query."""

    def change(self, *statements: str) -> None:
        """Execute and commit."""

    def lock(self, seconds: float) -> None:
        """Let nobody else write for a while."""

    def remove(self) -> None:
        """End it."""


class SqliteFile:
    """One file in a folder."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "igny8.db"
        self.url = f"sqlite:///{self.path}"
        self._mine = threading.local()

    def rows(self, sql: str, *values: object) -> Rows:
        """Rows of a query, on one connection a thread: the storms ask very often."""
        if not hasattr(self._mine, "connection"):
            self._mine.connection = sqlite3.connect(self.path, timeout=WAIT_S)
            self._mine.connection.row_factory = sqlite3.Row
        return [dict(row) for row in self._mine.connection.execute(sql, values).fetchall()]

    def change(self, *statements: str) -> None:
        """Execute and commit."""
        with closing(sqlite3.connect(self.path, timeout=WAIT_S)) as connection:
            for sql in statements:
                connection.execute(sql)
            connection.commit()

    def lock(self, seconds: float) -> None:
        """Hold the write lock."""
        with closing(sqlite3.connect(self.path, timeout=WAIT_S)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            time.sleep(seconds)
            connection.rollback()

    def remove(self) -> None:
        """Close; the folder goes as a whole."""
        if hasattr(self._mine, "connection"):
            self._mine.connection.close()


class PostgresServer:
    """A cluster of its own."""

    def __init__(self) -> None:
        self.cluster = Cluster()
        self.cluster.start()
        self.url = self.cluster.url
        self._mine = threading.local()

    def rows(self, sql: str, *values: object) -> Rows:
        """Rows of a query, ids in the form that SQLite has."""
        text = sql.replace("%", "%%").replace("?", "%s").encode()
        try:
            found = self._connection().execute(text, values).fetchall()
        except psycopg.OperationalError:  # the server was away since
            self._connection().close()
            found = self._connection().execute(text, values).fetchall()
        return [{name: _plain(one) for name, one in row.items()} for row in found]

    def _connection(self) -> psycopg.Connection[dict[str, Any]]:
        kept: psycopg.Connection[dict[str, Any]] | None = getattr(self._mine, "connection", None)
        if kept is None or kept.closed:
            kept = psycopg.connect(self.url, row_factory=dict_row, autocommit=True)
            self._mine.connection = kept
        return kept

    def change(self, *statements: str) -> None:
        """Execute and commit."""
        with psycopg.connect(self.url) as connection:
            for sql in statements:
                connection.execute(sql.encode())

    def lock(self, seconds: float) -> None:
        """Hold the tables of the work."""
        with psycopg.connect(self.url) as connection:
            connection.execute("lock table task, ai_task_log, delivery in exclusive mode")
            time.sleep(seconds)
            connection.rollback()

    def remove(self) -> None:
        """Stop it and delete its files."""
        self.cluster.stop()
        self.cluster.remove()


def _plain(value: Any) -> Any:
    return value.hex if isinstance(value, uuid.UUID) else value
