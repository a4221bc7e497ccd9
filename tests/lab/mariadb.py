"""A private MariaDB server for one WordPress, on a socket of its own."""

import fcntl
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from tests.lab.places import cache_dir
from tests.lab.processes import Process, need, run

SMALL = [
    "--skip-networking",
    "--skip-log-bin",
    "--performance-schema=OFF",
    "--innodb-buffer-pool-size=32M",
    "--innodb-log-file-size=8M",
    "--innodb-flush-log-at-trx-commit=0",
]


class MariaDB:
    """A server with an empty database ``wp``; its data lives in ``folder``."""

    def __init__(self, folder: Path) -> None:
        need("mariadbd", "mariadb", "mariadb-install-db", "mariadb-dump")
        # A socket path has room for about a hundred characters: not below a deep checkout.
        self._rundir = Path(tempfile.mkdtemp(prefix="igny8-db-"))
        self.socket = self._rundir / "db.sock"
        data = folder / "mysql"
        shutil.copytree(_template(), data)
        self.process = Process(
            "MariaDB",
            [
                "mariadbd",
                *_common(),
                f"--datadir={data}",
                f"--socket={self.socket}",
                f"--pid-file={self._rundir / 'db.pid'}",
                *SMALL,
            ],
            folder / "mysql.log",
        )
        self.process.wait_ready(self._answers, 60)

    def dump(self, target: Path) -> None:
        """Write the whole database to ``target`` as SQL."""
        with target.open("w") as out:
            command = ["mariadb-dump", *self._client(), "--single-transaction", "wp"]
            subprocess.run(command, stdout=out, check=True)

    def load(self, source: Path) -> None:
        """Replace the database by what ``dump`` wrote."""
        again = "drop database wp; create database wp"
        run(["mariadb", *self._client(), "-e", again], "emptying the database")
        with source.open() as sql:
            run(["mariadb", *self._client(), "wp"], "loading the database", stdin=sql)

    def stop(self) -> None:
        self.process.stop()
        shutil.rmtree(self._rundir, ignore_errors=True)

    def _client(self) -> list[str]:
        return ["--no-defaults", "-uroot", f"-S{self.socket}"]

    def _answers(self) -> bool:
        command = ["mariadb", *self._client(), "-e", "create database if not exists wp"]
        return subprocess.run(command, capture_output=True, check=False).returncode == 0


def _common() -> list[str]:
    return ["--no-defaults", *(["--user=root"] if os.geteuid() == 0 else [])]


def _template() -> Path:
    """An empty data folder, made once and copied for every server."""
    folder = cache_dir() / "mariadb-template"
    with (cache_dir() / "mariadb.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            part = folder.with_suffix(".part")
            shutil.rmtree(part, ignore_errors=True)
            run(
                [
                    "mariadb-install-db",
                    *_common(),
                    f"--datadir={part}",
                    "--auth-root-authentication-method=normal",
                    "--skip-test-db",
                    "--innodb-log-file-size=8M",
                ],
                "preparing MariaDB",
            )
            part.rename(folder)
    return folder
