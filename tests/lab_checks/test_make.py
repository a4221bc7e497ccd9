"""The commands of the Makefile do what their help says."""

import re
import subprocess
import time
import zipfile

import pytest

from tests.lab.places import REPO

pytestmark = pytest.mark.process
PROMISED = {"help", "setup", "demo", "test", "test-fast", "lint", "fmt", "plugin-zip"}
SECURITY = {"security", "audit", "licences", "sbom"}
PARTS = SECURITY | {"chaos", "bench", "bench-quick", "profile", "worker", "api", "sandbox", "clean"}


def make(*targets: str) -> str:
    done = subprocess.run(
        ["make", *targets], cwd=REPO, check=False, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_help_is_the_default_and_names_every_command() -> None:
    listed = set(re.findall(r"^  make ([a-z-]+) ", make(), re.MULTILINE))
    assert listed == PROMISED | PARTS


def test_a_second_setup_takes_no_time() -> None:
    make("setup")
    started = time.monotonic()
    make("setup")
    assert time.monotonic() - started < 2


def test_the_plugin_zip_holds_the_plugin_and_nothing_else() -> None:
    make("plugin-zip")
    with zipfile.ZipFile(REPO / "dist/igny8.zip") as archive:
        names = archive.namelist()
    assert "igny8/igny8.php" in names
    assert {name.split("/")[0] for name in names} == {"igny8"}
    hidden_or_tests = [n for n in names if "/." in n or n.startswith("igny8/tests/")]
    assert hidden_or_tests == []
