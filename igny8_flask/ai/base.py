"""The interface of an AI function: what it needs, asks, understands and stores. Nothing else."""

import uuid
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

from igny8_flask.ai.tracker import ProgressTracker, StepTracker
from igny8_flask.ai.types import FunctionMetadata, ParsedReply, Prompt
from igny8_flask.ai.validators import validate_ids
from igny8_flask.models import Account


class BaseAIFunction(ABC):
    """One AI function; the engine calls these methods in this order and no others exist.

    ``payload`` is ``{"site_id": UUID, "ids": [UUID], "options": {…}}``. ``prepare`` returns
    ``data``, a dict whose ``"items"`` are what the ids stand for; where there are more than
    ``get_max_items()`` of them, the engine asks in batches that differ only in ``"items"``.
    """

    @abstractmethod
    def get_name(self) -> str:
        """The name under which the function is registered."""

    @abstractmethod
    def get_metadata(self) -> FunctionMetadata:
        """Display name, reply schema and how requests are split into runs."""

    def validate(self, payload: dict[str, Any], account: Account | None = None) -> None:
        """Raise InputError or NotFoundError for input that must not cost money."""
        validate_ids(payload)

    def get_max_items(self) -> int | None:
        """How many items fit one request to the model; None = all."""
        return None

    @abstractmethod
    def prepare(self, payload: dict[str, Any], account: Account | None = None) -> dict[str, Any]:
        """Read every row the function needs; the only place that does."""

    @abstractmethod
    def build_prompt(self, data: dict[str, Any], account: Account | None = None) -> Prompt:
        """Render the prompt; pure but for the prompt templates."""

    def get_model(self, account: Account | None = None) -> str | None:
        """A model that this function insists on, or None."""
        return None

    @abstractmethod
    def parse_response(
        self, response: str, step_tracker: StepTracker | None = None, **asked: Any
    ) -> ParsedReply:
        """Turn any reply into rows or a named error; pure, never raises on junk.

        ``asked`` is what the question was about: ``finish_reason`` and the function's own keys.
        """

    @abstractmethod
    def save_output(
        self,
        parsed: Sequence[Any],
        original_data: dict[str, Any],
        account: Account | None = None,
        progress_tracker: ProgressTracker | None = None,
        step_tracker: StepTracker | None = None,
    ) -> dict[str, Any]:
        """Add the rows to the session without committing; returns the run's JSON-ready result."""


def known(asked: dict[str, Any], *names: str) -> dict[str, Any]:
    """Only those parts of a question that a parser wants to know."""
    return {name: asked[name] for name in names if asked.get(name) is not None}


def owned_ids(payload: dict[str, Any]) -> tuple[uuid.UUID, list[uuid.UUID]]:
    """The site and the ids of a payload as UUIDs."""
    return uuid.UUID(str(payload["site_id"])), [uuid.UUID(str(i)) for i in payload["ids"]]
