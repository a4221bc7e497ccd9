"""Choosing between several documents in one reply."""

from collections.abc import Callable, Sequence
from typing import TypeVar

Entry = TypeVar("Entry")


def surviving(
    found: Sequence[tuple[list[Entry], bool]], identify: Callable[[Entry], set[str]]
) -> list[Entry]:
    """Join the entries of all documents that repeat nothing of a later, complete one.

    ``found`` holds each document's entries and whether it was cut; complete documents win over cut
    ones, later over earlier. Entries come back in the order of the text.
    """
    order = [at for at in reversed(range(len(found))) if not found[at][1]]
    order += [at for at in reversed(range(len(found))) if found[at][1]]
    seen: set[str] = set()
    kept: list[int] = []
    for at in order:
        marks = {mark for entry in found[at][0] for mark in identify(entry)}
        if marks and not marks & seen:
            kept.append(at)
            seen |= marks
    return [entry for at in sorted(kept) for entry in found[at][0]]
