"""Processes of the lab come up, fail readably, and end without leaving children."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.lab.leftovers import claim, sweep
from tests.lab.places import REPO, LabError
from tests.lab.processes import Process, free_port, need, run, wait_until
from tests.lab.services import Redis
from tests.lab.stack import Stack

pytestmark = pytest.mark.process
PARENT = """
import subprocess, sys, time
sleeper = [sys.executable, "-c", "import time; time.sleep(600)"]
child = subprocess.Popen(sleeper, start_new_session=True)
print(child.pid, flush=True)
time.sleep(600)
"""


def python(code: str, folder: Path) -> Process:
    return Process("a script", [sys.executable, "-c", code], folder / "log")


def gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    return state == "Z"


def test_a_process_that_dies_shows_its_last_words(tmp_path: Path) -> None:
    process = python("raise SystemExit('no such database')", tmp_path)
    with pytest.raises(LabError, match=r"ended at once(.|\n)*no such database"):
        process.wait_ready(lambda: False)


def test_a_process_that_is_too_slow_is_ended_and_named(tmp_path: Path) -> None:
    process = python("import time; print('still warming up', flush=True); time.sleep(60)", tmp_path)
    wait_until(lambda: "warming" in process.tail(), 10, "first line")
    with pytest.raises(LabError, match=r"a script did not become ready(.|\n)*still warming up"):
        process.wait_ready(lambda: False, seconds=0.2)
    assert not process.alive


@pytest.mark.parametrize("end", [Process.stop, Process.kill])
def test_the_children_of_a_process_end_with_it(tmp_path: Path, end: object) -> None:
    process = python(PARENT, tmp_path)
    wait_until(lambda: process.tail().strip().isdigit(), 10, "the child's pid")
    child = int(process.tail())
    assert callable(end)
    end(process)
    wait_until(lambda: gone(child), 5, "the child is gone")
    assert not process.alive


def test_a_free_port_is_free_and_given_once() -> None:
    ports = {free_port() for _ in range(50)}
    assert len(ports) == 50
    for port in ports:
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", port))


def test_missing_commands_are_all_named() -> None:
    with pytest.raises(LabError, match=r"no-such-tool, nor-this.*make setup"):
        need("no-such-tool", "sh", "nor-this")


def test_a_failed_command_says_why() -> None:
    with pytest.raises(LabError, match="counting failed: seven is not a number"):
        run(["sh", "-c", "echo seven is not a number >&2; exit 4"], "counting")


def test_redis_comes_back_with_its_data_after_a_crash(tmp_path: Path) -> None:
    server = Redis(tmp_path)
    try:
        server.client.set("kept", "yes")
        server.process.kill()
        assert not server.answers()
        server.restart()
        assert server.client.get("kept") == b"yes"
    finally:
        server.stop()


ORPHAN = """
import os, sys
from pathlib import Path
from tests.lab.leftovers import claim
from tests.lab.processes import Process
folder = Path(sys.argv[1])
claim(folder)
child = [sys.executable, "-c", "import time; time.sleep(600)", str(folder)]
print(Process("a server", child, folder / "server.log").pid, flush=True)
os._exit(1)
"""


def test_the_next_run_clears_what_a_killed_one_left(tmp_path: Path) -> None:
    abandoned, own = tmp_path / "abandoned", tmp_path / "own"
    abandoned.mkdir()
    own.mkdir()
    claim(own)
    killed = subprocess.run(
        [sys.executable, "-c", ORPHAN, str(abandoned)],
        cwd=REPO,
        check=False,  # it ends itself on purpose
        capture_output=True,
        text=True,
    )
    server = int(killed.stdout)
    assert not gone(server)
    sweep(tmp_path.iterdir())
    wait_until(lambda: gone(server), 5, "the server is gone")
    assert list(tmp_path.iterdir()) == [own]


def test_the_stack_inherits_no_settings_and_keeps_secrets_private(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://production/igny8")
    monkeypatch.setenv("OPENAI_API_KEY", "sk-real")
    first, second = Stack(folder=tmp_path / "a"), Stack(folder=tmp_path / "b")
    assert first.env["DATABASE_URL"] == f"sqlite:///{tmp_path}/a/igny8.db"
    assert "sk-real" not in first.env.values()
    for name in ("IGNY8_KEYS", "IGNY8_PEPPER", "IGNY8_PUBLIC_URL", "OPENAI_BASE_URL"):
        assert first.env[name] != second.env[name]
    assert first.folder.stat().st_mode & 0o077 == 0
