"""Steps, progress, costs and the console."""

import io
from decimal import Decimal
from typing import Any

from igny8_flask.ai.tracker import ConsoleStepTracker, CostTracker, ProgressTracker, StepTracker
from igny8_flask.ai.types import ProgressState


def test_steps_are_numbered_over_request_and_response() -> None:
    steps = StepTracker("f")
    steps.add_request_step("Validate")
    steps.add_response_step("Reply", "error", "late", "timeout", 1200)
    meta = steps.get_meta()
    assert [s["stepNumber"] for s in meta["request_steps"] + meta["response_steps"]] == [1, 2]
    assert meta["response_steps"][0] == {
        "stepNumber": 2,
        "stepName": "Reply",
        "status": "error",
        "message": "late",
        "duration": 1200,
        "error": "timeout",
    }


def test_the_bar_never_goes_back_and_stays_in_its_phase() -> None:
    seen: list[ProgressState] = []

    def report(state: ProgressState, _steps: dict[str, Any]) -> None:
        seen.append(state)

    progress = ProgressTracker(report, StepTracker("f"))
    progress.set_phase("AI_CALL", "half", 0.5)
    progress.set_phase("AI_CALL", "restarted", 0.1)
    progress.set_phase("PARSE", "beyond", 7.0)
    assert [state.percentage for state in seen] == [47, 47, 85]


def test_one_unknown_price_makes_the_total_unknown() -> None:
    costs = CostTracker()
    costs.record("f", Decimal("0.5"), 10)
    assert costs.get_total() == Decimal("0.5")
    costs.record("f", None, 5)
    assert costs.get_total() is None
    assert costs.get_total_tokens() == 15


def test_the_console_is_silent_unless_debugging() -> None:
    quiet, loud = io.StringIO(), io.StringIO()
    ConsoleStepTracker("f", False, quiet).init()
    ConsoleStepTracker("f", True, loud).rate_limit(3)
    assert quiet.getvalue() == ""
    assert "[f] [RATE_LIMIT] retry after 3 s" in loud.getvalue()
