"""``make chaos``: storms, single faults, controls and fairness, each with its audit; the report."""

import argparse
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from typing import TypeVar

from tests.chaos import controls, fairness, outages, poison, restarts, web
from tests.chaos.audit import Audit, audit
from tests.chaos.case import Case
from tests.chaos.ground import Ground
from tests.chaos.report import Outcome, page
from tests.chaos.storm import Storm
from tests.lab.places import REPO, LabError

REPORT = REPO / "docs" / "reliability.md"
OUTAGES_S = (2, 8, 20)
WHOLE = {"kills": 200, "web_kills": 100, "restarts": 20, "flood": 5000}  # what the report shows
REST_S = 400  # longest time for the work that the storms left
CONTROLS = {
    "paid replies are not looked up": controls.without_checkpoints,
    "the site makes a post for every request": controls.without_idempotent_site,
}
Found = TypeVar("Found")


def main() -> int:
    """Run everything; write the report and return 0 only when all promises were kept."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--kills", type=int, default=WHOLE["kills"])
    parser.add_argument("--seconds", type=float, default=270, help="longest time for the kills")
    parser.add_argument("--web-kills", type=int, default=WHOLE["web_kills"])
    parser.add_argument("--restarts", type=int, default=WHOLE["restarts"])
    parser.add_argument("--flood", type=int, default=WHOLE["flood"])
    asked = parser.parse_args()
    begun = time.monotonic()
    storm, found, cases, caught = storms(asked.kills, asked.seconds, asked.web_kills)
    cases += attempt("poison", lambda: [poison.case()])
    with Ground() as ground:
        cases += attempt("restarts", lambda: [restarts.under_load(ground, asked.restarts)])
    with Ground(pace="0.5", settings=fairness.SETTINGS) as ground:
        waits = timed("fairness", lambda: fairness.measure(ground, asked.flood))
    outcome = Outcome(storm, found, caught, cases, waits, time.monotonic() - begun)
    say(page(outcome))
    for complaint in outcome.complaints:
        say(complaint)
    if outcome.complaints:
        return 1
    if any(getattr(asked, name) < count for name, count in WHOLE.items()):
        say("all kept; a smaller run than the promises name writes no report")
        return 0
    REPORT.write_text(page(outcome), encoding="utf-8")
    say(f"written: {REPORT.relative_to(REPO)}, {outcome.seconds:.0f} s")
    return 0


def storms(
    kills: int, seconds: float, web_kills: int
) -> tuple[Storm, Audit, list[Case], dict[str, Audit]]:
    """All kills, then every outage, then the end of all work and the audit.

    While that work ends, web processes are killed, and faults and controls with grounds of their
    own take their turn.
    """
    with Ground() as ground:
        storm = Storm(ground)
        timed("kills", lambda: storm.kill(kills, seconds))
        say(f"{sum(storm.killed.values())} kills")
        for length in OUTAGES_S:
            timed(f"Redis away {length} s", partial(storm.redis_away, length))
            timed(f"Redis frozen {length} s", partial(storm.redis_frozen, length))
        storm.redis_emptied()
        timed("database locked", lambda: storm.database_locked(12))
        storm.redis_emptied()
        timed("bad line to the provider", lambda: storm.bad_line(12, to_provider=True))
        storm.redis_emptied()
        timed("bad line to WordPress", lambda: storm.bad_line(12, to_provider=False))
        for _ in range(2):
            storm.redis_emptied()
            storm.go_on(5)
        with ThreadPoolExecutor(3) as beside:
            apart = [
                beside.submit(attempt, "web", lambda: [web.killed(ground, web_kills)]),
                beside.submit(attempt, "default settings", outages.with_default_settings),
                beside.submit(attempt, "PostgreSQL", lambda: outages.on_postgresql(12, 3)),
                beside.submit(attempt, "disk full", outages.disk_full),
            ]
            caught = {
                name: beside.submit(timed, f"control: {name}", control)
                for name, control in CONTROLS.items()
            }
            timed("the rest", lambda: ground.finish(REST_S))
            found = audit(ground)
            storm.note_ends()
            cases = [*storm.cases(), *(case for one in apart for case in one.result())]
        killed_at = storm.killed
        enough = sum(killed_at.values()) >= kills and len(killed_at) >= 12
        measured = f"{sum(killed_at.values())} kills at {len(killed_at)} points"
        promise = f"{kills} kills at 12 points or more happen, and all work ends"
        killed = Case("workers, their jobs and the dispatcher killed", promise, measured, enough)
        told = {name: control.result() for name, control in caught.items()}
        return storm, found, [killed, *cases], told


def attempt(name: str, work: Callable[[], list[Case]]) -> list[Case]:
    """Do it; what cannot be measured is a promise that was not kept."""
    try:
        return timed(name, work)
    except LabError as error:
        say(f"{name}: {error}")
        return [Case(name, "runs to its end", str(error)[:200], False)]


def timed(name: str, work: Callable[[], Found]) -> Found:
    """Do it and say how long it took."""
    begun = time.monotonic()
    result = work()
    say(f"{name}: {time.monotonic() - begun:.0f} s")
    if result is not None:
        say(str(result))
    return result


def say(words: str) -> None:
    """One line of progress."""
    print(f"{datetime.now(UTC):%H:%M:%S} {words}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
