"""docs/reliability.md, from what was counted in one run of ``make chaos``."""

import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from statistics import median

from tests.chaos.audit import Audit
from tests.chaos.case import Case
from tests.chaos.fairness import MOST, SINGLES, Waits
from tests.chaos.storm import Storm


@dataclass(frozen=True)
class Outcome:
    """Everything one run has found."""

    storm: Storm
    found: Audit
    controls: Mapping[str, Audit]
    cases: Sequence[Case]
    waits: Waits
    seconds: float

    @property
    def complaints(self) -> list[str]:
        """What is not as promised; empty when the run is good."""
        missed = [name for name, control in self.controls.items() if not control.faults]
        return [
            *(f"audit: {name} {count}" for name, count in self.found.faults.items()),
            *(f"control not caught: {name}" for name in missed),
            *(f"not kept: {case.fault}: {case.measured}" for case in self.cases if not case.kept),
            *([] if self.waits.ratio <= MOST else [f"fairness: {self.waits.ratio:.1f} times"]),
        ]


def page(outcome: Outcome) -> str:
    """The whole page."""
    storm = outcome.storm
    machine = f"{os.cpu_count()} cores, Python {platform.python_version()}"
    lines = [
        "# Reliability",
        "",
        "Written by `make chaos`; every number was counted in that run.",
        "",
        f"{datetime.now(UTC):%Y-%m-%d}, {machine}, {outcome.seconds:.0f} s.",
        "Real: API, dispatcher, workers, Redis, SQLite and PostgreSQL. Stand-ins: the sandbox as"
        " provider, a small server with the plugin's two writing routes as WordPress.",
        "Under *SIGKILL* and *Outages* leases last 3 s, waits between retries are cut short and"
        " breakers closed, and what was quarantined is resumed as an operator would. Where a row"
        " says *default settings* nothing is cut short.",
        "",
        "## SIGKILL",
        "",
        f"{sum(storm.killed.values())} kills of workers, jobs and dispatcher at"
        f" {len(storm.killed)} points, on SQLite, forking workers; those of the API are counted"
        " apart.",
        "",
        *_table(("point", "kills"), sorted(storm.kills.items())),
        "## Outages",
        "",
        "In the same run, while work goes on.",
        "",
        *_table(("fault", "times"), sorted(storm.faults.items())),
        "## Audit",
        "",
        "Of all the above, after the end of all work.",
        "",
        *_table(
            ("counted", ""),
            [(name.replace("_", " "), count) for name, count in asdict(outcome.found).items()],
        ),
        "*In the air* are calls whose answer never arrived; the ledger says of each that it may"
        " have been billed. No provider offers an idempotency key for texts.",
        "*Paid twice unsaid* are replies that were paid for twice, or calls that the provider"
        " billed and the ledger does not know.",
        "",
        "### Last states",
        "",
        *_table(("work", "rows"), sorted(storm.ends.items())),
        "## Promises",
        "",
        *_table(
            ("fault", "promise", "measured", "kept"),
            [(one.fault, one.promise, one.measured, _yes(one.kept)) for one in outcome.cases],
        ),
        *_fairness(outcome.waits),
        "## Controls",
        "",
        "The same audit with a guard taken out:",
        "",
        *_table(
            ("taken out", "what the audit found"),
            [(name, _faults(control)) for name, control in outcome.controls.items()],
        ),
    ]
    return "\n".join(lines)


def _fairness(waits: Waits) -> list[str]:
    return [
        "## Fairness",
        "",
        f"Site A has {waits.flood:,} pending runs; site B asks for {SINGLES} single runs, one"
        " after the other (one threading worker, 12 slots, 3 a site).",
        "",
        *_table(
            ("B waits for the start", "median", "longest", "all ten"),
            [_waits("alone", waits.alone), _waits("beside the flood", waits.beside)],
        ),
        f"That is {waits.ratio:.1f} times the wait alone, all ten together; at most {MOST} are"
        " promised.",
        "This holds while workers have more slots than one site may take (`IGNY8_SITE_SLOTS`);"
        " with fewer, B waits in addition for the job in front of it.",
        "",
    ]


def _waits(name: str, seconds: Sequence[float]) -> tuple[str, ...]:
    numbers = (median(seconds), max(seconds), sum(seconds))
    return (name, *(f"{number:.2f} s" for number in numbers))


def _table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> list[str]:
    return [
        f"| {' | '.join(head)} |",
        f"|{' --- |' * len(head)}",
        *(f"| {' | '.join(map(str, row))} |" for row in rows),
        "",
    ]


def _yes(kept: bool) -> str:
    return "yes" if kept else "**no**"


def _faults(control: Audit) -> str:
    told = ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in control.faults.items())
    return told or "**nothing**"
