"""Child processes: a log file each, a deadline to become ready, an end that touches nobody else."""

import os
import random
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import requests

from tests.lab.places import LabError, MissingError

PORTS = range(20_000, 32_000)  # below the kernel's ephemeral range: no outgoing call takes them
TAIL_LINES = 25
_handed_out: set[int] = set()


def free_port() -> int:
    """A loopback port nobody listens on, never handed out twice by this process."""
    for _ in range(200):
        port = random.choice(PORTS)
        if port in _handed_out:
            continue
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        _handed_out.add(port)
        return port
    raise LabError("no free port found on 127.0.0.1")


def need(*commands: str, hint: str = "run `make setup` as root") -> None:
    """Raise MissingError naming every command that is not on the PATH."""
    missing = [command for command in commands if shutil.which(command) is None]
    if missing:
        raise MissingError(f"missing on this machine: {', '.join(missing)} ({hint})")


def wait_until(ready: Callable[[], bool], seconds: float, what: str, pause: float = 0.05) -> None:
    """Poll ``ready`` until it is true; LabError after ``seconds``."""
    deadline = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > deadline:
            raise LabError(f"{what}: not after {seconds:g} s")
        time.sleep(pause)


def run(
    command: Sequence[str], what: str, error: type[LabError] = LabError, **options: object
) -> str:
    """Run a command to its end and return its output; ``error`` with its last lines on failure."""
    done = subprocess.run(  # type: ignore[call-overload]
        list(command), capture_output=True, text=True, check=False, **options
    )
    if done.returncode:
        lines = (done.stderr or done.stdout).strip().splitlines()
        raise error(f"{what} failed: {' | '.join(lines[-6:]) or done.returncode}")
    return str(done.stdout)


def reachable(url: str, expected: range = range(200, 500)) -> bool:
    """Whether ``url`` answers with a status in ``expected``."""
    try:
        return requests.get(url, timeout=5).status_code in expected
    except requests.RequestException:
        return False


class Process:
    """One child process in its own group; its output goes to ``log``."""

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        log: Path,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        pass_fds: Sequence[int] = (),
    ) -> None:
        self.name = name
        self.log = log
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("ab") as output:
            self._popen = subprocess.Popen(
                list(command),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=dict(env) if env is not None else None,
                cwd=cwd,
                start_new_session=True,
                pass_fds=pass_fds,
            )
        log.with_name(f"{log.name}.pid").write_text(str(self.pid))

    @property
    def pid(self) -> int:
        return self._popen.pid

    @property
    def alive(self) -> bool:
        return self._popen.poll() is None

    def tail(self, lines: int = TAIL_LINES) -> str:
        """The last lines the process wrote."""
        text = self.log.read_text(errors="replace") if self.log.exists() else ""
        return "\n".join(text.splitlines()[-lines:])

    def wait_ready(self, ready: Callable[[], bool], seconds: float = 30) -> None:
        """Wait for ``ready``; LabError with the log's end when the process died or is too slow."""

        def settled() -> bool:
            return not self.alive or ready()

        try:
            wait_until(settled, seconds, f"{self.name} did not become ready")
        except LabError as late:
            self.stop(grace=1)
            raise LabError(f"{late}; its log ends:\n{self.tail()}") from None
        if not self.alive:
            raise LabError(
                f"{self.name} ended at once (code {self._popen.returncode}); "
                f"its log ends:\n{self.tail()}"
            )

    def stop(self, grace: float = 10) -> None:
        """Ask the process to end, then make it and whatever it leaves behind end."""
        family = {pid: started(pid) for pid in descendants(self.pid)}
        if self.alive:
            self._popen.terminate()
            with suppress(subprocess.TimeoutExpired):
                self._popen.wait(grace)
        self._end([pid for pid, since in family.items() if since and started(pid) == since])

    def kill(self) -> None:
        """SIGKILL the process with all its descendants: a crash without any chance to tidy up."""
        signal_all([self.pid], signal.SIGSTOP)  # it starts no more children while we count them
        self._end(descendants(self.pid))

    def _end(self, family: Sequence[int]) -> None:
        signal_all([*family, *descendants(self.pid)], signal.SIGKILL)
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        self._popen.wait()


def started(pid: int) -> str:
    """When a process began, in the kernel's ticks; '' when there is none. Tells reused pids."""
    fields = _read(Path(f"/proc/{pid}/stat")).rpartition(")")[2].split()
    return fields[19] if fields else ""


def children(pid: int) -> list[int]:
    """The direct children of a process."""
    try:
        threads = list(Path(f"/proc/{pid}/task").iterdir())
    except OSError:  # it ended while we looked
        return []
    return [int(child) for thread in threads for child in _read(thread / "children").split()]


def descendants(pid: int) -> list[int]:
    """Children of a process, their children and so on, also those in groups of their own."""
    found = children(pid)
    for child in found:  # grows while it is walked
        found.extend(children(child))
    return found


def _read(path: Path) -> str:
    """The text of a file of /proc; '' when its process is gone."""
    try:
        return path.read_text()
    except OSError:
        return ""


def signal_all(pids: Sequence[int], number: signal.Signals) -> None:
    """Signal processes, whether or not they still live."""
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, number)
