"""A private PostgreSQL cluster on a socket in a folder of its own."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.lab.places import MissingError

INSTALLED = Path("/usr/lib/postgresql")
TIMEOUT_S = 120


@contextmanager
def postgresql() -> Iterator[str]:
    """The cluster's URL while it runs; raises MissingError where PostgreSQL is not installed."""
    found = sorted(INSTALLED.glob("*/bin/pg_ctl"))
    if not found:
        raise MissingError("PostgreSQL is not installed")
    tools = found[-1].parent
    home = Path(tempfile.mkdtemp(prefix="pg-"))  # pytest's own folders are closed to others
    data = str(home / "data")
    pg_ctl = [str(tools / "pg_ctl"), "-D", data, "-w"]
    options = f"-k {home} -c listen_addresses='' -c fsync=off"
    try:
        _run(home, [str(tools / "initdb"), "-D", data, "-U", "igny8", "-A", "trust", "--no-sync"])
        _run(home, [*pg_ctl, "-o", options, "-l", str(home / "log"), "start"])
        try:
            yield f"postgresql://igny8@/postgres?host={home}"
        finally:
            _run(home, [*pg_ctl, "-m", "immediate", "stop"])
    finally:
        shutil.rmtree(home)


def _run(home: Path, command: list[str]) -> None:
    """Run quietly, and not as root, whom PostgreSQL refuses."""
    user = group = None
    if os.geteuid() == 0:
        shutil.chown(home, "nobody", "nogroup")
        user, group = "nobody", "nogroup"
    subprocess.run(
        command,
        cwd=home,
        user=user,
        group=group,
        check=True,
        timeout=TIMEOUT_S,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
