"""Memory of a tree of processes, as the kernel shares it out: PSS."""

import threading
from collections.abc import Iterable
from pathlib import Path

from tests.lab.processes import descendants

PAUSE_S = 0.5


def pss_mb(pids: Iterable[int]) -> float:
    """Proportional set size of some processes in MB; the dead count nothing."""
    return sum(_pss_kb(pid) for pid in pids) / 1024


def tree_mb(pid: int) -> float:
    """The same of a process with all that descend from it."""
    return pss_mb([pid, *descendants(pid)])


def _pss_kb(pid: int) -> int:
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="utf-8")
    except OSError:
        return 0
    lines = (line.split() for line in text.splitlines())
    return next((int(words[1]) for words in lines if words and words[0] == "Pss:"), 0)


class Peak:
    """Watches a process tree from a thread; ``mb`` is the most it has taken."""

    def __init__(self, pid: int) -> None:
        self.mb = 0.0
        self._pid = pid
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> "Peak":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def _watch(self) -> None:
        while True:
            self.mb = max(self.mb, tree_mb(self._pid))
            if self._done.wait(PAUSE_S):
                return
