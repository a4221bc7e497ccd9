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


class Cluster:
    """Its files and its server, which may be stopped and started; MissingError where there is
    no PostgreSQL on this machine."""

    def __init__(self) -> None:
        found = sorted(INSTALLED.glob("*/bin/pg_ctl"))
        if not found:
            raise MissingError("PostgreSQL is not installed")
        tools = found[-1].parent
        self.home = Path(tempfile.mkdtemp(prefix="pg-"))  # pytest's own folders are closed
        self.url = f"postgresql://igny8@/postgres?host={self.home}"
        data = str(self.home / "data")
        self._pg_ctl = [str(tools / "pg_ctl"), "-D", data, "-w"]
        if os.geteuid() == 0:
            shutil.chown(self.home, "nobody", "nogroup")
        self._run([str(tools / "initdb"), "-D", data, "-U", "igny8", "-A", "trust", "--no-sync"])

    def start(self) -> None:
        """Start the server."""
        options = f"-k {self.home} -c listen_addresses='' -c fsync=off"
        self._run([*self._pg_ctl, "-o", options, "-l", str(self.home / "log"), "start"])

    def stop(self) -> None:
        """Stop the server as a crash would: no client is waited for, nothing is tidied up."""
        self._run([*self._pg_ctl, "-m", "immediate", "stop"])

    def remove(self) -> None:
        """Delete its files."""
        shutil.rmtree(self.home)

    def _run(self, command: list[str]) -> None:
        """Run quietly, and not as root, whom PostgreSQL refuses."""
        user = group = None
        if os.geteuid() == 0:
            user, group = "nobody", "nogroup"
        subprocess.run(
            command,
            cwd=self.home,
            user=user,
            group=group,
            check=True,
            timeout=TIMEOUT_S,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )


@contextmanager
def postgresql() -> Iterator[str]:
    """The URL of a cluster while it runs."""
    cluster = Cluster()
    try:
        cluster.start()
        try:
            yield cluster.url
        finally:
            cluster.stop()
    finally:
        cluster.remove()
