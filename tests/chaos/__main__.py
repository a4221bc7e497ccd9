"""``make chaos``: all storms, their audit, the controls and the fairness; writes the report."""

import argparse
import os
import platform
import sys
import time
from dataclasses import asdict
from datetime import UTC, datetime

from tests.chaos import controls, fairness
from tests.chaos.audit import Audit, audit
from tests.chaos.ground import Ground
from tests.chaos.storm import Storm
from tests.lab.places import REPO

REPORT = REPO / "docs" / "reliability.md"
OUTAGE_S = 6


def main() -> int:
    """Run everything and write the report; 1 when the audit finds a fault."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=600, help="longest time for the kills")
    parser.add_argument("--flood", type=int, default=5000)
    asked = parser.parse_args()
    begun = time.monotonic()
    storm, found = storms(asked.kills, asked.seconds)
    say(f"storms: {sum(storm.kills.values())} kills, faults {found.faults or 'none'}")
    caught = {
        "paid replies are not looked up": controls.without_checkpoints(),
        "the site makes a post for every request": controls.without_idempotent_site(),
    }
    with Ground(pace="0.5", settings=fairness.SETTINGS) as ground:
        waits = fairness.measure(ground, asked.flood)
    say(f"fairness: {waits}")
    text = report(storm, found, caught, waits, time.monotonic() - begun)
    REPORT.write_text(text, encoding="utf-8")
    say(f"written: {REPORT.relative_to(REPO)}")
    missed = [name for name, control in caught.items() if not control.faults]
    return 1 if found.faults or missed else 0


def storms(kills: int, seconds: float) -> tuple[Storm, Audit]:
    """All kills, then every outage, then the end of all work and the audit."""
    with Ground() as ground:
        storm = Storm(ground)
        storm.kill(kills, seconds)
        say(f"{sum(storm.kills.values())} kills done")
        for _ in range(2):
            storm.redis_away(OUTAGE_S)
            storm.redis_frozen(OUTAGE_S)
            storm.redis_emptied()
            storm.database_locked(12)
        storm.bad_line(18, to_provider=True)
        storm.bad_line(18, to_provider=False)
        say("outages done")
        ground.finish(240)
        return storm, audit(ground)


def report(
    storm: Storm,
    found: Audit,
    caught: dict[str, Audit],
    waits: fairness.Waits,
    seconds: float,
) -> str:
    """The page, from what was counted."""
    machine = f"{os.cpu_count()} cores, Python {platform.python_version()}, SQLite, fork workers"
    lines = [
        "# Reliability",
        "",
        "Written by `make chaos`; every number was counted in that run.",
        "",
        f"{datetime.now(UTC):%Y-%m-%d}, {machine}, {seconds:.0f} s.",
        "Real: API, dispatcher, workers, Redis, database. Stand-ins: the sandbox as provider,"
        " a small server with the plugin's two writing routes as WordPress.",
        "Waits between retries are cut short, and what was quarantined after three deaths of its"
        " worker is resumed as an operator would.",
        "",
        "## SIGKILL",
        "",
        f"{sum(storm.kills.values())} kills at {len(storm.kills)} points.",
        "",
        "| point | kills |",
        "| --- | --- |",
        *(f"| {name} | {count} |" for name, count in sorted(storm.kills.items())),
        "",
        "## Outages",
        "",
        "| fault | times |",
        "| --- | --- |",
        *(f"| {name} | {count} |" for name, count in sorted(storm.faults.items())),
        "",
        "## Audit",
        "",
        "| counted at the end | |",
        "| --- | --- |",
        *(f"| {name.replace('_', ' ')} | {count} |" for name, count in asdict(found).items()),
        "",
        "*In the air* are calls whose answer never arrived; the ledger says of each that it may"
        " have been billed. No provider offers an idempotency key for texts.",
        "",
        "## Controls",
        "",
        "The same audit with a guard taken out:",
        "",
        "| taken out | what the audit found |",
        "| --- | --- |",
        *(f"| {name} | {_faults(control)} |" for name, control in caught.items()),
        "",
        "## Fairness",
        "",
        f"Site A has {waits.flood:,} pending runs; site B asks for {fairness.SINGLES} single runs,"
        " one after the other (one threading worker, 12 slots, 3 a site).",
        "",
        "| B waits for the start | median | longest |",
        "| --- | --- | --- |",
        f"| alone | {waits.idle_median:.2f} s | {waits.idle_longest:.2f} s |",
        f"| beside the flood | {waits.flood_median:.2f} s | {waits.flood_longest:.2f} s |",
        "",
        "This holds while workers have more slots than one site may take (`IGNY8_SITE_SLOTS`);"
        " with fewer, B waits in addition for the job in front of it.",
        "",
    ]
    return "\n".join(lines)


def _faults(control: Audit) -> str:
    told = ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in control.faults.items())
    return told or "**nothing**"


def say(words: str) -> None:
    """One line of progress."""
    print(f"{datetime.now(UTC):%H:%M:%S} {words}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
