"""The workers with one guard taken out, to show that the audit would notice: paid replies are
not looked up, so that a resumed run pays again."""

import sys
from unittest.mock import patch

from igny8_flask.ai.types import CallIntent
from igny8_flask.ledger import PaidCalls
from workers.__main__ import main

looked_up = PaidCalls.find


def overlooked(self: PaidCalls, intent: CallIntent) -> None:
    """Count the attempts as ever, and find nothing."""
    looked_up(self, intent)


if __name__ == "__main__":
    with patch.object(PaidCalls, "find", overlooked):
        sys.exit(main())
