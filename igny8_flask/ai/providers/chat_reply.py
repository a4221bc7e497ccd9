"""Chat completions, whole or in chunks, read into a ``TextReply``."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from igny8_flask.ai.providers.wire import TextReply, Usage

_FINISH = {
    "stop": "stop",
    "eos": "stop",
    "end_turn": "stop",
    "completed": "stop",
    "length": "length",
    "max_tokens": "length",
    "max_output_tokens": "length",
    "model_length": "length",
    "content_filter": "content_filter",
    "safety": "content_filter",
    "tool_calls": "tool_calls",
    "function_call": "tool_calls",
}
_LONG_PIECE_CHARS = 12  # longer than what a model repeats on purpose in one chunk


class ReplyBuilder:
    """Collects the pieces of one answer; unknown and malformed parts are ignored."""

    def __init__(self, asked_model: str, headers: Mapping[str, str]) -> None:
        self._headers = headers
        self._model = asked_model
        self._texts: list[str] = []
        self._refusals: list[str] = []
        self._finish = ""
        self._tier = ""
        self._id = ""
        self._usage: dict[str, Any] | None = None
        self._last: Any = None
        self.is_answer = False

    @property
    def has_text(self) -> bool:
        """Return whether any text has come."""
        return any(self._texts)

    @property
    def is_finished(self) -> bool:
        """Return whether the answer has announced its end."""
        return bool(self._finish)

    def add(self, document: Any) -> str:
        """Take one completion or chunk; return the text that it adds."""
        if not isinstance(document, dict):
            return ""
        self._model = _text(document.get("model")) or self._model
        self._tier = _text(document.get("service_tier")) or self._tier
        self._id = _text(document.get("id")) or self._id
        self._take_usage(document)
        choices = document.get("choices")
        if not isinstance(choices, list):
            return ""
        self.is_answer = True
        if self._is_repeated(document):
            return ""
        own = [c for c in choices if isinstance(c, dict) and c.get("index", 0) in (0, None)]
        return "".join(self._take_choice(choice) for choice in own[:1])

    def _is_repeated(self, document: dict[str, Any]) -> bool:
        """Return whether a server sent a chunk twice in a row, not a model a word."""
        same = document == self._last
        self._last = document
        if not same:
            return False
        pieces = [
            _text(choice["delta"].get("content"))
            for choice in document["choices"]
            if isinstance(choice, dict) and isinstance(choice.get("delta"), dict)
        ]
        return any(len(piece) >= _LONG_PIECE_CHARS for piece in pieces) or (
            "obfuscation" in document and any(pieces)
        )

    def _take_usage(self, document: dict[str, Any]) -> None:
        groq = document.get("x_groq")
        usage = document.get("usage") or (groq.get("usage") if isinstance(groq, dict) else None)
        if isinstance(usage, dict):
            self._usage = usage

    def _take_choice(self, choice: dict[str, Any]) -> str:
        part = choice.get("delta") or choice.get("message") or {}
        finish = choice.get("finish_reason")
        if isinstance(finish, str) and finish:
            self._finish = _FINISH.get(finish.lower(), finish.lower())
        if not isinstance(part, dict):
            return ""
        self._refusals.append(_text(part.get("refusal")))
        text = _text(part.get("content"))
        self._texts.append(text)
        return text

    def build(self, *, broken_off: bool = False, attempts: int = 1) -> TextReply:
        """Return the reply; ``broken_off`` when the transport ended before the answer did."""
        return TextReply(
            text="".join(self._texts),
            finish_reason=self._finish,
            usage=read_usage(self._usage),
            model=self._model,
            tier=self._tier,
            request_id=self._headers.get("x-request-id", "") or self._id,
            cost_usd=read_cost(self._usage),
            refusal="".join(self._refusals) or None,
            truncated_stream=broken_off and not self._finish,
            attempts=attempts,
        )


def _text(value: Any) -> str:
    """Return text that stands alone or in a list of typed parts; reasoning parts are left out."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return "".join(
            _text(part.get("text"))
            for part in value
            if isinstance(part, dict) and part.get("type") in ("text", "output_text", None)
        )
    return ""


def read_usage(raw: Mapping[str, Any] | None) -> Usage | None:
    """Return the billed tokens, or None where they are missing, zero or not numbers."""
    if raw is None:
        return None
    tokens_in = read_count(raw.get("prompt_tokens", raw.get("input_tokens")))
    tokens_out = read_count(raw.get("completion_tokens", raw.get("output_tokens")))
    if tokens_in is None or tokens_out is None or tokens_in + tokens_out == 0:
        return None
    details_in = _details(raw, "prompt_tokens_details", "input_tokens_details")
    details_out = _details(raw, "completion_tokens_details", "output_tokens_details")
    cached = min(read_count(details_in.get("cached_tokens")) or 0, tokens_in)
    written = read_count(details_in.get("cache_write_tokens")) or 0
    return Usage(
        input=tokens_in,
        cached=cached,
        cache_write=min(written, tokens_in - cached),
        output=tokens_out,
        reasoning=min(read_count(details_out.get("reasoning_tokens")) or 0, tokens_out),
    )


def read_cost(raw: Mapping[str, Any] | None) -> Decimal | None:
    """Return the price in USD that the provider itself reports with the usage."""
    return read_usd(raw.get("cost")) if raw else None


def read_usd(value: Any) -> Decimal | None:
    """Return a non-negative amount of money, or None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        return None
    return amount if amount.is_finite() and amount >= 0 else None


def read_count(value: Any) -> int | None:
    """Return a whole number from 0, or None for anything else."""
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def _details(raw: Mapping[str, Any], *names: str) -> Mapping[str, Any]:
    for name in names:
        found = raw.get(name)
        if isinstance(found, dict):
            return found
    return {}
