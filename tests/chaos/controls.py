"""Runs with a guard taken out: the audit has to notice, or its zeros mean nothing."""

from tests.chaos.audit import Audit, audit
from tests.chaos.ground import Ground
from tests.chaos.storm import POINTS, Storm
from tests.lab.processes import wait_until

UNGUARDED = ("-m", "tests.chaos.unguarded")
TITLE = "Article on the habits of hedgehogs"


def without_checkpoints() -> Audit:
    """Workers that do not look up paid replies, killed after the reply was stored."""
    saving = next(point for point in POINTS if point.name == "article in SAVE")
    with Ground(UNGUARDED) as ground:
        storm = Storm(ground)
        for number in range(3):
            ground.submit(f"{TITLE} {number}")
            wait_until(lambda: saving.is_met(ground), 30, "an article in SAVE", pause=0.002)
            storm.ground.kill_horses()
        ground.finish(90)
        return audit(ground)


def without_idempotent_site() -> Audit:
    """A site that makes a post for every request, and whose answers get lost."""
    with Ground() as ground:
        ground.site.idempotent = False
        ground.way.fault, ground.way.rate = "lost_answer", 0.5
        for number in range(4):
            ground.submit(f"{TITLE} {number}")
        wait_until(lambda: ground.way.struck >= 2, 60, "answers were lost")
        ground.way.fault = None
        ground.finish(90)
        return audit(ground)
