"""Growth: more rows, more sites, more workers; what a request costs shall stay the same.

Rows are inserted by the database itself, so that a million of them take seconds.
"""

import statistics
import time
import uuid
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, event, insert, text, update
from sqlalchemy.engine import Engine

from bench import part
from bench.backend import Backend
from bench.bulk import add_finished_runs, add_keywords
from bench.engines import Ours, run_ours
from bench.report import Curve, Plot, Section, Spread, figure
from igny8_flask import retention
from igny8_flask.db import db, utcnow
from igny8_flask.leases import Ticket, admit
from igny8_flask.models import AITaskLog, WorkState
from igny8_flask.queue import JobQueue
from tests.factories import make_site, make_task
from tests.lab.places import MissingError
from tests.lab.postgresql import postgresql

SITES, QUICK_SITES = 200, 20
FLAT = 2.0  # how much slower a request may be with a hundred times the rows
# keywords and finished runs; the first step fills a page of each site already
STEPS = ((10_000, 10_000), (100_000, 30_000), (1_000_000, 100_000))
QUICK_STEPS = ((2_000, 1_000), (20_000, 5_000))
BIG = ("keyword", "ai_task_log")


class Caller:
    """Requests of one site among many, in this process, with their time and their statements."""

    def __init__(self, backend: Backend) -> None:
        self.client = backend.app.test_client()
        self.connected = backend.sites[len(backend.sites) // 2]
        self.statements: list[tuple[str, Any]] = []
        site = self.connected.site
        self.site = site
        run = AITaskLog(account_id=site.account_id, site_id=site.id, work_key="f" * 64)
        run.function_name, run.state = "generate_content", WorkState.RUNNING
        db.session.add(run)
        db.session.commit()
        self.run_id = run.id
        self.redis = backend.redis.client

    def requests(self) -> dict[str, Callable[[], int]]:
        """What is asked, by the name in the table."""
        return {
            "keywords, page 1": lambda: self._get("/v1/planner/keywords/"),
            "keywords, search": lambda: self._get("/v1/planner/keywords/?search=phrase+77"),
            "runs, page 1": lambda: self._get("/v1/system/tasks/"),
            "runs, live": lambda: self._get("/v1/system/tasks/?live=true"),
            "status, from SQL": self._status,
            "accept": self._accept,
        }

    def milliseconds(self, ask: Callable[[], int], times: int) -> float:
        """The median."""
        ask()
        taken = []
        for _ in range(times):
            begun = time.perf_counter()
            status = ask()
            taken.append((time.perf_counter() - begun) * 1000)
            if status not in (200, 202):
                raise RuntimeError(f"a request of the growth bench answered {status}")
        return statistics.median(taken)

    def _get(self, path: str) -> int:
        return self.client.get(path, headers=self.connected.headers).status_code

    def _status(self) -> int:
        self.redis.delete(f"igny8:status:{self.run_id.hex}")
        return self._get(f"/v1/system/tasks/{self.run_id}/status/")

    def _accept(self) -> int:
        task = make_task(self.site, word_count=300)
        body = {"ids": [str(task.id)], "options": {"images": False, "publish": False}}
        path = "/v1/writer/tasks/auto_generate_content/"
        return self.client.post(path, json=body, headers=self.connected.headers).status_code


def measure(quick: bool) -> Sequence[Section]:
    """Rows on both databases, then sites and workers."""
    sections = [rows(quick, "SQLite", "")]
    if not quick:
        try:
            with postgresql() as url:
                sections.append(rows(quick, "PostgreSQL", url))
        except MissingError as missing:
            sections[0].notes.append(f"PostgreSQL was not measured: {missing}.")
    sections.append(many(quick))
    return sections


def rows(quick: bool, name: str, url: str) -> Section:
    """Latency of lists, status and accept while the tables grow."""
    steps, sites = (QUICK_STEPS, QUICK_SITES) if quick else (STEPS, SITES)
    headers = [f"{keywords:,} keywords, {runs:,} runs" for keywords, runs in steps]
    section = Section(
        f"Growth of the tables, {name}",
        f"Median ms of a request in one process, rows spread over {sites} sites. *Status, from SQL*"
        " is the status route while Redis has no body for it.",
        ("request", *headers, "growth"),
    )
    with Backend(database_url=url, sites=sites) as backend:
        caller = Caller(backend)
        taken: dict[str, list[float]] = {}
        kept: tuple[int, int] = (0, 0)
        for step in steps:
            add_keywords(step[0] - kept[0], kept[0])
            add_finished_runs(step[1] - kept[1], kept[1])
            db.session.execute(text("ANALYZE"))
            db.session.commit()
            kept = step
            for request, ask in caller.requests().items():
                ms = caller.milliseconds(ask, 5 if quick else 25)
                taken.setdefault(request, []).append(ms)
        for request, found in taken.items():
            growth = found[-1] / found[0]
            section.rows.append((request, *(figure(ms) for ms in found), f"{growth:.1f} ×"))
        worst = max(taken, key=lambda one: taken[one][-1] / taken[one][0])
        growth = taken[worst][-1] / taken[worst][0]
        factor = steps[-1][0] // steps[0][0]
        words = f"with {factor} × the rows at most {FLAT:g} × slower"
        section.goal(words, f"{growth:.1f} × ({worst})", growth <= FLAT)
        section.notes.append(
            f"A site's own list grows as well, from {steps[0][0] // sites:,} to"
            f" {steps[-1][0] // sites:,} keywords: a search reads each of them, the count of a page"
            " each entry of an index."
        )
        _plans(section, caller)
        _curve(section, name, [step[0] for step in steps], taken)
        _retention(section)
    return section


def _plans(section: Section, caller: Caller) -> None:
    """Ask the database how it answers each statement of these requests."""
    listened: list[tuple[str, Any]] = []

    def keep(_c: Any, _cursor: Any, statement: str, parameters: Any, *_more: Any) -> None:
        listened.append((statement, parameters))

    event.listen(Engine, "before_cursor_execute", keep)
    try:
        for ask in caller.requests().values():
            ask()
    finally:
        event.remove(Engine, "before_cursor_execute", keep)
    scanned = set()
    looked = [one for one in listened if one[0].lstrip().startswith(("SELECT", "UPDATE"))]
    is_sqlite = db.engine.dialect.name == "sqlite"
    with db.engine.connect() as connection:
        for statement, parameters in looked:
            how = "EXPLAIN QUERY PLAN " if is_sqlite else "EXPLAIN "
            plan = connection.exec_driver_sql(how + statement, parameters)
            for row in plan:
                told = str(row[3] if is_sqlite else row[0]).strip(" ->")
                scanned |= {f"{told}" for table in BIG if _is_scan(told, table)}
    words = f"all {len(looked)} statements of these requests use an index on the big tables"
    section.goal(words, "yes" if not scanned else "; ".join(sorted(scanned)), not scanned)


def _is_scan(told: str, table: str) -> bool:
    whole = f"Seq Scan on {table}" in told
    return whole or (told.startswith(f"SCAN {table}") and "INDEX" not in told)


def _curve(
    section: Section, name: str, counts: Sequence[int], taken: dict[str, list[float]]
) -> None:
    curves = [Curve(request, counts, found) for request, found in taken.items()]
    stem, title = f"growth-{name.lower()}", f"Latency by keyword rows, {name}"
    section.plots.append(Plot(stem, title, "keyword rows", "ms", curves, log=True))


def _retention(section: Section) -> None:
    """What a daily pass takes when everything is old enough."""
    long_ago = utcnow() - timedelta(days=800)
    db.session.execute(
        update(AITaskLog).where(AITaskLog.state == WorkState.SUCCESS).values(finished_at=long_ago)
    )
    db.session.commit()
    begun = time.perf_counter()
    found = retention.forget_old()
    seconds = time.perf_counter() - begun
    told = ", ".join(f"{count:,} {name.replace('_', ' ')}" for name, count in found.items())
    section.notes.append(f"Retention: one pass over these tables took {seconds:.1f} s ({told}).")


def many(quick: bool) -> Section:
    """Sites, Redis and worker processes."""
    section = Section(
        "Growth of sites and workers",
        "One pass of admission over sites that each have 50 runs waiting; what a queued run takes"
        " in Redis; runs a minute of 1 to 8 forking workers with a model that takes 2 s.",
        ("what", "count", "measured"),
    )
    with Backend(pace="2") as backend:
        passes = {count: _admission(count) for count in ((1, 20) if quick else (1, 20, 200))}
        for count, spread in passes.items():
            section.rows.append(("admission of 10 runs", f"{count} sites", f"{spread} ms"))
        _admission_forgotten()
        _redis_memory(section, backend, 200 if quick else 2_000)
        counts = (1,) if quick else (1, 2, 4, 8)
        rates = []
        for count in counts:
            outcome = run_ours(backend, Ours("fork", count), count * 3)
            rates.append(outcome.per_minute)
            told = f"{figure(outcome.per_minute)} runs/min, {outcome.of_ideal:.0%} of the ideal"
            section.rows.append(("forking workers", str(count), told))
        ideal = [count * 30.0 for count in counts]
        curves = [Curve("measured", counts, rates), Curve("ideal", counts, ideal)]
        title = "Runs a minute by forking workers, model of 2 s"
        section.plots.append(Plot("workers", title, "workers", "runs/min", curves))
    return section


def _admission(sites: int) -> Spread:
    """Milliseconds of one pass that admits ten runs."""
    waiting = []
    for _ in range(sites):
        site = make_site().site
        owner = {"account_id": site.account_id, "site_id": site.id}
        for number in range(50):
            row = {**owner, "function_name": "generate_content", "work_key": f"{number:064d}"}
            waiting.append({**row, "id": uuid.uuid4(), "payload": {"ids": [], "options": {}}})
    db.session.execute(insert(AITaskLog), waiting)
    db.session.commit()
    taken: list[float] = []
    for _ in range(5):
        begun = time.perf_counter()
        admit(AITaskLog, 50, 10 * (len(taken) + 1))
        taken.append((time.perf_counter() - begun) * 1000)
    _admission_forgotten()
    return Spread.of(taken)


def _admission_forgotten() -> None:
    db.session.execute(delete(AITaskLog))
    db.session.commit()


def _redis_memory(section: Section, backend: Backend, count: int) -> None:
    redis = backend.redis.client
    before = int(redis.info("memory")["used_memory"])
    queue = JobQueue(backend.redis.url)
    for _ in range(count):
        queue.send(Ticket(AITaskLog, uuid.uuid4(), 1))
    each = (int(redis.info("memory")["used_memory"]) - before) / count
    redis.flushall()
    section.rows.append(("Redis memory of a queued run", f"{count:,}", f"{figure(each)} bytes"))
    section.constants["redis_bytes_a_run"] = each


if __name__ == "__main__":
    part.run(measure)
