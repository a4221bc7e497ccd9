"""The command line that every part has."""

import argparse
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType

from bench.report import Section, lines_of, save

Measure = Callable[[bool], Sequence[Section]]


def run(measure: Measure) -> None:
    """Measure, print, and keep the sections where the caller wants them.

    A request to stop unwinds, so that whatever was started is ended.
    """
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true", help="measure less")
    parser.add_argument("--keep", type=Path, help="file for the sections, as JSON")
    asked = parser.parse_args()
    signal.signal(signal.SIGTERM, _unwind)
    sections = measure(asked.quick)
    for section in sections:
        print("\n".join(lines_of(section)), flush=True)
    if asked.keep:
        save(sections, asked.keep)


def _unwind(_number: int, _frame: FrameType | None) -> None:
    sys.exit(1)
