"""Sets of workers, ours and those of other engines, and one repetition with each."""

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

from sqlalchemy import delete, func, select, text, update

from bench.backend import Backend
from bench.memory import Peak, tree_mb
from bench.places import peer_tool
from bench.shares import shares
from igny8_flask import runs
from igny8_flask.ai.providers.endpoint import Endpoint
from igny8_flask.db import db, utcnow
from igny8_flask.jobs import LIVE
from igny8_flask.leases import admit
from igny8_flask.models import (
    AITaskLog,
    BudgetHold,
    Content,
    LedgerEntry,
    PaidCall,
    Site,
    Task,
    WorkState,
)
from igny8_flask.services import current
from tests.factories import make_task
from tests.lab.places import REPO
from tests.lab.processes import Process, run, wait_until

DELAY_S = 2
WORDS = 300
LONGEST_S = 90
IDLE_S = 1.5
WEIGHED = 20


@dataclass(frozen=True)
class Ours:
    """A set of workers of the product."""

    kind: str
    processes: int
    slots: int = 1

    @property
    def name(self) -> str:
        """As it stands in the table."""
        return f"**igny8** {self.kind} {self.processes} × {self.slots}"

    @property
    def in_flight(self) -> int:
        """How many runs fit at once."""
        return self.processes * self.slots

    def settings(self) -> dict[str, str]:
        """Environment variables."""
        return {
            "IGNY8_WORKERS": str(self.processes),
            "IGNY8_WORKER_KIND": self.kind,
            "IGNY8_WORKER_SLOTS": str(self.slots),
        }


@dataclass(frozen=True)
class Peer:
    """Workers of another engine; ``command`` is what its own virtual environment runs."""

    name: str
    app: str
    in_flight: int
    command: Sequence[str]


CELERY = ("celery", "-A", "bench.peers.celery_app", "worker", "-l", "ERROR")
PEERS = (
    Peer("celery prefork 16", "celery_app", 16, (*CELERY, "-P", "prefork", "-c", "16")),
    Peer("celery threads 50", "celery_app", 50, (*CELERY, "-P", "threads", "-c", "50")),
    Peer(
        "dramatiq 1 × 50 threads",
        "dramatiq_app",
        50,
        ("dramatiq", "bench.peers.dramatiq_app", "-p", "1", "-t", "50"),
    ),
    Peer(
        "huey 50 threads",
        "huey_app",
        50,
        ("huey_consumer", "bench.peers.huey_app.huey", "-w", "50", "-k", "thread", "-q"),
    ),
)
MAIN, WIDE = Ours("threads", 1, 50), Ours("threads", 1, 100)
OURS = (Ours("fork", 4), Ours("fork", 16), MAIN, Ours("threads", 2, 50), WIDE)


@dataclass
class Outcome:
    """One repetition."""

    in_flight: int
    seconds: float
    count: int
    base_mb: float
    peak_mb: float

    @property
    def per_minute(self) -> float:
        """Finished runs a minute."""
        return self.count / self.seconds * 60

    @property
    def of_ideal(self) -> float:
        """Share of what the delay alone would allow."""
        return self.per_minute / (self.in_flight / DELAY_S * 60)

    @property
    def mb_a_run(self) -> float:
        """Memory of a run in flight above the idle workers."""
        return (self.peak_mb - self.base_mb) / self.in_flight


def run_ours(backend: Backend, ours: Ours, count: int) -> Outcome:
    """Submit first, then let idle workers loose on it."""
    _submit(backend, count)
    worker = backend.start_workers(**ours.settings())
    try:
        time.sleep(IDLE_S)
        base = tree_mb(worker.pid)
        with Peak(worker.pid) as peak:
            begun = time.perf_counter()
            db.session.execute(update(AITaskLog).values(not_before=None))
            db.session.commit()
            current().cache.ring()
            wait_until(lambda: _live() == 0, LONGEST_S, f"{count} runs", pause=0.05)
            seconds = time.perf_counter() - begun
        good = select(func.count()).where(AITaskLog.state == WorkState.SUCCESS)
        if db.session.scalar(good) != count:
            raise RuntimeError(f"{ours.name}: not every run succeeded")
        return Outcome(ours.in_flight, seconds, count, base, peak.mb)
    finally:
        backend.stop(worker)
        _forget()


def _submit(backend: Backend, count: int) -> None:
    """Runs that wait until they are released."""
    choices = {"images": False, "publish": False}
    for number in range(count):
        connected = backend.sites[number % len(backend.sites)]
        site = db.session.get_one(Site, connected.site.id)
        task = make_task(site, title=f"Pruning, part {number}", word_count=WORDS)
        runs.submit(site, "generate_content", [task.id], choices)
    later = utcnow() + timedelta(hours=1)
    db.session.execute(update(AITaskLog).values(not_before=later))
    db.session.commit()


def _live() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).where(AITaskLog.state.in_(LIVE))) or 0


def _forget() -> None:
    db.session.rollback()
    for model in (BudgetHold, LedgerEntry, PaidCall, AITaskLog, Content, Task):
        db.session.execute(delete(model))
    db.session.commit()


def run_peer(backend: Backend, peer: Peer, count: int, body: Path) -> Outcome:
    """Enqueue first, then start the workers; timed from the first job's own start."""
    redis = backend.redis.client
    redis.flushall()
    env = {
        **backend.env,
        "BENCH_BODY": str(body),
        "BENCH_URL": f"{backend.settings['OPENAI_BASE_URL']}/chat/completions",
    }
    command = [peer_tool(peer.command[0]), *peer.command[1:]]
    worker = Process(peer.app, command, backend.folder / f"{peer.app}.log", env=env, cwd=REPO)
    try:
        time.sleep(IDLE_S * 2)
        base = tree_mb(worker.pid)
        with Peak(worker.pid) as peak:
            send = [peer_tool("python"), "-m", "bench.peers", peer.app, str(count)]
            run(send, f"filling the queue of {peer.name}", env=env, cwd=REPO)
            done = lambda: int(redis.get("bench:done") or 0) >= count  # noqa: E731
            wait_until(done, LONGEST_S, f"{count} jobs of {peer.name}", pause=0.02)
            ended = time.time()
        return Outcome(
            peer.in_flight, ended - float(redis.get("bench:first") or ended), count, base, peak.mb
        )
    finally:
        worker.stop()


def record_body(backend: Backend) -> Path:
    """The request that our run sends, for the peers to send the same."""
    kept = backend.folder / "body.json"
    opened = Endpoint.open

    def keep(self: Endpoint, path: str, payload: Any, *more: Any) -> Any:
        kept.write_text(json.dumps(payload), encoding="utf-8")
        return opened(self, path, payload, *more)

    backend.sandbox.pace("test")
    with patch.object(Endpoint, "open", keep):
        execute_here(backend, 1)
    _forget()
    backend.sandbox.pace(str(DELAY_S))
    return kept


def execute_here(backend: Backend, count: int) -> None:
    """Runs from submission to their end in this process."""
    _submit(backend, count)
    db.session.execute(update(AITaskLog).values(not_before=None))
    db.session.commit()
    for ticket in admit(AITaskLog, count, count):
        runs.execute(ticket.id, ticket.generation)


@dataclass(frozen=True)
class Weight:
    """What one run takes: kB of the SQLite file, ms of processor, and which part spends them."""

    kilobytes: float
    processor_ms: float
    parts: Mapping[str, float]


def weigh_a_run(backend: Backend) -> Weight:
    """Runs in this process, from submission to their end."""

    def size() -> int:
        db.session.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
        db.session.commit()
        return (backend.folder / "igny8.db").stat().st_size

    backend.sandbox.pace("test")
    execute_here(backend, WEIGHED)
    before, busy = size(), time.process_time()
    execute_here(backend, WEIGHED)
    grown, busy = size() - before, time.process_time() - busy
    parts = shares(lambda: execute_here(backend, WEIGHED))
    _forget()
    backend.sandbox.pace(str(DELAY_S))
    return Weight(grown / WEIGHED / 1024, busy / WEIGHED * 1000, parts)
