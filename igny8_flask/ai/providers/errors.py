"""Every failure of a provider as one ``ProviderError``: kind, retry, and what to change.

The rules are read from top to bottom; the first that matches decides.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from igny8_flask.ai.providers.catalog import COMPATIBLE, Provider
from igny8_flask.ai.providers.faults import Fault, read_fault, read_retry_after
from igny8_flask.ai.providers.redaction import redact
from igny8_flask.errors import OutboundError, ProviderError

RETRYABLE = frozenset({"rate", "capacity", "transient", "timeout"})
_CLIENT = frozenset(range(400, 500))
_GATEWAY_TIMEOUTS = frozenset({504, 524})  # the server behind the gateway may have finished


@dataclass(frozen=True)
class Rule:
    """Matches when the status fits and the code, the field, or a word of the message fits too."""

    kind: str
    statuses: frozenset[int] = field(default_factory=frozenset)
    codes: frozenset[str] = field(default_factory=frozenset)
    words: str = ""
    param: str = ""

    def matches(self, status: int, fault: Fault) -> bool:
        """Return whether this rule decides about the fault."""
        if self.statuses and status not in self.statuses:
            return False
        if not self.codes and not self.words and not self.param:
            return True
        if self.param and fault.param == self.param:
            return True
        if fault.code.lower() in self.codes or fault.type.lower() in self.codes:
            return True
        return bool(self.words and re.search(self.words, fault.message, re.IGNORECASE))


def _set(*items: Any) -> frozenset[Any]:
    return frozenset(items)


RULES: tuple[Rule, ...] = (
    Rule(
        "quota",
        codes=_set(
            "insufficient_quota",
            "credit_balance_exhausted",
            "organization_spend_limit_exceeded",
            "project_spend_limit_exceeded",
            "organization_usage_limit_exceeded",
            "billing_hard_limit_reached",
            "billing_not_active",
            "insufficientcredits",
        ),
    ),
    Rule(
        "quota",
        statuses=_set(200, 400, 402, 403, 429),
        words=r"insufficient (?:quota|credit|balance|funds)|exceeded your current quota"
        r"|(?:out of|not enough) credits|credit balance|spend(?:ing)? limit",
    ),
    Rule("quota", statuses=_set(402)),
    Rule("context", statuses=_set(413, 429), words=r"request too large"),
    Rule("rate", codes=_set("slow_down", "rate_limit_exceeded", "requests", "tokens")),
    Rule(
        "capacity",
        statuses=_set(200, 429, 503),
        codes=_set("resource_unavailable", "capacity_exceeded", "noavailableserver"),
        words=r"resource (?:is )?unavailable|no available server|at capacity",
    ),
    Rule("rate", statuses=_set(429)),
    Rule(
        "context",
        codes=_set("context_length_exceeded", "exceed_context_size", "exceed_context_size_error"),
        words=r"maximum context length|context (?:length|window|size)|prompt is too long"
        r"|too many (?:input )?tokens|reduce the length",
    ),
    Rule("context", statuses=_set(413)),
    Rule(
        "policy",
        codes=_set(
            "invalid_prompt",
            "content_filter",
            "moderation_blocked",
            "content_policy_violation",
            "contentpolicyviolation",
            "nsfwcontentdetected",
            "responsibleaipolicyviolation",
            "image_generation_user_error",
        ),
    ),
    Rule(
        "permission",
        statuses=_set(400, 403),
        words=r"must be verified|verify (?:your )?organization|unsupported[_ ]country"
        r"|country,? region",
    ),
    Rule(
        "auth",
        statuses=_CLIENT | {200},
        codes=_set("invalid_api_key", "invalidapikey", "missingapikey", "unauthorized"),
        words=r"(?:invalid|incorrect|missing|expired) (?:or missing )?api[ _-]?key"
        r"|api[ _-]?key (?:not valid|is invalid|expired)",
    ),
    Rule("auth", statuses=_set(401)),
    Rule(
        "model",
        statuses=_set(200, 400, 404, 422),
        codes=_set("model_not_found", "model_decommissioned", "invalid_model", "invalidmodel"),
        words=r"model\b.{0,80}\b(?:not (?:found|exist|available)|no longer|retired|decommissioned"
        r"|deprecated|shut down|does not exist)|(?:no such|unknown|invalid) model",
        param="model",
    ),
    Rule("config", statuses=_set(400), words=r"service_tier"),
    Rule(
        "parameter",
        statuses=_set(400, 422),
        codes=_set(
            "unsupported_parameter",
            "unsupported_value",
            "unknown_parameter",
            "invalid_value",
            "invalid_type",
            "json_validate_failed",
            "invalid_json_schema",
            "extra_forbidden",
        ),
        words=r"unsupported (?:parameter|value)|unknown (?:parameter|name)|unrecognized"
        r"|extra (?:inputs|fields)|not permitted|is not supported|additional properties",
    ),
    Rule(
        "policy",
        statuses=_set(200, 400, 403, 422),
        words=r"content (?:management )?policy|content filter|safety system|flagged|nsfw"
        r"|moderation",
    ),
    Rule("permission", statuses=_set(403, 451)),
    Rule("config", statuses=_set(404, 405, 410)),
    Rule("parameter", statuses=_set(422)),
    Rule("capacity", statuses=_set(498, 529)),
    Rule("transient", statuses=_set(408, 409, 423, 425)),
    Rule("request", statuses=_CLIENT),
    Rule("config", statuses=frozenset(range(300, 400))),
    Rule("transient"),
)

_WORDS = {
    "auth": "{name} refused the API key.",
    "permission": "{name} does not allow this with the present account.",
    "quota": "The account at {name} has no credit left or reached its spending limit.",
    "rate": "{name} asks to slow down.",
    "capacity": "{name} has no free capacity at the moment.",
    "transient": "{name} has a passing problem.",
    "timeout": "{name} did not answer in time.",
    "model": "{name} does not offer the model {model}.",
    "context": "The request is too long for the model {model}.",
    "parameter": "{name} does not accept a setting of the request.",
    "policy": "{name} declined the request because of its content rules.",
    "request": "{name} did not accept the request.",
    "config": "The address of {name} does not lead to its API.",
}
_HINTS = {
    "auth": "Enter a valid API key in the settings ({key}), then retry.",
    "permission": "Check the rights, the region and, for image models, the organization "
    "verification of the account that owns the API key ({key}).",
    "quota": "Top up the account or raise its limit at {name}, then retry. Nothing is retried "
    "until then.",
    "rate": "Nothing to do: the work waits and goes on by itself.",
    "capacity": "Nothing to do: the work waits and goes on by itself.",
    "transient": "Nothing to do: the work is tried again. If it goes on, check the base URL "
    "({url}).",
    "timeout": "Nothing to do: the work is tried again. If it goes on, choose a faster model.",
    "model": "Choose another model in the settings (default: DEFAULT_AI_MODEL).",
    "context": "Select fewer items, shorten the prompt, or choose a model with a larger context.",
    "parameter": "Choose another model or reset the model's settings to their defaults.",
    "policy": "Change the title, keywords or prompt and try again.",
    "request": "Check model and prompt in the settings; the provider's answer stands above.",
    "config": "Check the base URL in the settings ({url}).",
}
_OUTBOUND_KINDS = {
    "timed_out": "timeout",
    "bad_url": "config",
    "address_forbidden": "config",
    "redirected": "config",
    "tls_failed": "config",
}


def classify(
    status: int,
    body: bytes | str | Any,
    headers: Mapping[str, str],
    provider: Provider = COMPATIBLE,
    secret: str = "",
    model: str = "",
) -> ProviderError:
    """Turn a failed answer into a ProviderError; ``headers`` must look up without case."""
    fault = read_fault(body)
    status = fault.status if fault.status and 200 <= status < 300 else status
    kind = next(rule.kind for rule in RULES if rule.matches(status, fault))
    return build_error(
        kind,
        provider,
        detail=redact(fault.message, secret),
        model=model,
        retryable=_retryable(kind, headers),
        retry_after_s=read_retry_after(headers) if kind in RETRYABLE else None,
        request_id=headers.get("x-request-id"),
        maybe_billed=status in _GATEWAY_TIMEOUTS,
        parameter=fault.param or None,
    )


def _retryable(kind: str, headers: Mapping[str, str]) -> bool:
    return kind in RETRYABLE and headers.get("x-should-retry", "").lower() != "false"


def from_outbound(error: OutboundError, provider: Provider, model: str = "") -> ProviderError:
    """Turn a failure below HTTP into a ProviderError."""
    kind = _OUTBOUND_KINDS.get(error.code, "transient")
    return build_error(
        kind,
        provider,
        detail=error.message,
        model=model,
        retryable=kind in RETRYABLE,
        maybe_billed=error.maybe_delivered,
    )


def build_error(
    kind: str,
    provider: Provider,
    *,
    detail: str = "",
    model: str = "",
    retryable: bool | None = None,
    retry_after_s: float | None = None,
    request_id: str | None = None,
    maybe_billed: bool = False,
    parameter: str | None = None,
) -> ProviderError:
    """Put a failure of that kind into words for a site owner."""
    words = _WORDS[kind].format(name=provider.label, model=model or "in use")
    hint = _HINTS[kind].format(name=provider.label, key=provider.key_env, url=provider.url_env)
    return ProviderError(
        f"{words} ({detail})" if detail else words,
        kind,
        kind in RETRYABLE if retryable is None else retryable,
        retry_after_s,
        request_id,
        hint,
        maybe_billed,
        parameter,
    )
