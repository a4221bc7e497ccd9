"""Where the other job engines are installed: a virtual environment of their own."""

from pathlib import Path

from tests.lab.places import MissingError, cache_dir

VENV = "bench-venv"


def peer_tool(name: str) -> str:
    """Path of a command of that environment; MissingError with what makes it."""
    path: Path = cache_dir() / VENV / "bin" / name
    if not path.exists():
        raise MissingError(f"{path} is missing: run `make bench`, which installs it")
    return str(path)
