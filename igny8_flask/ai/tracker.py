"""Trackers: steps for the request log, progress for pollers, costs for the ledger, a console."""

import sys
import time
from collections.abc import Callable
from decimal import Decimal
from typing import Any, TextIO

from igny8_flask.ai.constants import PHASES
from igny8_flask.ai.types import ProgressState, StepLog

FRESH_S = 0.3  # how long a report stands before the next piece of a stream is worth another


class StepTracker:
    """Collects the steps of request and response, numbered in one sequence."""

    def __init__(self, function_name: str) -> None:
        self.function_name = function_name
        self.request_steps: list[dict[str, Any]] = []
        self.response_steps: list[dict[str, Any]] = []

    def add_request_step(
        self,
        step_name: str,
        status: str = "success",
        message: str = "",
        error: str | None = None,
        duration: int | None = None,
    ) -> None:
        """Add a step on the way to the provider; ``duration`` in milliseconds."""
        self.request_steps.append(self._step(step_name, status, message, duration, error))

    def add_response_step(
        self,
        step_name: str,
        status: str = "success",
        message: str = "",
        error: str | None = None,
        duration: int | None = None,
    ) -> None:
        """Add a step on the way back; ``duration`` in milliseconds."""
        self.response_steps.append(self._step(step_name, status, message, duration, error))

    def get_meta(self) -> dict[str, Any]:
        """Both lists, as stored and sent."""
        return {"request_steps": self.request_steps, "response_steps": self.response_steps}

    def _step(
        self, name: str, status: str, message: str, duration: int | None, error: str | None
    ) -> dict[str, Any]:
        number = len(self.request_steps) + len(self.response_steps) + 1
        return StepLog(number, name, status, message, duration, error).to_dict()


class ProgressTracker:
    """The one place that makes progress reports; percentages never go back within a run."""

    def __init__(
        self, report: Callable[[ProgressState, dict[str, Any]], None], steps: StepTracker
    ) -> None:
        self._report = report
        self._steps = steps
        self._started = time.monotonic()
        self._told_at = 0.0
        self._percentage = 0

    def update(
        self,
        phase: str,
        percentage: float,
        message: str,
        current: int | None = None,
        total: int | None = None,
        current_item: str | None = None,
    ) -> None:
        """Report where the run stands."""
        self._percentage = max(self._percentage, min(int(percentage), 100))
        state = ProgressState(phase, self._percentage, message, current, total, current_item)
        self._report(state, self._steps.get_meta())
        self._told_at = time.monotonic()

    def is_fresh(self) -> bool:
        """Whether the last report is so young that a small step further need not be told."""
        return time.monotonic() - self._told_at < FRESH_S

    def set_phase(self, phase: str, message: str, share: float = 0.0) -> None:
        """Report a phase; ``share`` 0–1 is how much of it is done."""
        start, end = PHASES[phase]
        self.update(phase, start + (end - start) * min(max(share, 0.0), 1.0), message)

    def get_duration(self) -> int:
        """Milliseconds since the run began in this process."""
        return int((time.monotonic() - self._started) * 1000)


class CostTracker:
    """Sums what a run's calls cost; one unknown price makes the total unknown."""

    def __init__(self) -> None:
        self._operations: list[dict[str, Any]] = []

    def record(
        self, function_name: str, cost: Decimal | None, tokens: int, model: str | None = None
    ) -> None:
        """Add one call."""
        self._operations.append(
            {"function_name": function_name, "cost": cost, "tokens": tokens, "model": model}
        )

    def get_total(self) -> Decimal | None:
        """Total in US dollars, None when a price is unknown."""
        total = Decimal(0)
        for operation in self._operations:
            if operation["cost"] is None:
                return None
            total += operation["cost"]
        return total

    def get_total_tokens(self) -> int:
        """Tokens of all calls."""
        return sum(operation["tokens"] for operation in self._operations)

    def get_operations(self) -> list[dict[str, Any]]:
        """All calls in order."""
        return list(self._operations)


class ConsoleStepTracker:
    """Prints a run's steps for a developer who watches; silent unless debugging."""

    def __init__(self, function_name: str, enabled: bool, stream: TextIO = sys.stderr) -> None:
        self._name = function_name
        self._enabled = enabled
        self._stream = stream
        self._started = time.monotonic()

    def init(self, message: str = "Task started") -> None:
        """Print the start."""
        self._line("INIT", message)

    def prep(self, message: str) -> None:
        """Print the preparation phase."""
        self._line("PREP", message)

    def ai_call(self, message: str) -> None:
        """Print the call phase."""
        self._line("AI_CALL", message)

    def parse(self, message: str) -> None:
        """Print the parsing phase."""
        self._line("PARSE", message)

    def save(self, message: str) -> None:
        """Print the saving phase."""
        self._line("SAVE", message)

    def done(self, message: str = "Execution completed") -> None:
        """Print the end."""
        self._line("DONE", message)

    def error(self, error_type: str, message: str) -> None:
        """Print a failure."""
        self._line("ERROR", f"{error_type}: {message}")

    def retry(self, attempt: int, max_attempts: int, reason: str = "") -> None:
        """Print that a call is made again."""
        self._line("RETRY", f"{attempt}/{max_attempts} {reason}")

    def timeout(self, timeout_seconds: float) -> None:
        """Print that a call took too long."""
        self._line("TIMEOUT", f"after {timeout_seconds:.0f} s")

    def rate_limit(self, retry_after: float | None) -> None:
        """Print that the provider asked to wait."""
        self._line("RATE_LIMIT", f"retry after {retry_after or 0:.0f} s")

    def malformed_json(self, details: str = "") -> None:
        """Print that a reply could not be read."""
        self._line("MALFORMED", details)

    def _line(self, tag: str, message: str) -> None:
        if self._enabled:
            elapsed = time.monotonic() - self._started
            self._stream.write(f"[{elapsed:8.3f}s] [{self._name}] [{tag}] {message}\n")
            self._stream.flush()
