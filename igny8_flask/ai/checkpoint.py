"""The order in which money is spent: stored reply, gate, intent, call, stored reply."""

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any

from igny8_flask.ai import offers
from igny8_flask.ai.tracker import ConsoleStepTracker, CostTracker, StepTracker
from igny8_flask.ai.types import CallIntent, CallOutcome, RunContext
from igny8_flask.errors import ProviderError
from igny8_flask.gates import ProviderGate
from igny8_flask.services import Services

Call = Callable[[int], tuple[bytes, CallOutcome]]


class Checkpoint:
    """Makes the paid calls of one run, each at most once."""

    def __init__(
        self,
        services: Services,
        context: RunContext,
        steps: StepTracker,
        costs: CostTracker,
        console: ConsoleStepTracker,
    ) -> None:
        self._services, self._context = services, context
        self._steps, self._costs, self._console = steps, costs, console

    def paid(self, intent: CallIntent, door: tuple[str, str], call: Call) -> bytes:
        """The reply of a call: the stored one where it was paid for earlier, else a new one.

        ``door`` is (base URL, key); ``call`` gets the number of the attempt. The reply and its
        cost are stored before anything else happens to them. Raises ProviderError.
        """
        stored = self._context.calls.find(intent)
        if stored is not None:
            self._costs.record(intent.step, stored.cost_usd, stored.tokens, intent.model)
            self._steps.add_request_step("Reuse", message=f"{intent.step}: already paid, reused")
            return stored.reply
        self._context.check()
        slots, holder = self._services.settings.provider_slots, self._context.task_id
        with ProviderGate(self._services.cache.redis, *door, slots, holder).passed():
            opened = self._context.calls.intend(intent)
            self._steps.add_request_step("Request", message=f"{intent.step} → {intent.model}")
            try:
                reply, outcome = call(opened.attempt)
            except ProviderError as error:
                self._context.calls.fail(opened.id, error.code, error.maybe_billed)
                self._note(error)
                self._context.check()
                raise offers.in_words(self._services, error, intent, *door) from error
        self._context.calls.settle(opened.id, outcome)
        self._costs.record(intent.step, outcome.cost_usd, outcome.tokens, intent.model)
        self._steps.add_response_step("Reply", message=f"{outcome.tokens} tokens")
        return reply

    def _note(self, error: ProviderError) -> None:
        self._steps.add_response_step("Reply", "error", error.message, error.code)
        if error.kind == "timeout":
            self._console.timeout(error.retry_after_s or 0)
        elif error.kind == "rate":
            self._console.rate_limit(error.retry_after_s)
        else:
            self._console.error(error.kind, error.message)


def fingerprint(request: Mapping[str, Any]) -> str:
    """What makes two requests the same: SHA-256 of all that is asked."""
    body = json.dumps(request, sort_keys=True, default=str, ensure_ascii=False)
    return hashlib.sha256(body.encode()).hexdigest()
