"""What travels between the engine, the functions and the life of a run."""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, replace
from decimal import Decimal
from typing import Any, Protocol

from igny8_flask.errors import ReplyError
from igny8_flask.models import Account, Site


@dataclass(frozen=True)
class StepLog:
    """One line of the request or response log; ``duration`` in milliseconds."""

    stepNumber: int  # noqa: N815 - wire name of the audited system
    stepName: str  # noqa: N815
    status: str
    message: str = ""
    duration: int | None = None
    error: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """The step as it goes over the wire."""
        return asdict(self)


@dataclass(frozen=True)
class ProgressState:
    """Where a run stands: phase name, 0–100, words, and the item in hand."""

    phase: str
    percentage: int
    message: str
    current: int | None = None
    total: int | None = None
    current_item: str | None = None


@dataclass(frozen=True)
class AITaskResult:
    """What a finished run gives back; ``result`` is JSON-ready."""

    function_name: str
    result: dict[str, Any]
    cost_usd: Decimal | None
    tokens: int


@dataclass(frozen=True)
class Prompt:
    """A rendered prompt: instructions apart from data, and which version of which template.

    ``schema`` is that of the reply where it is not the function's own.
    """

    system: str
    user: str
    version: str
    turns: tuple[tuple[str, str], ...] = ()
    schema: dict[str, Any] | None = None

    def after(self, answer: str, request: str) -> "Prompt":
        """The conversation after an answer, going on with a further request."""
        return replace(self, turns=(*self.turns, ("assistant", answer), ("user", request)))


@dataclass(frozen=True)
class FunctionMetadata:
    """What the rest of the product must know of an AI function.

    ``per_item``: a request for several ids becomes one run each. ``schema``: JSON schema of the
    reply, also its name on the wire. ``draws``: the reply is a plan of images to be made.
    ``continues``: a reply that was cut is one text and can be continued.
    """

    display_name: str
    description: str
    schema: dict[str, Any]
    per_item: bool = False
    draws: bool = False
    continues: bool = False
    phases: dict[str, str] = field(default_factory=dict)


class ParsedReply(Protocol):
    """What ``parse_response`` answers, whatever the function: rows are the subclass's own."""

    @property
    def error(self) -> ReplyError | None:
        """Why the reply cannot be used, or None."""

    @property
    def partial(self) -> bool:
        """Whether the reply was cut and only its whole part is here."""

    @property
    def unassigned(self) -> Sequence[str]:
        """What was asked for and did not come, by its label."""

    @property
    def warnings(self) -> Sequence[str]:
        """What was dropped or repaired, in words."""

    @property
    def shortfall(self) -> str:
        """What a usable reply lacks of what was asked, in words for the model; "" = nothing."""


@dataclass(frozen=True)
class StoredCall:
    """A call that was paid for earlier in this run; its cost is booked already."""

    reply: bytes
    cost_usd: Decimal | None
    tokens: int


@dataclass(frozen=True)
class CallIntent:
    """What is about to be paid for; (step, prompt_hash, model) names it inside its run."""

    step: str
    prompt_hash: str
    model: str
    provider: str
    estimate_usd: Decimal | None

    @property
    def key(self) -> tuple[str, str, str]:
        """Its name."""
        return self.step, self.prompt_hash, self.model


@dataclass(frozen=True)
class CallOutcome:
    """What came of a paid call; ``cost_usd`` None = unknown price."""

    reply: bytes
    usage: dict[str, int]
    cost_usd: Decimal | None
    cost_source: str
    tokens: int
    request_id: str | None


@dataclass(frozen=True)
class OpenCall:
    """A call that is being made; ``attempt`` above 1 = an earlier one may have been billed."""

    id: uuid.UUID
    attempt: int


class CallStore(Protocol):
    """Checkpoints of paid calls: found again after a crash, so that nothing is paid twice."""

    def find(self, intent: CallIntent) -> StoredCall | None:
        """The stored reply of the same call, or None."""

    def intend(self, intent: CallIntent) -> OpenCall:
        """Write down, before the call and after ``find``, that it will be made."""

    def settle(self, call_id: uuid.UUID, outcome: CallOutcome) -> None:
        """Store the reply and book its cost, before anything else happens to it."""

    def fail(self, call_id: uuid.UUID, code: str, maybe_billed: bool) -> None:
        """Close a call that gave nothing."""


class RunContext(Protocol):
    """What the life of a run offers to the engine."""

    account: Account
    site: Site
    task_id: uuid.UUID
    calls: CallStore

    def report(self, progress: ProgressState, steps: dict[str, Any]) -> None:
        """Tell pollers where the run stands."""

    def check(self) -> None:
        """Raise when the run was cancelled or taken over."""

    def should_stop(self) -> bool:
        """The same question without an exception, cheap enough for each piece of a stream."""

    def complete(self, save: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        """Run ``save`` and end the run in one transaction; returns what was saved."""
