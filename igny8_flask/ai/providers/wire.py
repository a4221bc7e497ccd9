"""What goes to a provider and what comes back, the same for every provider."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any


@dataclass(frozen=True)
class Message:
    """One turn; ``role`` is system, user or assistant."""

    role: str
    content: str


@dataclass(frozen=True)
class ReplySchema:
    """The JSON that a reply must follow; ``name`` of at most 64 letters, digits, ``_``, ``-``."""

    name: str
    definition: Mapping[str, Any]


@dataclass(frozen=True)
class TextRequest:
    """One text completion; ``max_tokens`` bounds answer and reasoning together."""

    model: str
    messages: tuple[Message, ...]
    max_tokens: int
    temperature: float | None = None
    schema: ReplySchema | None = None
    reasoning_effort: str | None = None
    function_name: str = ""


@dataclass(frozen=True)
class Usage:
    """Tokens as billed: ``cached`` and ``cache_write`` are part of input, reasoning of output."""

    input: int
    cached: int
    cache_write: int
    output: int
    reasoning: int


@dataclass(frozen=True)
class TextReply:
    """One answer; ``usage`` and ``cost_usd`` are None where the provider did not tell.

    ``finish_reason`` is stop, length, content_filter, tool_calls or "" (none given);
    ``truncated_stream`` means that the answer broke off before its end was announced.
    """

    text: str
    finish_reason: str
    usage: Usage | None
    model: str
    tier: str = ""
    request_id: str = ""
    cost_usd: Decimal | None = None
    refusal: str | None = None
    truncated_stream: bool = False
    attempts: int = 1


@dataclass(frozen=True)
class ImageRequest:
    """One picture order; ``request_uuid`` (UUID v4) names it for good, also when asked again.

    ``resume`` says that an earlier try may have been taken up: ask for it before ordering.
    """

    prompt: str
    model: str
    width: int
    height: int
    request_uuid: str
    quality: str = "medium"
    negative_prompt: str = ""
    n: int = 1
    resume: bool = False


@dataclass(frozen=True)
class ImageData:
    """One picture as it came; ``mime`` is what the provider claims, nothing is verified yet."""

    data: bytes
    mime: str


@dataclass(frozen=True)
class ImageUsage:
    """Tokens of a picture where a provider bills tokens."""

    text_input: int
    image_input: int
    output: int


@dataclass(frozen=True)
class ImageReply:
    """The pictures of one order; fewer than asked when some failed."""

    images: tuple[ImageData, ...]
    cost_usd: Decimal | None
    usage: ImageUsage | None
    model: str
    request_id: str = ""
    nsfw: bool = False


@dataclass(frozen=True)
class ModerationReply:
    """Verdict on a text; ``categories`` names what was found."""

    flagged: bool
    categories: tuple[str, ...]


@dataclass(frozen=True)
class ModelInfo:
    """One model on offer; ``shutdown_date`` is None where none is announced."""

    id: str
    shutdown_date: date | None = None
