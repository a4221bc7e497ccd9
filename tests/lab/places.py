"""Where the lab keeps its files, and its one error."""

import os
from pathlib import Path

REPO = Path(__file__).resolve().parents[2]
PLUGIN = REPO / "wp-plugin"
PHP = Path(__file__).resolve().parent / "php"
EXIT_MISSING = 3


class LabError(RuntimeError):
    """The machine lacks something, or a process did not come up; the message is one clear line."""


def cache_dir() -> Path:
    """The ignored folder for WordPress trees and sites; ``IGNY8_CACHE`` moves it."""
    folder = Path(os.environ.get("IGNY8_CACHE") or REPO / ".cache").resolve()
    folder.mkdir(parents=True, exist_ok=True)
    return folder
