"""Faults of the ground itself: a database that is stopped, a full disk, clocks that differ."""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import requests

from tests.chaos.audit import audit
from tests.chaos.case import Case
from tests.chaos.database import PostgresServer
from tests.chaos.ground import LEASE_S, Ground
from tests.chaos.storm import Storm
from tests.lab.processes import wait_until

TASKS = "/v1/writer/tasks/"
LOCKED_S = 12  # longer than a statement may take
ANSWER_S = 6.0  # within which a request is told that the database is away
RESUMED_S = 90
ALARM_S = 10  # twice the pause between two writes of the dispatcher
DISK = "48m"
FAKETIME = sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
RUNNING = "select count(*) as busy from ai_task_log where state = 'running' and phase = 'AI_CALL'"


def on_postgresql(kills: int, stops: int) -> list[Case]:
    """Kills, then stops of the server under work, then workers whose clocks are wrong."""
    server = PostgresServer()
    with Ground(database=server) as ground:
        storm = Storm(ground)
        storm.kill(kills, 60)
        storm.database_locked(LOCKED_S)
        refusals = [_stopped(ground, server, storm, number) for number in range(stops)]
        ground.finish(300)
        found = audit(ground)
        slowest = max(seconds for _, seconds in refusals)
        told = all(status == 503 for status, _ in refusals)
        killed = sum(storm.kills.values())
        cases = [
            Case(
                f"PostgreSQL stopped {stops} times under work, after {killed} kills on it",
                f"503 with Retry-After in {ANSWER_S:.0f} s, no unrecorded call, all work ends",
                f"slowest refusal {slowest:.2f} s, {found.articles} articles, {found.posts} posts,"
                f" faults: {found.faults or 'none'}",
                told and slowest <= ANSWER_S and not found.faults,
            ),
            storm.locked_case("PostgreSQL"),
        ]
        if not FAKETIME:
            return [*cases, not_measured("clock of the workers' host", "needs libfaketime")]
        return cases + [_wrong_clock(ground, minutes) for minutes in (-10, 10)]


def not_measured(fault: str, reason: str) -> Case:
    """A promise that this machine cannot look at; it counts as not kept."""
    return Case(fault, "is measured", f"not measured: {reason}", False)


def with_default_settings() -> list[Case]:
    """All workers with their jobs die; leases and delays are those of a fresh installation."""
    with Ground(settings={"IGNY8_LEASE_S": "60"}) as ground:
        for number in range(3):
            ground.submit(f"Written at the default pace {number}")
        wait_until(lambda: bool(ground.rows(RUNNING)[0]["busy"]), 30, "a call is in the air")
        silent = ground.rows("select id from ai_task_log where state = 'running'")
        ground.workers.kill()
        ground.start_workers()
        begun = time.monotonic()
        sql = "select 1 from ai_task_log where id = ? and crashes > 0 and state <> 'pending'"

        def resumed() -> bool:
            return all(ground.rows(sql, row["id"]) for row in silent)

        wait_until(resumed, 120, "what was in work is resumed")
        seconds = time.monotonic() - begun
        wait_until(lambda: ground.live() == 0, 120, "all work has ended")
        found = audit(ground)
    case = Case(
        "workers of a host killed in the middle of calls, default settings",
        "resumed in 90 s, 0 lost, 0 twice",
        f"{len(silent)} runs resumed after {seconds:.0f} s, {found.posts} of"
        f" {found.articles} posts, faults: {found.faults or 'none'}",
        seconds <= RESUMED_S and not found.faults,
    )
    return [case]


def _stopped(
    ground: Ground, server: PostgresServer, storm: Storm, number: int
) -> tuple[int, float]:
    """Stop the server while calls are in the air; returns how a request was refused."""
    storm.feed()
    wait_until(lambda: bool(ground.rows(RUNNING)[0]["busy"]), 30, "a call is in the air")
    server.cluster.stop()
    begun = time.monotonic()
    answer = ground.post(TASKS, {"items": [{"title": f"While it is away {number}"}]})
    seconds = time.monotonic() - begun
    time.sleep(LEASE_S)
    server.cluster.start()
    refused = answer.status_code == 503 and answer.headers.get("Retry-After") == "10"
    return (503 if refused else 0), seconds


def _wrong_clock(ground: Ground, minutes: int) -> Case:
    """Workers of a host whose clock is off, killed once with all their jobs."""
    ground.workers.stop()
    clock = {
        "LD_PRELOAD": str(FAKETIME[-1]),
        "FAKETIME": f"{minutes * 60:+d}s",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "FAKETIME_DISABLE_SHM": "1",  # a killed process must not leave its lock to the others
    }
    ground.start_workers(clock)
    before = audit(ground)
    for number in range(4):
        ground.submit(f"Written by a clock {minutes} minutes off, {number}")
    wait_until(lambda: bool(ground.rows(RUNNING)[0]["busy"]), 60, "a call is in the air")
    ground.workers.kill()
    ground.start_workers(clock)
    begun = time.monotonic()
    ground.finish(300)
    seconds = time.monotonic() - begun
    found = audit(ground)
    return Case(
        f"clock of the workers' host {minutes:+d} min, workers killed once",
        "leases hold, what was in work is resumed, all of it ends",
        f"{found.posts - before.posts} of 4 posts {seconds:.0f} s after the kill,"
        f" faults: {found.faults or 'none'}",
        not found.faults and found.posts - before.posts == 4,
    )


def disk_full() -> list[Case]:
    """Database, Redis and all logs on one small disk that fills up."""
    with _small_disk() as folder:
        return [_disk_full(folder) if folder else not_measured("disk full", "needs root")]


def _disk_full(folder: Path) -> Case:
    with Ground(folder=folder / "ground") as ground:
        for number in range(4):
            ground.submit(f"Written on a full disk {number}")
        wait_until(lambda: bool(ground.rows(RUNNING)[0]["busy"]), 30, "a call is in the air")
        filler = _fill(folder)
        answers = [_ask(ground, number) for number in range(5)]
        wait_until(lambda: _write_age(ground) > ALARM_S, 60, "the alarm")
        filler.unlink()
        ground.finish(300)
        wait_until(lambda: _write_age(ground) < ALARM_S, 60, "the end of the alarm")
        found = audit(ground)
        half = ground.rows("select title from task where title like 'Refused %'")
        whole = ground.rows("pragma integrity_check")[0]["integrity_check"]
        statuses = sorted({status for status, _ in answers})
    return Case(
        "disk full: database, Redis and every log on it",
        "503, an alarm metric, no half rows, goes on when there is room",
        f"answers {statuses} in {max(seconds for _, seconds in answers):.2f} s at most,"
        f" {len(half)} rows of refused requests, integrity {whole},"
        f" {found.posts} of {found.articles} posts, faults: {found.faults or 'none'}",
        statuses == [503] and not half and whole == "ok" and not found.faults,
    )


def _write_age(ground: Ground) -> float:
    """What /metrics says of the last time the dispatcher could write."""
    page = requests.get(f"http://127.0.0.1:{ground.api_port}/metrics", timeout=20).text
    name = "igny8_database_write_age_seconds "
    lines = [line for line in page.splitlines() if line.startswith(name)]
    return float(lines[0].removeprefix(name)) if lines else 0.0


def _ask(ground: Ground, number: int) -> tuple[int, float]:
    begun = time.monotonic()
    answer = ground.post(TASKS, {"items": [{"title": f"Refused {number}"}]})
    return answer.status_code, time.monotonic() - begun


def _fill(folder: Path) -> Path:
    """Write until there is no byte left."""
    filler = folder / "filler"
    with filler.open("wb", buffering=0) as out:
        for size in (65_536, 512, 1):
            try:
                while out.write(b"x" * size):
                    pass
            except OSError:
                continue
    return filler


@contextmanager
def _small_disk() -> Iterator[Path | None]:
    """A file system of its own; None where this user may not mount one."""
    folder = Path(tempfile.mkdtemp(prefix="igny8-disk-"))
    mount = ["mount", "-t", "tmpfs", "-o", f"size={DISK}", "none", str(folder)]
    mounted = os.geteuid() == 0 and not subprocess.run(mount, check=False).returncode
    try:
        yield folder if mounted else None
    finally:
        if mounted:
            subprocess.run(["umount", "--lazy", str(folder)], check=True)
        shutil.rmtree(folder, ignore_errors=True)
