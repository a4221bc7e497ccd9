"""Where the lab keeps its files, and its errors."""

import os
from pathlib import Path

REPO = Path(__file__).resolve().parents[2]
PLUGIN = REPO / "wp-plugin"
PHP = Path(__file__).resolve().parent / "php"
EXIT_MISSING = 3


class LabError(RuntimeError):
    """Something the lab started did not do what it should; the message says what."""


class MissingError(LabError):
    """The machine lacks something the lab needs; the message is one line naming it."""


def cache_dir() -> Path:
    """The ignored folder for WordPress trees and sites; ``IGNY8_CACHE`` moves it."""
    folder = Path(os.environ.get("IGNY8_CACHE") or REPO / ".cache").resolve()
    folder.mkdir(parents=True, exist_ok=True)
    return folder
