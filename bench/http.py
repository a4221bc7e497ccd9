"""Accept and poll: the API under its own gunicorn against an empty Flask view under the same one.

Polls come from ``wrk`` (C, one thread, as many connections as there are pollers), accepts at a
fixed rate from a process of its own (``bench.accepts``).
"""

import json
import re
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import event, insert
from sqlalchemy.engine import Engine

from bench import part
from bench.accepts import PATH
from bench.backend import Backend
from bench.report import Section, Spread, figure
from bench.shares import in_words, shares
from igny8_flask.db import db
from igny8_flask.models import AITaskLog, Task, WorkState
from igny8_flask.services import current
from igny8_flask.work_status import share
from tests.factories import ConnectedSite
from tests.lab.places import REPO
from tests.lab.processes import Process, free_port, need, reachable, run

POLLERS, SITES = 1000, 50
GUNICORN = ("--preload", "-k", "gthread", "-w", "2", "--threads", "8")  # as `make api`
RATES, RATE, P95_MS = (25, 50, 100), 100, 300
ASKED = 300
EMPTY = "bench.empty_view:app"
POLL_LUA = """
local targets, at = {}, 0
for line in io.lines("%s") do
  local path, key, etag = line:match("(%%S+) (%%S+) (%%S+)")
  table.insert(targets, wrk.format("GET", path, {
    ["Host"] = "localhost", ["Authorization"] = "Bearer " .. key, ["If-None-Match"] = %s
  }))
end
request = function()
  at = at %% #targets + 1
  return targets[at]
end
"""


@dataclass(frozen=True)
class Load:
    """What wrk told."""

    per_second: float
    p99_ms: float
    errors: int


@contextmanager
def served(backend: Backend, wsgi: str) -> Iterator[str]:
    """An application under the gunicorn of ``make api``."""
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", *GUNICORN, "-b", f"127.0.0.1:{port}", wsgi]
    log = backend.folder / f"{wsgi.partition(':')[0]}.log"
    server = Process(wsgi, command, log, env=backend.env, cwd=REPO)
    try:
        server.wait_ready(lambda: reachable(f"http://127.0.0.1:{port}/healthz", range(200, 300)))
        yield f"http://127.0.0.1:{port}"
    finally:
        server.stop()


def wrk(url: str, seconds: int, script: Path, connections: int = POLLERS) -> Load:
    """Poll as fast as the server answers."""
    load = ["-t", "1", "-c", str(connections), "-d", f"{seconds}s", "--timeout", "10s"]
    told = run(["wrk", *load, "--latency", "-s", str(script), url], "wrk")
    rate = re.search(r"Requests/sec:\s+([\d.]+)", told)
    p99 = re.search(r"99%\s+([\d.]+)(us|ms|s)", told)
    if rate is None or p99 is None:
        raise RuntimeError(f"wrk told nothing: {told}")
    failed = sum(int(number) for number in re.findall(r"(?:read|write|timeout) (\d+)", told))
    failed += sum(int(number) for number in re.findall(r"Non-2xx or 3xx responses: (\d+)", told))
    unit = {"us": 0.001, "ms": 1.0, "s": 1000.0}[p99[2]]
    return Load(float(rate[1]), float(p99[1]) * unit, failed)


def running_runs(sites: Sequence[ConnectedSite], count: int) -> list[tuple[str, str, str]]:
    """Runs in work with their status where pollers find it: path, key and etag of each."""
    polled = []
    for number in range(count):
        connected = sites[number % len(sites)]
        site = connected.site
        row = AITaskLog(account_id=site.account_id, site_id=site.id, work_key=f"{number:064d}")
        row.function_name, row.state, row.message = (
            "generate_content",
            WorkState.RUNNING,
            "Writing…",
        )
        db.session.add(row)
        polled.append((row, connected.key))
    db.session.commit()
    return [
        (f"/v1/system/tasks/{row.id}/status/", key, share(current().cache, row).etag)
        for row, key in polled
    ]


def statements_of_a_poll(backend: Backend, target: tuple[str, str, str]) -> int:
    """SQL statements of the second of two equal polls."""
    counted: list[str] = []
    path, key, etag = target
    headers = {"Authorization": f"Bearer {key}", "If-None-Match": f'"{etag}"'}
    client = backend.app.test_client()
    client.get(path, headers=headers)

    def count(_c: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        counted.append(statement)

    event.listen(Engine, "before_cursor_execute", count)
    try:
        answer = client.get(path, headers=headers)
    finally:
        event.remove(Engine, "before_cursor_execute", count)
    if answer.status_code != 304:
        raise RuntimeError(f"an unchanged poll answered {answer.status_code}")
    return len(counted)


def measure(quick: bool) -> Sequence[Section]:
    """Polls in turn with the empty view, then accepts."""
    need("wrk", hint="apt-get install wrk")
    seconds, rounds = (2, 1) if quick else (6, 3)
    section = Section(
        "Accept and poll",
        f"gunicorn {' '.join(GUNICORN)}; {POLLERS} connections of wrk, each polling the status of"
        f" {POLLERS} running runs of {SITES} sites, against an empty Flask view; server and load"
        " generator share the machine.",
        ("route", "requests/s", "p99, ms", "errors"),
    )
    with Backend(sites=SITES) as backend:
        polls(section, backend, seconds, rounds)
        accepts(section, backend, 2 if quick else 10)
    section.notes.append("Not measured: TLS, nginx in front, a network between.")
    return [section]


def polls(section: Section, backend: Backend, seconds: int, rounds: int) -> None:
    """Empty view, unchanged status, changed status, in turn."""
    found: dict[str, list[Load]] = {"empty view": [], "status, 304": [], "status, 200": []}
    targets = running_runs(backend.sites, POLLERS)
    hit, miss = (_script(backend, targets, with_etag=one) for one in (True, False))
    with served(backend, EMPTY) as empty, served(backend, "wsgi:app") as ours:
        for _ in range(rounds):
            for name, url, script in (
                ("empty view", empty, hit),
                ("status, 304", ours, hit),
                ("status, 200", ours, miss),
            ):
                _share_again()
                found[name].append(wrk(url, seconds, script))
    for name, loads in found.items():
        _add_row(section, name, loads)
    base, polled = (
        Spread.of(one.per_second for one in found[name]).median
        for name in ("empty view", "status, 304")
    )
    _share_again()
    share_of = polled / base
    section.goal("status at least 70 % of the empty view", f"{share_of:.0%}", share_of >= 0.7)
    count = statements_of_a_poll(backend, targets[0])
    section.goal("no SQL on an unchanged poll", f"{count} statements", count == 0)
    section.notes.append(_explained(backend, targets[0]))
    section.constants["polls_per_second"] = polled


def _explained(backend: Backend, target: tuple[str, str, str]) -> str:
    """What an unchanged poll takes in one process, beside what one Redis request takes."""
    path, key, etag = target
    headers = {"Authorization": f"Bearer {key}", "If-None-Match": f'"{etag}"'}
    client, redis = backend.app.test_client(), backend.redis.client

    def milliseconds(ask: Callable[[], object]) -> float:
        begun = time.process_time()
        for _ in range(ASKED):
            ask()
        return (time.process_time() - begun) / ASKED * 1000

    poll = milliseconds(lambda: client.get(path, headers=headers))
    nothing = milliseconds(lambda: client.get("/healthz"))
    asked = milliseconds(lambda: redis.mget("igny8:none", "igny8:nothing"))
    return (
        f"In one process an unchanged poll takes {poll:.2f} ms of processor, {asked:.2f} of it for"
        f" its one request to Redis; a route without key check and Redis (/healthz)"
        f" {nothing:.2f} ms."
    )


def accepts(section: Section, backend: Backend, seconds: int) -> None:
    """One new run after the other at fixed rates; nobody executes them."""
    for rate in RATES:
        told = _accepts_at(rate, backend, seconds)
        p50, p95, p99 = (told[name] for name in ("p50", "p95", "p99"))
        row = (f"accept at {rate}/s", figure(told["per_second"]))
        tail = f"{p99:.0f} (p50 {p50:.0f}, p95 {p95:.0f})"
        section.rows.append((*row, tail, str(int(told["errors"]))))
    met = p95 < P95_MS and not told["errors"]
    section.goal(f"accept p95 below {P95_MS} ms at {RATE}/s", f"{p95:.0f} ms", met)
    section.constants["accept_p95_ms"] = p95
    section.notes.append(_weight_of_an_accept(backend))


def _accepts_at(rate: int, backend: Backend, seconds: int) -> dict[str, float]:
    targets = backend.folder / "accepts.json"
    targets.write_text(json.dumps([(key, one) for key, one in _tasks(backend, rate * seconds)]))
    with served(backend, "wsgi:app") as url:
        command = [sys.executable, "-m", "bench.accepts", url, str(targets), str(rate)]
        told: dict[str, float] = json.loads(run(command, "accepts", env=backend.env, cwd=REPO))
    return told


def _tasks(backend: Backend, count: int) -> list[tuple[str, str]]:
    """New tasks, spread over the sites: the key of the site and the id of each."""
    chosen = [backend.sites[number % SITES] for number in range(count)]
    rows: list[dict[str, Any]] = [
        {
            "account_id": one.site.account_id,
            "site_id": one.site.id,
            "title": f"Task {number}",
            "word_count": 300,
        }
        for number, one in enumerate(chosen)
    ]
    ids = db.session.scalars(insert(Task).returning(Task.id, sort_by_parameter_order=True), rows)
    tasks = [(one.key, str(task)) for one, task in zip(chosen, ids, strict=True)]
    db.session.commit()
    return tasks


def _weight_of_an_accept(backend: Backend) -> str:
    """What bounds the rate, from the profile of one process."""
    client = backend.app.test_client()

    def accept_all(tasks: Sequence[tuple[str, str]]) -> None:
        for key, task in tasks:
            headers = {"Authorization": f"Bearer {key}", "Idempotency-Key": task}
            body = {"ids": [task], "options": {"images": False, "publish": False}}
            client.post(PATH, json=body, headers=headers)

    accept_all(_tasks(backend, SITES))
    measured, profiled = _tasks(backend, ASKED), _tasks(backend, ASKED)
    begun = time.process_time()
    accept_all(measured)
    each = (time.process_time() - begun) / ASKED * 1000
    parts = shares(lambda: accept_all(profiled))
    return (
        f"An accept takes {each:.1f} ms of processor in one process: {in_words(parts)}. So"
        f" {RATE} a second are {each * RATE / 1000:.1f} cores, beside the load generator's."
    )


def _share_again() -> None:
    """Bodies of live work are short-lived; the worker renews them, here we do."""
    for row in db.session.query(AITaskLog).filter_by(state=WorkState.RUNNING):
        share(current().cache, row)
    db.session.rollback()


def _script(backend: Backend, targets: Sequence[tuple[str, str, str]], with_etag: bool) -> Path:
    listed = backend.folder / "targets"
    listed.write_text("\n".join(" ".join(one) for one in targets) + "\n", encoding="utf-8")
    script = backend.folder / f"poll-{with_etag}.lua"
    etag = "'\"' .. etag .. '\"'" if with_etag else "'\"none\"'"
    script.write_text(POLL_LUA % (listed, etag), encoding="utf-8")
    return script


def _add_row(section: Section, name: str, loads: Sequence[Load]) -> None:
    rate, p99 = Spread.of(one.per_second for one in loads), Spread.of(one.p99_ms for one in loads)
    section.rows.append((name, str(rate), str(p99), str(sum(one.errors for one in loads))))


if __name__ == "__main__":
    part.run(measure)
