"""A pytest plugin that switches one control of the product off, to see who notices.

``pytest -p tests.security.switch_off --without "<control>" <tests>``; see ``controls.py``.
"""

import importlib
from typing import Any
from unittest.mock import patch

import pytest

from tests.security.controls import CONTROLS


def pytest_addoption(parser: pytest.Parser) -> None:
    """Take the name of the control."""
    parser.addoption("--without", default="")


def pytest_configure(config: pytest.Config) -> None:
    """Patch before any test is collected; it lasts until the process ends."""
    name = config.getoption("--without")
    for target, replacement in CONTROLS[name].patches if name else ():
        module, _, path = target.partition(":")
        owner: Any = importlib.import_module(module)
        *parents, last = path.split(".")
        for parent in parents:
            owner = getattr(owner, parent)
        patch.object(owner, last, replacement).start()
