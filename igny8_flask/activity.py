"""Runs and deliveries in one list, newest first, each with what it is about."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, false, func, literal, or_, select, union_all

from igny8_flask import attention
from igny8_flask.db import db
from igny8_flask.jobs import LIVE
from igny8_flask.leases import WORK, WorkRow
from igny8_flask.models import (
    AITaskLog,
    Cluster,
    Content,
    Delivery,
    DeliveryKind,
    Keyword,
    Task,
)
from igny8_flask.rows import Page, PageQuery
from igny8_flask.work_status import API_STATE, delivery_url, describe, run_url

VERBS = {"publish": DeliveryKind.POST, "trash": DeliveryKind.TRASH}
NEEDS = tuple(attention.needs())

Work = AITaskLog | Delivery

# Where the words stand that name what a run of a function is about.
_NAMES: dict[str, Any] = {
    "auto_cluster": Keyword.keyword,
    "generate_ideas": Cluster.name,
    "generate_content": Task.title,
    "generate_images": Task.title,
}


def page(site_id: uuid.UUID, query: PageQuery, wanted: Mapping[str, Any]) -> Page:
    """One page of the site's work.

    ``wanted`` may hold ``state`` (as the API writes it), ``live``, ``function``, ``kind`` and
    ``needs`` (a name of ``attention.needs``).
    """
    parts = [_matching(kind, site_id, query.search, wanted) for kind in WORK]
    every = union_all(*parts).subquery()
    count = db.session.scalar(select(func.count()).select_from(every)) or 0
    order = every.c[query.ordering.lstrip("-")]
    by = (
        (order.desc(), every.c.id.desc()) if query.ordering.startswith("-") else (order, every.c.id)
    )
    found = db.session.execute(
        select(every.c.kind, every.c.id)
        .order_by(*by)
        .limit(query.page_size)
        .offset((query.page - 1) * query.page_size)
    ).all()
    return Page(count, query.page, query.page_size, _described(_loaded(site_id, found)))


def _matching(
    kind: str, site_id: uuid.UUID, search: str, wanted: Mapping[str, Any]
) -> Select[uuid.UUID, datetime, datetime | None, str]:
    model = WORK[kind]
    statement = select(
        model.id, model.created_at, model.finished_at, literal(kind).label("kind")
    ).where(model.site_id == site_id, *_conditions(kind, model, wanted))
    if search:
        columns = _searched(model)
        statement = statement.where(
            or_(*(one.icontains(search, autoescape=True) for one in columns))
        )
    return statement


def _conditions(kind: str, model: WorkRow, wanted: Mapping[str, Any]) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.get("kind", kind) != kind:
        found.append(false())
    if "state" in wanted:
        states = [state for state, name in API_STATE.items() if name == wanted["state"]]
        found.append(model.state.in_(states))
    if "live" in wanted:
        found += attention.live(model) if wanted["live"] else (model.state.not_in(LIVE),)
    if "needs" in wanted:
        need = attention.needs()[wanted["needs"]]
        found += need.conditions if need.model is model else (false(),)
    if "function" in wanted:
        found.append(_does(model, wanted["function"]))
    return found


def _does(model: WorkRow, function: str) -> ColumnElement[bool]:
    if model is AITaskLog:
        return AITaskLog.function_name == function
    return Delivery.kind == VERBS[function] if function in VERBS else false()


def _searched(model: WorkRow) -> tuple[Any, ...]:
    if model is AITaskLog:
        return (AITaskLog.function_name, AITaskLog.message, AITaskLog.error)
    titles = select(Content.title).where(Content.id == Delivery.content_id).scalar_subquery()
    return (titles, Delivery.message, Delivery.error)


def _loaded(site_id: uuid.UUID, found: Sequence[Any]) -> list[tuple[str, Work]]:
    rows: dict[uuid.UUID, Work] = {}
    for kind, model in WORK.items():
        ids = [row.id for row in found if row.kind == kind]
        if ids:
            works: Select[Any] = select(model).where(model.site_id == site_id, model.id.in_(ids))
            rows |= {work.id: work for work in db.session.scalars(works)}
    return [(row.kind, rows[row.id]) for row in found if row.id in rows]


def _described(works: Iterable[tuple[str, Work]]) -> list[dict[str, Any]]:
    works = list(works)
    titles = _titles([work for _, work in works])
    links = {"run": run_url, "delivery": delivery_url}
    return [
        {
            **describe(work),
            "kind": kind,
            "title": titles.get(_subject(work), ""),
            "count": _count(work),
            "proposal": _is_proposal(work),
            "status_url": links[kind](work.id),
        }
        for kind, work in works
    ]


def _subject(work: Work) -> tuple[Any, uuid.UUID] | None:
    """Where the name of a work's only object stands; None where there are several."""
    if isinstance(work, Delivery):
        return Content.title, work.content_id
    ids, names = work.payload.get("ids", []), _NAMES.get(work.function_name)
    return (names, uuid.UUID(ids[0])) if names and len(ids) == 1 and not work.is_batch else None


def _titles(works: Iterable[Work]) -> dict[tuple[Any, uuid.UUID] | None, str]:
    """The names of what works are about: one statement for each kind of object."""
    wanted: dict[Any, set[uuid.UUID]] = defaultdict(set)
    for subject in filter(None, map(_subject, works)):
        wanted[subject[0]].add(subject[1])
    found: dict[tuple[Any, uuid.UUID] | None, str] = {}
    for names, ids in wanted.items():
        model = names.class_
        rows = db.session.execute(select(model.id, names).where(model.id.in_(ids)))
        found |= {(names, row_id): name for row_id, name in rows}
    return found


def _count(work: Work) -> int:
    return len(work.payload.get("ids", [])) if isinstance(work, AITaskLog) else 1


def _is_proposal(work: Work) -> bool:
    """Whether an article is written anew beside the present one."""
    return isinstance(work, AITaskLog) and bool(work.payload.get("options", {}).get("proposal"))
