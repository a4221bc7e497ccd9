"""The short version of ``make chaos``, and a control: the audit notices what it is there for."""

import pytest

from tests.chaos import controls, poison
from tests.chaos.audit import audit
from tests.chaos.ground import Ground
from tests.chaos.storm import Storm

pytestmark = pytest.mark.process
KILLS = 8
POISONS, RUNS = 3, 30


def test_nothing_is_lost_or_doubled_by_kills_and_outages() -> None:
    with Ground() as ground:
        storm = Storm(ground)
        storm.kill(KILLS, 30)
        storm.redis_away(2)
        storm.redis_emptied()
        storm.bad_line(1.5, to_provider=False)
        ground.finish(150)
        found = audit(ground)
    assert len(storm.kills) > 1
    assert found.articles > 0
    assert found.faults == {}


def test_a_worker_that_forgets_what_it_paid_is_caught() -> None:
    assert controls.without_checkpoints().paid_twice_unsaid > 0


def test_runs_that_kill_their_worker_are_quarantined_and_the_others_finish() -> None:
    found = poison.run_among(POISONS, RUNS)
    others = RUNS - POISONS
    assert (found.quarantined, found.finished, found.articles) == (POISONS, others, others)
    assert found.faults == {}
