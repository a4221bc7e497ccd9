"""The units of ``deploy/`` start what there is, and stop it without cutting jobs off."""

import shlex
from configparser import ConfigParser
from pathlib import Path

import pytest

from workers.__main__ import command_line

UNITS = Path(__file__).parents[2] / "deploy" / "systemd"
WORKERS = ["igny8-workers", "igny8-workers-only"]
LONGEST_JOB_S = 900


def service(name: str) -> dict[str, str]:
    unit = ConfigParser(interpolation=None, strict=False)
    unit.optionxform = str  # type: ignore[assignment, method-assign]
    unit.read(UNITS / f"{name}.service", encoding="utf-8")
    return dict(unit["Service"])


@pytest.mark.parametrize(
    ("name", "workers", "dispatches"),
    [
        ("igny8-workers", None, True),
        ("igny8-workers-only", None, False),
        ("igny8-dispatcher", 0, True),
    ],
)
def test_a_unit_starts_its_part(name: str, workers: int | None, dispatches: bool) -> None:
    words = shlex.split(service(name)["ExecStart"])
    assert words[1:3] == ["-m", "workers"]
    asked = command_line().parse_args(words[3:])
    assert (0 if asked.dispatcher else asked.workers) == workers
    assert (not asked.no_dispatcher) == dispatches


@pytest.mark.parametrize("name", WORKERS)
def test_the_parent_alone_is_told_to_stop_and_has_the_time_of_the_longest_job(name: str) -> None:
    unit = service(name)
    assert unit["KillMode"] == "mixed"
    assert int(unit["TimeoutStopSec"]) >= LONGEST_JOB_S
    assert unit["OOMPolicy"] == "continue"


def test_workers_and_dispatcher_are_not_asked_for_both_apart_and_together() -> None:
    with pytest.raises(SystemExit):
        command_line().parse_args(["--dispatcher", "--no-dispatcher"])
