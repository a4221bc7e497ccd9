"""``make audit``: known vulnerabilities in the locked packages; "could not check" is a failure.

Asks the package index through pip-audit. Without a network, ``ADVISORIES=file`` names a dated list:
``{"date": "2026-11-01", "advisories": [{"id": "CVE-…", "name": "urllib3", "fixed": "2.6.3"}]}``.
"""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from packaging.version import Version

from tests.lab.places import REPO
from tests.security.lock import pinned

LOCKS = ("requirements.txt", "requirements-dev.txt")
OLDEST = timedelta(days=30)
GOOD, VULNERABLE, NOT_CHECKED = 0, 1, 2


def main(environ: Mapping[str, str]) -> int:
    """Check against the file that is named, else against the index."""
    path = environ.get("ADVISORIES")
    return against_file(Path(path)) if path else against_index()


def against_index() -> int:
    """Let pip-audit ask; it fails strictly, and its reason is shown."""
    command = ["-m", "pip_audit", "--strict", "--require-hashes", "--disable-pip"]
    locks = [part for lock in LOCKS for part in ("-r", str(REPO / lock))]
    done = subprocess.run(
        [sys.executable, *command, "--progress-spinner", "off", *locks],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode == GOOD:
        print("audit: no known vulnerability in the locked packages")
        return GOOD
    if "Found " in done.stderr and "known vulnerabilit" in done.stderr:
        print(done.stdout + done.stderr)
        return VULNERABLE
    reason = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
    return _not_checked(f"the index of advisories did not answer: {reason}")


def against_file(path: Path) -> int:
    """Compare the locks with a dated list; an old or broken list counts as no check."""
    try:
        told: Any = json.loads(path.read_text(encoding="utf-8"))
        dated = date.fromisoformat(told["date"])
        rows = [(row["id"], row["name"].lower(), row["fixed"]) for row in told["advisories"]]
    except (OSError, ValueError, KeyError, TypeError) as error:
        return _not_checked(f"{path} cannot be read as a list of advisories: {error}")
    if datetime.now(UTC).date() - dated > OLDEST:
        return _not_checked(f"{path} is of {dated}: older than {OLDEST.days} days")
    locked = {name: version for lock in LOCKS for name, version in pinned(REPO / lock).items()}
    found = [
        f"{identity}: {name} {locked[name]} is older than {fixed}"
        for identity, name, fixed in rows
        if name in locked and Version(locked[name]) < Version(fixed)
    ]
    print("\n".join(found) or f"audit: none of {len(rows)} advisories of {dated} applies")
    return VULNERABLE if found else GOOD


def _not_checked(reason: str) -> int:
    print(f"audit: NOT CHECKED, {reason}", file=sys.stderr)
    return NOT_CHECKED


if __name__ == "__main__":
    sys.exit(main(os.environ))
