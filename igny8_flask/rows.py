"""Finding the rows of one site: by id, by ids, and page by page in a stable order."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, func, or_, select, update
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.orm.interfaces import ORMOption

from igny8_flask.db import db, utcnow
from igny8_flask.errors import ConflictError, NotFoundError

Row = TypeVar("Row")
STALE = "Somebody changed this while you had it open. Look at it as it stands now, then save again."


@dataclass(frozen=True)
class PageQuery:
    """Which part of a list is asked for; ``ordering`` is a column name, ``-`` before it = down."""

    page: int = 1
    page_size: int = 20
    search: str = ""
    ordering: str = "-created_at"


@dataclass(frozen=True)
class Page:
    """One part of a list and the size of the whole."""

    count: int
    page: int
    page_size: int
    results: Sequence[Any]


def not_found() -> NotFoundError:
    """The one answer to unknown and foreign ids, the same as to an address that is none."""
    return NotFoundError()


def find(model: type[Row], site_id: uuid.UUID, row_id: uuid.UUID, *options: ORMOption) -> Row:
    """One row of the site; NotFoundError for unknown and foreign ids alike."""
    row = db.session.scalar(
        of_site(model, site_id).where(_column(model, "id") == row_id).options(*options)
    )
    if row is None:
        raise not_found()
    return row


def find_all(model: type[Row], site_id: uuid.UUID, ids: Sequence[uuid.UUID]) -> list[Row]:
    """The rows of these ids in their order; NotFoundError when one is missing."""
    found = db.session.scalars(of_site(model, site_id).where(_column(model, "id").in_(ids)))
    by_id = {_id_of(row): row for row in found}
    if any(row_id not in by_id for row_id in ids):
        raise not_found()
    return [by_id[row_id] for row_id in ids]


def of_site(model: type[Row], site_id: uuid.UUID) -> Select[Row]:
    """All rows of the site."""
    return select(model).where(_column(model, "site_id") == site_id)


def change(row: Any, changes: Mapping[str, Any]) -> None:
    """Set columns of a row; the caller commits.

    ``seen`` among the changes tells what the caller had before them, by column. ConflictError
    ``row_stale`` where a column to be changed reads otherwise by now; ``fields`` names these.
    """
    wanted = {name: value for name, value in changes.items() if name != "seen"}
    if "seen" in changes:
        _claim(row, {name: value for name, value in changes["seen"].items() if name in wanted})
    for name, value in wanted.items():
        setattr(row, name, value)


def page_of(
    model: type[Any],
    site_id: uuid.UUID,
    query: PageQuery,
    searched: Sequence[InstrumentedAttribute[str]],
    filters: Sequence[ColumnElement[bool]] = (),
    options: Sequence[ORMOption] = (),
) -> Page:
    """One page of the site's rows that match; ids break ties, so that pages never overlap."""
    statement = of_site(model, site_id).where(*filters)
    if query.search:
        statement = statement.where(
            or_(*(column.icontains(query.search, autoescape=True) for column in searched))
        )
    counted = statement.with_only_columns(func.count(), maintain_column_froms=True)
    count = db.session.scalar(counted) or 0
    order = _column(model, query.ordering.lstrip("-"))
    key = _column(model, "id")
    by = (order.desc(), key.desc()) if query.ordering.startswith("-") else (order, key)
    rows = db.session.scalars(
        statement.order_by(*by)
        .limit(query.page_size)
        .offset((query.page - 1) * query.page_size)
        .options(*options)
    ).all()
    return Page(count, query.page, query.page_size, rows)


def _claim(row: Any, seen: Mapping[str, Any]) -> None:
    """Refuse where another text was seen, and whoever changes the row at this very moment."""
    stale = [name for name, value in seen.items() if _told(getattr(row, name)) != value]
    model, moment = type(row), utcnow()
    if not stale:
        mine = update(model).where(model.id == row.id, model.updated_at == row.updated_at)
        claimed = mine.values(updated_at=moment).returning(model.id)
        if db.session.scalar(claimed.execution_options(synchronize_session=False)) is not None:
            return
    raise ConflictError(STALE, "row_stale", {name: ["Has changed."] for name in stale} or None)


def _told(value: Any) -> Any:
    """A value as the API tells it."""
    return str(value) if isinstance(value, uuid.UUID) else value


def _id_of(row: Any) -> uuid.UUID:
    row_id: uuid.UUID = row.id
    return row_id


def _column(model: type[Any], name: str) -> InstrumentedAttribute[Any]:
    column: InstrumentedAttribute[Any] = getattr(model, name)
    return column
