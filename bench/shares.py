"""Which part of the product a piece of work spends its processor time in, by cProfile."""

import cProfile
import pstats
import time
from collections import defaultdict
from collections.abc import Callable, Mapping

PARTS = {
    "SQL statements": ("/sqlalchemy/", "/flask_sqlalchemy/", "/sqlite3/", "/psycopg"),
    "Redis": (
        "/redis/",
        "/igny8_flask/cache.py",
        "/igny8_flask/gates.py",
        "/igny8_flask/breakers.py",
    ),
    "HTTP and the stream": (
        *("/urllib3/", "/requests/", "/http/", "/socket.py", "/igny8_flask/outbound/"),
        "/igny8_flask/ai/providers/",
    ),
    "reading and cleaning the article": (
        *("/markdown/", "/bs4/", "/pymdownx/", "/html/", "/nh3", "/_markupbase.py"),
        *("/igny8_flask/content/", "/igny8_flask/ai/replies/"),
    ),
}
REST = "all else"
BUILT_IN = "~"
Function = tuple[str, int, str]  # file, line, name
Told = tuple[int, int, float, float, Mapping[Function, tuple[int, int, float, float]]]


def shares(work: Callable[[], object]) -> dict[str, float]:
    """Share of each part, the largest first; what C code takes counts for its caller."""
    profiler = cProfile.Profile(time.process_time)
    profiler.enable()
    try:
        work()
    finally:
        profiler.disable()
    found: defaultdict[str, float] = defaultdict(float)
    stats: Mapping[Function, Told] = pstats.Stats(profiler).stats  # type: ignore[attr-defined]
    for (file, _line, _name), (_calls, _first, own, _total, callers) in stats.items():
        if file != BUILT_IN:
            found[part_of(file)] += own
            continue
        for caller, told in callers.items():
            found[part_of(caller[0])] += told[2]
    total = sum(found.values()) or 1.0
    largest = sorted(found.items(), key=lambda part: -part[1])
    return {part: spent / total for part, spent in largest}


def part_of(path: str) -> str:
    """The part that a source file belongs to."""
    for part, places in PARTS.items():
        if any(place in path for place in places):
            return part
    return REST


def in_words(found: Mapping[str, float]) -> str:
    """The shares in one line."""
    return ", ".join(f"{part} {share:.0%}" for part, share in found.items())
