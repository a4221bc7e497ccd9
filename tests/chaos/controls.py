"""Runs with a guard taken out: the audit has to notice, or its zeros mean nothing."""

from tests.chaos.audit import Audit, audit
from tests.chaos.ground import Ground
from tests.lab.processes import wait_until

CONTROL_S = 300  # longest time for the work of a control
UNGUARDED = ("-m", "tests.chaos.unguarded")
BETWEEN_TWO_CALLS = """
select 1 from ai_task_log r join paid_call c on c.run_id = r.id
where r.function_name = 'generate_images' and r.state = 'running' and c.state = 'done'
"""
TITLE = "Article on the habits of hedgehogs"


def without_checkpoints() -> Audit:
    """Workers that do not look up paid replies, killed after the reply was stored."""
    with Ground(UNGUARDED) as ground:
        ground.submit(TITLE)
        wait_until(lambda: bool(ground.rows(BETWEEN_TWO_CALLS)), 60, "a picture is drawn")
        ground.kill_horses()
        ground.finish(CONTROL_S)
        return audit(ground)


def without_idempotent_site() -> Audit:
    """A site that makes a post for every request, and whose answers get lost."""
    with Ground() as ground:
        ground.site.idempotent = False
        ground.site.unanswered = 2
        for number in range(2):
            ground.submit(f"{TITLE} {number}")
        ground.finish(CONTROL_S)
        return audit(ground)
