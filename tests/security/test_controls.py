"""Each control, switched off, is missed by a test: none of them is only decoration."""

import subprocess
import sys
from collections.abc import Iterable

import pytest

from tests.lab.places import REPO
from tests.security.conftest import Teller
from tests.security.controls import CONTROLS

FAILED, PASSED = 1, 0


def run(without: str, tests: Iterable[str]) -> "subprocess.CompletedProcess[str]":
    """The tests in a process of their own, with one control off, or none."""
    plugin = ("-p", "tests.security.switch_off", "--without", without)
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *plugin]
    return subprocess.run(
        [*command, *tests], cwd=REPO, capture_output=True, text=True, timeout=280, check=False
    )


@pytest.fixture
def only_full(full: bool) -> None:
    if not full:
        pytest.skip("a process a control: only in the long run (make security)")


@pytest.mark.usefixtures("only_full")
@pytest.mark.timeout(600)
def test_with_all_controls_the_tests_pass() -> None:
    tests = sorted({test for control in CONTROLS.values() for test in control.tests})
    done = run("", tests)
    assert done.returncode == PASSED, done.stdout[-3000:]


@pytest.mark.usefixtures("only_full")
@pytest.mark.parametrize("name", CONTROLS)
def test_a_control_that_is_off_is_missed(name: str, tell: Teller) -> None:
    done = run(name, CONTROLS[name].tests)
    assert done.returncode == FAILED, (
        f"nobody missed {name}:\n{done.stdout[-2000:]}{done.stderr[-500:]}"
    )
    tell(f"{CONTROLS[name].decision} without {name}", "caught")


def test_there_are_controls_enough() -> None:
    assert len(CONTROLS) >= 12
