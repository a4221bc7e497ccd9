"""``make bench``: every part in a process of its own with a time limit; writes the page.

``--quick`` measures less and writes nothing. A part that fails is named and the others go on.
"""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.places import peer_tool
from bench.report import KEPT, Section, lines_of, load, machine, page, save
from bench.sizing import scaling_page
from tests.lab.places import REPO, LabError
from tests.lab.processes import Process, run, wait_until

PAGE = REPO / "docs" / "benchmarks.md"
UNWIND_S = 40  # a part that is told to stop ends all that it started
SCALING = REPO / "docs" / "scaling.md"


@dataclass(frozen=True)
class Part:
    """A module of this package, and how many seconds it may take."""

    name: str
    limit_s: float
    quick_s: float


PARTS = (
    Part("overhead", 180, 60),
    Part("throughput", 720, 60),
    Part("http", 240, 40),
    Part("normalizing", 90, 40),
    Part("start", 120, 30),
    Part("growth", 300, 45),
    Part("hosts", 150, 60),
)


def main() -> int:
    """Run the parts, print the tables, and write the page unless this is the quick version."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="smaller, and write nothing")
    parser.add_argument("--only", choices=[part.name for part in PARTS], action="append")
    asked = parser.parse_args()
    chosen = [part for part in PARTS if not asked.only or part.name in asked.only]
    begun = time.monotonic()
    print("\n".join(machine()), flush=True)
    sections = []
    for part in chosen:
        for section in run_part(part, asked.quick):
            print("\n" + "\n".join(lines_of(section)), flush=True)
            sections.append(section)
    if not (asked.quick or asked.only):
        write(sections, time.monotonic() - begun)
    failed = [section.title for section in sections if section.title.endswith("failed")]
    return 1 if failed else 0


def run_part(part: Part, quick: bool) -> list[Section]:
    """What a part measured; when it failed or took too long, a section that says so."""
    limit = part.quick_s if quick else part.limit_s
    with tempfile.TemporaryDirectory(prefix="igny8-bench-") as folder:
        kept = Path(folder, "sections.json")
        command = [sys.executable, "-m", f"bench.{part.name}", "--keep", str(kept)]
        command += ["--quick"] if quick else []
        process = Process(part.name, command, Path(folder, "log"), env=dict(os.environ), cwd=REPO)
        try:
            wait_until(lambda: not process.alive, limit, f"the end of {part.name}", pause=0.2)
            return load(kept)
        except (LabError, OSError) as error:
            return [_failure(part, str(error), process.tail(12))]
        finally:
            process.stop(UNWIND_S)


def _failure(part: Part, words: str, log: str) -> Section:
    told = [line for line in log.splitlines() if line.strip()]
    return Section(f"{part.name} failed", words, notes=[f"`{line}`" for line in told])


def write(sections: Sequence[Section], seconds: float) -> None:
    """The page, its plots, and the sizing model that follows from the constants."""
    draw(sections)
    PAGE.write_text(page(sections, seconds), encoding="utf-8")
    constants = {key: value for section in sections for key, value in section.constants.items()}
    written = [PAGE]
    if text := scaling_page(constants, SCALING.read_text(encoding="utf-8")):
        SCALING.write_text(text, encoding="utf-8")
        written.append(SCALING)
    print("\nwritten: " + ", ".join(str(file.relative_to(REPO)) for file in written))


def draw(sections: Sequence[Section]) -> None:
    """The plots, by the interpreter that has matplotlib."""
    with tempfile.TemporaryDirectory(prefix="igny8-bench-") as folder:
        kept = Path(folder, "sections.json")
        save(sections, kept)
        command = [peer_tool("python"), "-m", "bench.plots", str(kept), str(REPO / KEPT)]
        run(command, "drawing the plots", cwd=REPO)


if __name__ == "__main__":
    sys.exit(main())
