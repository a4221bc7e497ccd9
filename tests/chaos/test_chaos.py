"""The short version of ``make chaos``; its controls and the rest run there."""

import pytest

from tests.chaos.audit import audit
from tests.chaos.ground import Ground
from tests.chaos.storm import Storm
from tests.lab.fault_proxy import FAULTS

pytestmark = pytest.mark.process


def test_nothing_is_lost_or_doubled_by_kills_and_outages() -> None:
    with Ground() as ground:
        storm = Storm(ground)
        storm.kill(6, 30)
        storm.redis_away(2)
        storm.redis_emptied()
        storm.bad_line(len(FAULTS), to_provider=False)
        ground.finish(150)
        found = audit(ground)
    assert storm.kills
    assert found.articles > 0
    assert found.faults == {}
