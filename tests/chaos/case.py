"""One promise of the reliability contract, what was measured, and whether it was kept."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Case:
    """A row of the report."""

    fault: str
    promise: str
    measured: str
    kept: bool


def p95(seconds: Sequence[float]) -> float:
    """The value that 95 % stay below."""
    ordered = sorted(seconds)
    return ordered[int(len(ordered) * 0.95)] if ordered else 0.0
