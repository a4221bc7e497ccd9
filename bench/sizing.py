"""The sizing model: what so many sites need, computed from constants that were measured."""

import math
import re
from collections.abc import Mapping

from bench.report import figure, table

BEGIN, END = "<!-- computed by make bench -->", "<!-- end -->"
SITES = (10, 100, 1_000, 10_000)
ARTICLES_A_DAY = 2  # of each site
PEAK = 4  # how many times the average the busiest hour is
MODEL_S = 90  # what the models take for an article with its pictures
SLOTS = 50  # of one threading worker
RUNS = 2  # run of the text, run of the pictures
WATCHED = 0.25  # share of runs in work that somebody watches, one poll a second
NEEDED = frozenset(
    {
        "runs_per_minute_50_threads",
        "worker_base_mb",
        "worker_mb_a_run",
        "redis_bytes_a_run",
        "database_kb_a_run",
        "polls_per_second",
    }
)
HEADERS = (
    "sites",
    "articles a day",
    "in work at the peak",
    "worker processes",
    "their memory",
    "database a year",
    "Redis, one peak hour queued",
    "polls/s at the peak",
)


def scaling_page(constants: Mapping[str, float], present: str) -> str | None:
    """The page with its computed part renewed; None while a constant is missing."""
    if not constants.keys() >= NEEDED:
        return None
    lines = [BEGIN, "", *_constants(constants), "", *_table(constants), "", END]
    part = re.compile(f"{re.escape(BEGIN)}.*?{re.escape(END)}", re.DOTALL)
    return part.sub(lambda _: "\n".join(lines), present)


def row(sites: int, constants: Mapping[str, float]) -> list[str]:
    """What so many sites need."""
    articles = sites * ARTICLES_A_DAY
    peak_a_s = articles / 86_400 * PEAK
    in_work = peak_a_s * MODEL_S
    by_slots = in_work / SLOTS
    by_processor = peak_a_s * RUNS * 60 / constants["runs_per_minute_50_threads"]
    processes = math.ceil(max(by_slots, by_processor, 1))
    memory_mb = processes * constants["worker_base_mb"] + in_work * constants["worker_mb_a_run"]
    database_gb = articles * 365 * RUNS * constants["database_kb_a_run"] / 1024**2
    redis_mb = peak_a_s * 3600 * RUNS * constants["redis_bytes_a_run"] / 1024**2
    return [
        f"{sites:,}",
        f"{articles:,}",
        figure(in_work),
        str(processes),
        f"{figure(memory_mb)} MB",
        f"{figure(database_gb)} GB",
        f"{figure(redis_mb)} MB",
        figure(in_work * WATCHED),
    ]


def _table(constants: Mapping[str, float]) -> list[str]:
    return table(HEADERS, [row(sites, constants) for sites in SITES])


def _constants(constants: Mapping[str, float]) -> list[str]:
    told = {
        "runs a minute of one threading worker, 50 slots": "runs_per_minute_50_threads",
        "MB of supervisor, dispatcher and one idle worker": "worker_base_mb",
        "MB of a run in flight": "worker_mb_a_run",
        "kB of the database for a run with its article, call and ledger": "database_kb_a_run",
        "bytes of Redis for a queued run": "redis_bytes_a_run",
        "unchanged polls a second of one API host": "polls_per_second",
    }
    rows = [(words, figure(constants[name])) for words, name in told.items()]
    return table(("measured", "value"), rows)
