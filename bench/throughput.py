"""Throughput: runs a minute and memory by kind and count of workers, beside other job engines.

Our run is the whole engine: admission, leases, prompt, call, checkpoint, ledger, parser,
normalizer, article and status in the database. A peer's job is the same HTTP call and one count.
"""

from collections.abc import Iterable, Sequence

from bench import part
from bench.backend import Backend
from bench.engines import (
    DELAY_S,
    MAIN,
    OURS,
    PEERS,
    WIDE,
    WORDS,
    Outcome,
    Weight,
    record_body,
    run_ours,
    run_peer,
    weigh_a_run,
)
from bench.report import Section, Spread, figure
from bench.shares import in_words
from tests.lab.postgresql import postgresql

SITES = 50
ROUNDS, TURNS, TURNS_MAIN, MOST = 2, 2, 10, 500
HEADERS = ("workers", "in flight", "runs/min", "of ideal", "base, MB", "peak, MB", "MB a run")


def measure(quick: bool) -> Sequence[Section]:
    """Every set of workers, ours and the others', some times over."""
    section = Section(
        f"Throughput with a model that takes {DELAY_S} s",
        "Finished runs a minute, the share of what the delay alone would allow, and the memory"
        " (PSS of the process tree: supervisor, dispatcher, workers) above the idle workers for"
        " each run in flight. Our run is the whole engine with its database"
        f" (SQLite; runs of {SITES} sites); a peer's job is the"
        f" same HTTP call ({WORDS} words, streamed) and one count in the same Redis.",
        HEADERS,
    )
    rounds = 1 if quick else ROUNDS
    outcomes: dict[str, list[Outcome]] = {}
    with Backend(pace=str(DELAY_S), sites=SITES) as backend:
        body = record_body(backend)
        weight = weigh_a_run(backend)
        section.constants["database_kb_a_run"] = weight.kilobytes
        for ours in (MAIN,) if quick else OURS:
            count = min(MOST, ours.in_flight * (TURNS_MAIN if ours is MAIN else TURNS))
            count = ours.in_flight * 2 if quick else count
            outcomes[ours.name] = [run_ours(backend, ours, count) for _ in range(rounds)]
        for peer in PEERS[1:2] if quick else PEERS:
            count = peer.in_flight * (2 if quick else TURNS)
            outcomes[peer.name] = [run_peer(backend, peer, count, body) for _ in range(rounds)]
    if not quick:
        outcomes[f"{MAIN.name}, PostgreSQL"] = on_postgresql(rounds)
    for name, found in outcomes.items():
        section.rows.append(_row(name, found))
    _judge(section, outcomes)
    section.notes += [_bound(weight), *_fixed(outcomes)]
    section.notes.append("Not measured: models that answer within a few milliseconds, Windows.")
    return [section]


def _bound(weight: Weight) -> str:
    """What bounds one interpreter, from the profile of this machine."""
    return (
        f"From submission to its end a run takes {figure(weight.processor_ms)} ms of processor in"
        f" one process, so that one interpreter ends at most"
        f" {figure(60_000 / weight.processor_ms)} a minute. Of them: {in_words(weight.parts)}."
        " A peer's job does none of this. More processes raise the bound."
    )


def _fixed(outcomes: dict[str, list[Outcome]]) -> list[str]:
    """How much of the memory above the idle workers does not come from the runs in flight."""
    wide = outcomes.get(WIDE.name)
    if not wide:
        return []
    few, many = (
        Spread.of(one.peak_mb for one in found).median for found in (outcomes[MAIN.name], wide)
    )
    above = Spread.of(one.peak_mb - one.base_mb for one in outcomes[MAIN.name]).median
    each = (many - few) / (WIDE.in_flight - MAIN.in_flight)
    fixed = above - each * MAIN.in_flight
    return [
        f"From {MAIN.in_flight} to {WIDE.in_flight} threads in one process the peak grows by"
        f" {each:.2f} MB a run. So {figure(fixed)} of the {figure(above)} MB above the idle workers"
        " are there with the first run: pages that the processes shared since the fork become"
        " their own, and statements are prepared."
    ]


def on_postgresql(rounds: int) -> list[Outcome]:
    """The main set of workers with a PostgreSQL of its own."""
    with postgresql() as url, Backend(database_url=url, pace=str(DELAY_S), sites=SITES) as backend:
        return [run_ours(backend, MAIN, MAIN.in_flight * TURNS) for _ in range(rounds)]


def _row(name: str, found: Sequence[Outcome]) -> Sequence[str]:
    def told(values: Iterable[float]) -> str:
        return str(Spread.of(values))

    return (
        name,
        str(found[0].in_flight),
        told(one.per_minute for one in found),
        f"{Spread.of(one.of_ideal for one in found).median:.0%}",
        told(one.base_mb for one in found),
        told(one.peak_mb for one in found),
        told(one.mb_a_run for one in found),
    )


def _judge(section: Section, outcomes: dict[str, list[Outcome]]) -> None:
    ours = outcomes[MAIN.name]
    share = Spread.of(one.of_ideal for one in ours).median
    memory = Spread.of(one.mb_a_run for one in ours).median
    section.goal(
        "50 runs in flight per worker process, 90 % of the ideal", f"{share:.0%}", share >= 0.9
    )
    section.goal("at most 2 MB a run in flight above the base", f"{memory:.2f} MB", memory <= 2)
    rate = _runs_per_mb(ours)
    for peer in PEERS:
        if peer.name in outcomes:
            theirs = _runs_per_mb(outcomes[peer.name])
            told = f"{figure(rate)} against {figure(theirs)}"
            section.goal(f"more runs a minute per MB than {peer.name}", told, rate > theirs)
    section.constants |= {
        "runs_per_minute_50_threads": Spread.of(one.per_minute for one in ours).median,
        "worker_base_mb": Spread.of(one.base_mb for one in ours).median,
        "worker_mb_a_run": memory,
    }


def _runs_per_mb(found: Sequence[Outcome]) -> float:
    return Spread.of(one.per_minute / one.peak_mb for one in found).median


if __name__ == "__main__":
    part.run(measure)
