"""How long single runs of one site wait beside a flood of another."""

import time
from dataclasses import dataclass

import uuid6
from sqlalchemy import insert

from igny8_flask.db import db
from igny8_flask.models import AITaskLog
from tests.chaos.ground import Ground
from tests.factories import make_site
from tests.integration.jobs_by_hand import submit_article
from tests.lab.processes import wait_until

SINGLES = 10
MOST = 3  # times the wait alone
SETTINGS = {"IGNY8_WORKER_KIND": "threads", "IGNY8_WORKER_SLOTS": "12", "IGNY8_SITE_SLOTS": "3"}


@dataclass(frozen=True)
class Waits:
    """Seconds from acceptance to the start of each single run, alone and beside the flood."""

    flood: int
    alone: tuple[float, ...]
    beside: tuple[float, ...]

    @property
    def ratio(self) -> float:
        """How many times longer the waits are, all taken together."""
        return sum(self.beside) / sum(self.alone)


def measure(ground: Ground, flood: int) -> Waits:
    """Ten single runs of site B, one after the other: alone, then beside a flood of site A."""
    _singles(ground, 1)  # the workers have started
    alone = _singles(ground, SINGLES)
    _flood(flood)
    wait_until(lambda: ground.live() > flood - 50, 30, "the flood is there")
    return Waits(flood, alone, _singles(ground, SINGLES))


def _flood(count: int) -> None:
    site = make_site().site
    template = submit_article(site)
    values = {
        "account_id": site.account_id,
        "site_id": site.id,
        "function_name": template.function_name,
        "payload": template.payload,
    }
    rows = [{**values, "id": uuid6.uuid7(), "work_key": f"flood {n}"} for n in range(count)]
    db.session.execute(insert(AITaskLog), rows)
    db.session.commit()


def _singles(ground: Ground, count: int) -> tuple[float, ...]:
    site = make_site().site
    return tuple(_wait_of(ground, submit_article(site).id.hex) for _ in range(count))


def _wait_of(ground: Ground, run_id: str) -> float:
    begun = time.monotonic()
    sql = "select 1 from ai_task_log where id = ? and started_at is not null"
    wait_until(lambda: bool(ground.rows(sql, run_id)), 60, "a start", pause=0.01)
    return time.monotonic() - begun
