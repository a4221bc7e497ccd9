"""Runs that kill whoever executes them, among runs that do not."""

from collections import Counter
from dataclasses import asdict, dataclass

from igny8_flask import runs
from tests.chaos.case import Case
from tests.chaos.ground import Ground
from tests.chaos.poisoned import KILLS_JOB, KILLS_WORKER
from tests.factories import make_task
from tests.lab.processes import wait_until

POISONED = ("-m", "tests.chaos.poisoned")
POISONS, ALL = 20, 200
END_S = 400
PLAIN = {"images": False, "publish": False}
REASON = "died 3 times"
RUNS = """
select r.id, r.state, r.error_code, r.error, r.attempts, r.crashes, t.title, t.id as task_id,
    (select count(*) from paid_call c where c.run_id = r.id and c.state = 'done') as paid,
    (select count(*) from content c where c.task_id = t.id) as articles
from ai_task_log r join task t on t.id = replace(json_extract(r.payload, '$.ids[0]'), '-', '')
where r.is_batch = 0
"""


@dataclass(frozen=True)
class Poisoned:
    """What became of a batch; the audit of its own."""

    runs: int
    quarantined: int
    finished: int
    articles: int
    told_otherwise: int  # quarantined without the code, the reason or three counted attempts
    paid_twice: int
    paid_untold: int  # billed by the provider, unknown to the ledger

    @property
    def faults(self) -> dict[str, int]:
        """What must not be."""
        return {
            name: count
            for name, count in asdict(self).items()
            if name in ("told_otherwise", "paid_twice", "paid_untold") and count
        }


def run_among(poisons: int, total: int) -> Poisoned:
    """A batch in which every so many articles kill their worker, half of them after the money."""
    with Ground(POISONED, pace="0.05") as ground:
        site = ground.plugin.site
        tasks = [make_task(site, title=title, word_count=300) for title in _titles(poisons, total)]
        runs.submit(site, "generate_content", [task.id for task in tasks], PLAIN)
        wait_until(lambda: ground.live() == 0, END_S, "all work has ended", pause=0.5)
        return _count(ground)


def _titles(poisons: int, total: int) -> list[str]:
    every = total // poisons
    marks = (KILLS_JOB, KILLS_WORKER)
    return [
        f"Article {n} on moles" + (f" {marks[n // every % 2]}" if n % every == 0 else "")
        for n in range(total)
    ]


def _count(ground: Ground) -> Poisoned:
    rows = ground.rows(RUNS)
    poisoned = [row for row in rows if "[kills" in row["title"]]
    states = Counter(row["state"] for row in rows if "[kills" not in row["title"])
    as_promised = [
        row
        for row in poisoned
        if (row["state"], row["error_code"]) == ("failure", "poison")
        and REASON in row["error"]
        and (row["attempts"], row["crashes"]) == (3, 3)
    ]
    billed = sum(bool(entry["billed"]) for entry in ground.sandbox.journal())
    return Poisoned(
        runs=len(rows),
        quarantined=sum(row["error_code"] == "poison" for row in rows),
        finished=states["success"],
        articles=sum(row["articles"] for row in rows),
        told_otherwise=len(poisoned) - len(as_promised),
        paid_twice=sum(max(row["paid"] - 1, 0) for row in rows),
        paid_untold=max(billed - sum(row["paid"] for row in rows), 0),
    )


def case(poisons: int = POISONS, total: int = ALL) -> Case:
    """The row of the report."""
    found = run_among(poisons, total)
    others = total - poisons
    kept = (found.quarantined, found.finished, found.articles) == (poisons, others, others)
    told = ", ".join(f"{name.replace('_', ' ')} {n}" for name, n in found.faults.items())
    return Case(
        f"{poisons} runs among {total} that kill their job, or their worker after the money",
        "each quarantined after three deaths with the reason, all others end, nothing paid twice",
        f"{found.quarantined} quarantined, {found.finished} finished, {found.articles} articles,"
        f" faults: {told or 'none'}",
        kept and not found.faults,
    )
