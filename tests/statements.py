"""How often some work asks the database."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Engine


def asked(work: Callable[[], Any]) -> tuple[list[str], int]:
    """The statements and the number of commits of some work."""
    statements: list[str] = []
    commits: list[Any] = []

    def note(_c: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        statements.append(statement)

    def count(connection: Any) -> None:
        commits.append(connection)

    event.listen(Engine, "before_cursor_execute", note)
    event.listen(Engine, "commit", count)
    try:
        work()
    finally:
        event.remove(Engine, "before_cursor_execute", note)
        event.remove(Engine, "commit", count)
    return statements, len(commits)
