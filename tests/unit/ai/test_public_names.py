"""The AI package's public face."""

import subprocess
import sys

import pytest

from igny8_flask import ai


@pytest.mark.parametrize("name", dir(ai))
def test_every_public_name_leads_somewhere(name: str) -> None:
    assert getattr(ai, name) is not None


def test_an_unknown_name_is_refused() -> None:
    with pytest.raises(AttributeError, match="call_openai"):
        _ = ai.call_openai


def test_importing_the_package_loads_nothing_heavy() -> None:
    heavy = {"flask_sqlalchemy", "requests", "rq", "PIL"}
    code = f"import sys, igny8_flask.ai; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
