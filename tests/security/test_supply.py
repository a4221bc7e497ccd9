"""What is installed is what was locked, under licences that fit, and an audit never pretends."""

import json
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cyclonedx.output.json import JsonV1Dot6
from packaging.version import Version

from tests.lab.places import PLUGIN, REPO
from tests.security import audit
from tests.security.lock import PAGE, is_allowed, licences, pinned, unhashed
from tests.security.sbom import bill

LOCKS = [REPO / name for name in audit.LOCKS]
FLOORS = {
    "urllib3": "2.6.3", "requests": "2.32.4", "flask": "3.1.1", "werkzeug": "3.1.4",
    "gunicorn": "23", "markdown": "3.8.1",
}  # fmt: skip
NEVER = {"advocate", "litellm"}


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: str(lock.name))
def test_every_locked_package_has_a_hash_and_no_address(lock: Path) -> None:
    text = lock.read_text(encoding="utf-8")
    assert len(pinned(lock)) == len(re.findall(r"^[A-Za-z0-9]", text, re.M))
    assert unhashed(lock) == []
    assert not re.search(r"https?://|--index|--find-links|file://|git\+", text.split("\n", 8)[-1])


def test_the_lock_is_above_the_floors_of_known_faults() -> None:
    locked = pinned(REPO / "requirements.txt")
    for name, floor in FLOORS.items():
        assert Version(locked[name]) >= Version(floor), name
    assert not NEVER & set(locked)


def test_both_locks_agree() -> None:
    product, everything = (pinned(lock) for lock in LOCKS)
    assert product.items() <= everything.items()


def test_every_locked_package_has_a_licence_that_fits() -> None:
    known = licences()
    missing = sorted(set(pinned(LOCKS[1])) - set(known))
    assert missing == [], "installed packages differ from the lock: make setup"
    wrong = {name: known[name] for name in pinned(LOCKS[1]) if not is_allowed(known[name])}
    assert wrong == {}


@pytest.mark.parametrize("licence", ["GPL-3.0-only", "", "MIT AND AGPL-3.0-only", "Proprietary"])
def test_other_licences_do_not_fit(licence: str) -> None:
    assert not is_allowed(licence)


def test_the_page_of_licences_is_that_of_the_lock() -> None:
    listed = set(
        re.findall(r"^\| ([a-z0-9-]+) \| (\d\S*) \|", PAGE.read_text(encoding="utf-8"), re.M)
    )
    assert listed == set(pinned(LOCKS[1]).items())


def test_the_bill_of_materials_is_that_of_the_lock() -> None:
    told = json.loads(JsonV1Dot6(bill()).output_as_string())
    assert (told["bomFormat"], told["specVersion"]) == ("CycloneDX", "1.6")
    listed = {one["name"]: one for one in told["components"]}
    assert {name: one["version"] for name, one in listed.items()} == pinned(LOCKS[0])
    assert all(one["licenses"] for one in listed.values())


def test_setup_installs_by_hash() -> None:
    assert "--require-hashes" in (REPO / "Makefile").read_text(encoding="utf-8")


def test_the_plugin_brings_no_library_and_no_remote_script() -> None:
    scripts = [*PLUGIN.glob("assets/*.js"), *PLUGIN.glob("includes/**/*.php")]
    assert scripts
    remote = re.compile(r"(?:enqueue_(?:script|style)|src=|import\()[^\n]*https?://")
    assert [path.name for path in scripts if remote.search(path.read_text(encoding="utf-8"))] == []
    assert not list(PLUGIN.rglob("vendor")) + list(PLUGIN.rglob("node_modules"))


def advisories(tmp_path: Path, **row: str) -> Path:
    path, today = tmp_path / "advisories.json", f"{datetime.now(UTC).date()}"
    found = {"id": "CVE-0000-1", "name": "urllib3", "fixed": "2.6.3", **row}
    told = {"date": row.get("date", today), "advisories": [found]}
    path.write_text(json.dumps(told), encoding="utf-8")
    return path


def test_an_audit_by_a_dated_list_finds_what_it_names(tmp_path: Path) -> None:
    assert audit.against_file(advisories(tmp_path)) == audit.GOOD
    assert audit.against_file(advisories(tmp_path, fixed="99.0")) == audit.VULNERABLE


def test_an_audit_that_could_not_check_fails(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for path in (advisories(tmp_path, date="2024-10-01"), tmp_path / "missing", REPO / "Makefile"):
        assert audit.against_file(path) == audit.NOT_CHECKED
        assert "NOT CHECKED" in capsys.readouterr().err


def test_without_a_network_the_audit_fails_and_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    done = subprocess.run(
        [sys.executable, "-m", "tests.security.audit"],
        cwd=REPO,
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    assert done.returncode == audit.NOT_CHECKED
    assert "NOT CHECKED" in done.stderr
