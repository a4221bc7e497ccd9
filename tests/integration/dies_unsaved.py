"""The workers, where the first job that was paid for a picture dies before it stores it."""

import os
import signal
import sys
import uuid
from pathlib import Path
from typing import Any
from unittest.mock import patch

from igny8_flask.ledger import PaidCalls
from workers.__main__ import main

DIED = "TEST_DIED"  # names the file that is made just before
settle = PaidCalls.settle


def settle_or_die(self: PaidCalls, call_id: uuid.UUID, outcome: Any) -> None:
    """Die once, where a picture is about to be stored."""
    died = Path(os.environ[DIED])
    if self._open[call_id].step.startswith("image:") and not died.exists():
        died.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    settle(self, call_id, outcome)


if __name__ == "__main__":
    with patch.object(PaidCalls, "settle", settle_or_die):
        sys.exit(main())
