"""The short version of ``make chaos``, and the controls that show that its audit has eyes."""

import pytest

from tests.chaos import controls
from tests.chaos.audit import audit
from tests.chaos.ground import Ground
from tests.chaos.storm import Storm
from tests.lab.fault_proxy import FAULTS

pytestmark = pytest.mark.process


def test_nothing_is_lost_or_doubled_by_kills_and_outages() -> None:
    with Ground() as ground:
        storm = Storm(ground)
        storm.kill(12, 20)
        storm.redis_away(2)
        storm.redis_emptied()
        storm.bad_line(len(FAULTS), to_provider=False)
        ground.finish(90)
        found = audit(ground)
    assert sum(storm.kills.values()) >= 6, storm.kills
    assert found.articles > 0
    assert found.faults == {}


def test_the_audit_sees_a_reply_that_is_paid_twice() -> None:
    assert "paid_twice_unsaid" in controls.without_checkpoints().faults


def test_the_audit_sees_a_duplicate_post() -> None:
    assert "duplicate_posts" in controls.without_idempotent_site().faults
