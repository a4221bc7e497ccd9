"""Runware's errors: its codes are not stable, so patterns of them decide."""

import re
from collections.abc import Mapping
from typing import Any

from igny8_flask.ai.providers.catalog import RUNWARE, Provider
from igny8_flask.ai.providers.errors import RETRYABLE, build_error, classify
from igny8_flask.ai.providers.faults import read_fault, read_retry_after
from igny8_flask.ai.providers.redaction import redact
from igny8_flask.errors import ProviderError

_PATTERNS = (
    ("quota", r"credits|quota|balance|payment"),
    ("auth", r"api_?key|unauthor|authenticat"),
    ("policy", r"contentpolicy|content_policy|nsfw|moderat|safety"),
    ("timeout", r"timeout|timed_?out"),
    ("rate", r"ratelimit|rate_limit|toomany|too_many|concurren"),
    ("capacity", r"noavailableserver|modelunavailable|queuefull"),
    ("transient", r"^provider|internal|server_?error|unexpected"),
    ("model", r"(?:invalid|unsupported|unknown|missing).*model|modelnotfound"),
    ("request", r"^(?:invalid|missing|unsupported|duplicate|conflict)"),
)
_UNKNOWN_TASK = re.compile(
    r"(?:task|uuid).{0,60}(?:not\s?found|unknown|does\s?n.t exist|not exist|no such)"
    r"|(?:not\s?found|unknown|no such).{0,60}(?:task|uuid)",
    re.IGNORECASE,
)


def classify_runware(
    status: int,
    body: Any,
    headers: Mapping[str, str],
    provider: Provider = RUNWARE,
    secret: str = "",
    model: str = "",
) -> ProviderError:
    """Return the ProviderError of a failed request or of one failed task."""
    fault = read_fault(body)
    kind = next((kind for kind, words in _PATTERNS if re.search(words, fault.code.lower())), None)
    if kind is None or (kind == "request" and status >= 500):
        return classify(status, body, headers, provider, secret, model)
    return build_error(
        kind,
        provider,
        detail=redact(fault.message or fault.code, secret),
        model=model,
        retry_after_s=read_retry_after(headers) if kind in RETRYABLE else None,
        request_id=headers.get("x-request-id"),
        parameter=fault.param or None,
    )


def is_unknown_task(error: Mapping[str, Any]) -> bool:
    """Return whether an error says that there is no task of that UUID."""
    return bool(_UNKNOWN_TASK.search(f"{error.get('code', '')} {error.get('message', '')}"))


def is_duplicate_task(error: Mapping[str, Any]) -> bool:
    """Return whether an error says that the UUID was used before."""
    words = f"{error.get('code', '')} {error.get('message', '')}".lower()
    return "uuid" in words and ("duplicate" in words or "already" in words or "unique" in words)
