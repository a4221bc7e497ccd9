"""Results of benchmarks as data, and the page and the text that are made of them."""

import json
import os
import platform
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any, Self

PACKAGES = ("flask", "gunicorn", "sqlalchemy", "redis", "rq", "requests", "markdown", "nh3")
KEPT = "docs/benchmarks"  # folder of the plots, beside the page


@dataclass(frozen=True)
class Spread:
    """Median and range of some repetitions."""

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Iterable[float]) -> Self:
        """The spread of at least one value."""
        known = sorted(values)
        return cls(statistics.median(known), known[0], known[-1])

    def __str__(self) -> str:
        if self.low == self.high:
            return figure(self.median)
        return f"{figure(self.median)} ({figure(self.low)}–{figure(self.high)})"


@dataclass(frozen=True)
class Goal:
    """What was wanted, what was measured, and whether that is enough."""

    words: str
    measured: str
    met: bool


@dataclass(frozen=True)
class Curve:
    """Points of one line of a plot."""

    name: str
    x: Sequence[float]
    y: Sequence[float]


@dataclass(frozen=True)
class Plot:
    """One picture: its file's stem, words of the axes, and its lines."""

    stem: str
    title: str
    x: str
    y: str
    curves: Sequence[Curve]
    log: bool = False


@dataclass
class Section:
    """One table with what was and what was not measured."""

    title: str
    what: str
    headers: Sequence[str] = ()
    rows: list[Sequence[str]] = field(default_factory=list)
    goals: list[Goal] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    plots: list[Plot] = field(default_factory=list)
    constants: dict[str, float] = field(default_factory=dict)

    def goal(self, words: str, measured: object, met: bool) -> None:
        """Hold a measurement against what was wanted."""
        self.goals.append(Goal(words, str(measured), met))

    @classmethod
    def from_dict(cls, raw: dict[str, Any]) -> Self:
        """What ``save`` has written."""
        goals = [Goal(**goal) for goal in raw.pop("goals")]
        plots = [
            Plot(**{**plot, "curves": [Curve(**curve) for curve in plot["curves"]]})
            for plot in raw.pop("plots")
        ]
        return cls(**raw, goals=goals, plots=plots)


def figure(value: float) -> str:
    """A number with as many digits as mean something."""
    if value == 0 or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def save(sections: Sequence[Section], file: Path) -> None:
    """Keep sections for another process."""
    file.write_text(json.dumps([asdict(section) for section in sections]), encoding="utf-8")


def load(file: Path) -> list[Section]:
    """Read back what ``save`` kept."""
    return [Section.from_dict(raw) for raw in json.loads(file.read_text(encoding="utf-8"))]


def table(headers: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """A Markdown table whose columns also line up in a terminal."""
    cells = [list(headers), *(list(row) for row in rows)]
    widths = [max(len(row[place]) for row in cells) for place in range(len(headers))]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |"
        for row in cells
    ]
    return [lines[0], "| " + " | ".join("-" * width for width in widths) + " |", *lines[1:]]


def lines_of(section: Section) -> list[str]:
    """One section in Markdown."""
    lines = [f"## {section.title}", "", section.what, ""]
    if section.rows:
        lines += [*table(section.headers, section.rows), ""]
    if section.goals:
        told = [
            (goal.words, goal.measured, "yes" if goal.met else "**no**") for goal in section.goals
        ]
        lines += [*table(("goal", "measured", "met"), told), ""]
    for plot in section.plots:
        lines += [f"![{plot.title}](benchmarks/{plot.stem}.svg)", ""]
    lines += [f"- {note}" for note in section.notes]
    return [*lines, ""] if section.notes else lines


def machine() -> list[str]:
    """Where this was measured: machine, versions, load before."""
    versions = ", ".join(f"{name} {metadata.version(name)}" for name in PACKAGES)
    load = ", ".join(f"{value:.2f}" for value in os.getloadavg())
    return [
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC. {os.cpu_count()} cores ({_processor()}),"
        f" {_memory_gb():.0f} GB, Linux {platform.release()}; load before: {load}.",
        "",
        f"Python {platform.python_version()}, {versions}.",
    ]


def page(sections: Sequence[Section], seconds: float) -> str:
    """The whole of docs/benchmarks.md."""
    goals = [goal for section in sections for goal in section.goals]
    missed = [goal for goal in goals if not goal.met]
    lines = [
        "# Benchmarks",
        "",
        "Written by `make bench`: every number was measured in that one run, side by side.",
        "Figures are the median of the repetitions, with their range in brackets.",
        "",
        *machine(),
        "",
        f"{len(goals) - len(missed)} of {len(goals)} goals are met; {seconds / 60:.0f} minutes.",
        "",
    ]
    for section in sections:
        lines += lines_of(section)
    return "\n".join(lines).rstrip() + "\n"


def _processor() -> str:
    for line in _proc("cpuinfo"):
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _memory_gb() -> float:
    for line in _proc("meminfo"):
        if line.startswith("MemTotal:"):
            return int(line.split()[1]) / 1024**2
    return 0.0


def _proc(name: str) -> list[str]:
    return Path("/proc", name).read_text(encoding="utf-8").splitlines()
