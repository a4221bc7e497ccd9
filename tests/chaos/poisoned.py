"""The workers, where an article whose title is marked kills who writes it.

``[kills its job]`` ends the job's own process before anything is paid; ``[kills its worker]``
takes the worker with it, once the reply was paid for and stored.
"""

import os
import signal
import sys
from typing import Any
from unittest.mock import patch

from igny8_flask.ai.functions.generate_content import GenerateContentFunction
from workers.__main__ import main

KILLS_JOB, KILLS_WORKER = "[kills its job]", "[kills its worker]"
prepare, save_output = GenerateContentFunction.prepare, GenerateContentFunction.save_output


def deadly_prepare(self: Any, payload: dict[str, Any], account: Any = None) -> dict[str, Any]:
    """Die before the call."""
    data = prepare(self, payload, account)
    if KILLS_JOB in data["title"]:
        os.kill(os.getpid(), signal.SIGKILL)
    return data


def deadly_save(self: Any, parsed: Any, data: dict[str, Any], *more: Any) -> dict[str, Any]:
    """Die after the call, and take the worker along."""
    if KILLS_WORKER in data["title"]:
        os.kill(os.getppid(), signal.SIGKILL)
        os.kill(os.getpid(), signal.SIGKILL)
    return save_output(self, parsed, data, *more)


if __name__ == "__main__":
    with (
        patch.object(GenerateContentFunction, "prepare", deadly_prepare),
        patch.object(GenerateContentFunction, "save_output", deadly_save),
    ):
        sys.exit(main())
