"""What a killed run left behind: the next one ends its processes and removes its folders."""

import os
import shutil
import signal
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from tests.lab.processes import started

OWNER = "owner"
PROC = Path("/proc")


def claim(folder: Path) -> None:
    """Note that this process answers for ``folder``."""
    (folder / OWNER).write_text(f"{os.getpid()} {started(os.getpid())}")


def sweep(folders: Iterable[Path]) -> None:
    """Clear every claimed folder whose owner is gone."""
    for folder in folders:
        note = folder / OWNER
        if note.is_file() and PROC.is_dir() and not _owner_lives(note.read_text()):
            for pid in _recorded(folder):
                if _belongs(pid, folder):
                    with suppress(ProcessLookupError):
                        os.killpg(pid, signal.SIGKILL)
            shutil.rmtree(folder, ignore_errors=True)


def _owner_lives(note: str) -> bool:
    pid, _, since = note.partition(" ")
    return pid.isdigit() and started(int(pid)) == since


def _recorded(folder: Path) -> list[int]:
    return [int(note.read_text()) for note in folder.rglob("*.log.pid")]


def _belongs(pid: int, folder: Path) -> bool:
    """Whether a process was started for ``folder``: its arguments, settings or place say so."""
    of_process = PROC / str(pid)
    try:
        traces = [(of_process / name).read_bytes() for name in ("cmdline", "environ")]
        traces.append(os.fsencode((of_process / "cwd").readlink()))
    except OSError:
        return False
    return any(os.fsencode(folder) in trace for trace in traces)
