"""What a model behind a base URL accepts, learnt from its refusals and remembered."""

import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from typing import Any, Protocol

from igny8_flask.ai.providers.faults import Fault

SCHEMA, OBJECT, PROMPT = "json_schema", "json_object", "prompt"
MAX_TOKENS, MAX_COMPLETION_TOKENS = "max_tokens", "max_completion_tokens"
_NEXT_FORMAT = {SCHEMA: OBJECT, OBJECT: PROMPT}
_OTHER_FIELD = {MAX_TOKENS: MAX_COMPLETION_TOKENS, MAX_COMPLETION_TOKENS: MAX_TOKENS}
_TOO_MUCH = re.compile(r"too large|at most|exceeds|less than or equal|maximum value", re.IGNORECASE)
_FORMAT = re.compile(
    r"response_format|json_schema|json_object|\bschema\b|guided|json_validate_failed",
    re.IGNORECASE,
)
_STREAM = re.compile(r"\bstream(?:ing)?\b", re.IGNORECASE)


@dataclass(frozen=True)
class Profile:
    """The request form that works; every lesson gives something up, so learning ends."""

    token_field: str = MAX_TOKENS
    token_field_settled: bool = False
    format: str = SCHEMA
    temperature: bool = True
    reasoning_effort: bool = True
    stream: bool = True
    stream_usage: bool = True

    def as_dict(self) -> dict[str, Any]:
        """Return the profile as plain JSON values."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> "Profile":
        """Build from stored values, ignoring names of other versions."""
        known = {name: values[name] for name in cls.__dataclass_fields__ if name in values}
        return cls(**known)


class ProfileStore(Protocol):
    """Remembers a profile per base URL and model."""

    def get(self, base_url: str, model: str) -> Profile | None:
        """Return what was learnt, or None."""

    def put(self, base_url: str, model: str, profile: Profile) -> None:
        """Remember a profile."""


class MemoryProfiles:
    """A profile store that lives as long as the process."""

    def __init__(self) -> None:
        self._profiles: dict[tuple[str, str], Profile] = {}

    def get(self, base_url: str, model: str) -> Profile | None:
        """Return what was learnt, or None."""
        return self._profiles.get((base_url, model))

    def put(self, base_url: str, model: str, profile: Profile) -> None:
        """Remember a profile."""
        self._profiles[base_url, model] = profile


def learn(profile: Profile, fault: Fault, sent: dict[str, Any]) -> Profile | None:
    """Return the profile to try after a 400 or 422, or None when the fault is not about form.

    ``sent`` is the payload that was refused: only what it held can be given up.
    """
    change = next(_lessons(profile, fault, sent), None)
    return replace(profile, **change) if change else None


def _lessons(profile: Profile, fault: Fault, sent: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield what could be changed, most certain first."""
    words = f"{fault.param} {fault.message} {fault.code}"
    named = re.split(r"[.\[]", fault.param)[0]
    if "stream_options" in sent and _about(named, words, ("stream_options", "include_usage")):
        yield {"stream_usage": False}
    token_field = profile.token_field
    if not profile.token_field_settled and _about(named, words, (token_field,)):
        if _TOO_MUCH.search(fault.message):
            return
        yield {"token_field": _OTHER_FIELD[token_field], "token_field_settled": True}
    for name in ("temperature", "reasoning_effort"):
        if name in sent and _about(named, words, (name,)):
            yield {name: False}
    if "response_format" in sent and _FORMAT.search(words):
        yield {"format": _NEXT_FORMAT[profile.format]}
    if sent.get("stream") and (named == "stream" or (not named and _STREAM.search(words))):
        yield {"stream": False}


def plainest(profile: Profile) -> Profile | None:
    """Return the barest form of the same request, or None when it is bare already."""
    bare = replace(
        profile, format=PROMPT, temperature=False, reasoning_effort=False, stream_usage=False
    )
    return bare if bare != profile else None


def _about(named: str, words: str, names: tuple[str, ...]) -> bool:
    if named:
        return named in names
    return any(re.search(rf"\b{name}\b", words) for name in names)
