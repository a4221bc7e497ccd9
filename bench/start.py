"""Start and import: how long until the processes are ready, and what they weigh at rest."""

import subprocess
import sys
import time
from collections.abc import Callable, Sequence

from bench import part
from bench.backend import Backend
from bench.memory import tree_mb
from bench.report import Section, Spread, figure
from tests.lab.places import REPO
from tests.lab.processes import Process

IMPORTS = ("igny8_flask", "igny8_flask.content", "wsgi")
TOP = 6
REST_S = 1.0


def import_ms(module: str, env: dict[str, str]) -> float:
    """A fresh interpreter's time for one import, without its own start."""
    code = f"import time; t = time.perf_counter(); import {module}; print(time.perf_counter() - t)"
    told = subprocess.run(
        [sys.executable, "-c", code], cwd=REPO, env=env, check=True, capture_output=True, text=True
    )
    return float(told.stdout) * 1000


def slowest_imports(module: str, env: dict[str, str]) -> list[tuple[str, float]]:
    """The modules that take most time themselves, by ``-X importtime``, in ms."""
    command = [sys.executable, "-X", "importtime", "-c", f"import {module}"]
    told = subprocess.run(command, cwd=REPO, env=env, check=True, capture_output=True, text=True)
    rows = [line.removeprefix("import time:").split("|") for line in told.stderr.splitlines()]
    own = [(row[2].strip(), int(row[0]) / 1000) for row in rows if row[0].strip().isdigit()]
    return sorted(own, key=lambda one: -one[1])[:TOP]


def measure(quick: bool) -> Sequence[Section]:
    """Each some times over."""
    rounds = 1 if quick else 3
    section = Section(
        "Start and import",
        "Imports in a fresh interpreter; processes from their start until they answer, and their"
        " memory (PSS of the tree) a second later.",
        ("what", "ms", "MB at rest"),
    )
    with Backend() as backend:
        for module in IMPORTS:
            spread = Spread.of(import_ms(module, backend.env) for _ in range(rounds))
            section.rows.append((f"import {module}", str(spread), ""))
        api = [_start(backend, lambda: backend.start_api()[0]) for _ in range(rounds)]
        worker = [_start(backend, backend.start_workers) for _ in range(rounds)]
        for name, found in (
            ("API: gunicorn, 1 process of 8 threads", api),
            ("workers: supervisor, dispatcher, 2 fork workers", worker),
        ):
            ms, mb = (Spread.of(values) for values in zip(*found, strict=True))
            section.rows.append((name, str(ms), str(mb)))
        slow = slowest_imports("wsgi", backend.env)
    told = ", ".join(f"{name} {figure(ms)} ms" for name, ms in slow)
    section.notes.append(f"Of `import wsgi` most is taken by: {told}.")
    section.constants = {
        "api_rest_mb": Spread.of(mb for _, mb in api).median,
        "workers_rest_mb": Spread.of(mb for _, mb in worker).median,
    }
    return [section]


def _start(backend: Backend, start: Callable[[], Process]) -> tuple[float, float]:
    begun = time.perf_counter()
    process = start()
    ms = (time.perf_counter() - begun) * 1000
    time.sleep(REST_S)
    mb = tree_mb(process.pid)
    backend.stop(process)
    return ms, mb


if __name__ == "__main__":
    part.run(measure)
