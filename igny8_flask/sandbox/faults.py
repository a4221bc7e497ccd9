"""Which fault a request meets, chosen by a rule, by the key, or by a mark in the prompt.

- a rule: ``{"fault", "match": {path, function, model, nth, text}, "times": 1, "args": {}}``;
  ``times`` 0 means always; ``nth`` counts the requests that match the rest, from 1.
- a key ``sk-sandbox-<fault>`` always meets that fault, ``sk-sandbox-<fault>-x2`` twice.
- a prompt with ``[[fault:name]]`` meets it once, then works; ``[[fault:name:3]]`` three times,
  ``[[fault:name:*]]`` always; arguments follow: ``[[fault:rate_limit:1:retry_after=2]]``.
"""

import re
import threading
from collections import Counter
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from igny8_flask.sandbox.function_names import canonical_name

QUOTA_CODES = (
    "insufficient_quota",
    "credit_balance_exhausted",
    "organization_spend_limit_exceeded",
    "project_spend_limit_exceeded",
    "organization_usage_limit_exceeded",
)
GROUPS: dict[str, tuple[str, ...]] = {
    "http": (
        *("rate_limit", "rate_limit_no_header", "slow_down", "quota", *QUOTA_CODES),
        *("flex_unavailable", "auth", "unverified", "not_found", "policy", "context"),
        *("unsupported_parameter", "server_500", "bad_gateway_html", "overloaded_503"),
        *("gateway_504", "status_529", "status_498", "redirect_302", "error_in_200"),
        *("empty_200", "html_in_200"),
    ),
    "transport": (
        *("connect_refused", "reset_before_headers", "reset_mid_body", "hang", "slow_drip"),
        *("short_content_length", "huge_body", "wrong_content_type", "bad_gzip"),
        *("latin1_charset", "not_json"),
    ),
    "stream": (
        *("no_done", "cut_stream", "error_mid_stream", "no_usage", "keepalive_comments"),
        *("split_utf8", "empty_choices", "duplicate_chunk", "stall_mid_stream"),
    ),
    "content": (
        *("length_cut", "length_empty", "content_filter", "refusal_field", "refusal_text"),
        *("null_content", "empty_content", "malformed_json", "truncated_json", "fenced"),
        *("prose_around", "think_tags", "wrong_keys", "list_root", "double_encoded"),
        *("smart_quotes", "html_unescaped", "duplicate_keywords", "unknown_keywords"),
        *("missing_keywords", "repetition", "injection_echo", "script_in_html"),
    ),
    "image": (
        *("invalid_bytes", "wrong_format", "wrong_size", "zero_bytes", "html_as_image"),
        *("bad_base64", "url_404", "url_redirect_private", "nsfw_flag", "partial_batch"),
        *("moderation_blocked", "async_never_done", "cost_missing", "bomb_pixels"),
    ),
    "usage": (
        *("usage_missing", "usage_zero", "cost_field", "tier_downgraded"),
        "model_alias_in_reply",
    ),
}
GROUP_OF = {name: group for group, names in GROUPS.items() for name in names}
_MARK = re.compile(r"\[\[fault:([a-z0-9_]+)(?::(\d+|\*))?(?::([^\]]*))?\]\]")
_KEY = re.compile(r"^sk-sandbox-(?P<name>[a-z0-9_-]+?)(?:-x(?P<times>\d+))?$")
_MATCH_FIELDS = frozenset({"path", "function", "model", "nth", "text"})


@dataclass(frozen=True)
class Fault:
    """A fault that fires now."""

    name: str
    args: dict[str, Any] = field(default_factory=dict)

    @property
    def group(self) -> str:
        """Name the part of the answer that the fault touches."""
        return GROUP_OF[self.name]


@dataclass(frozen=True)
class Occasion:
    """What a request looks like to the rules."""

    path: str
    function: str | None
    model: str | None
    text: str
    key: str
    kind: str
    stream: bool

    def can_meet(self, name: str) -> bool:
        """Tell whether that fault makes sense for this request."""
        group = GROUP_OF[name]
        if group == "image":
            return self.kind == "image"
        if group in {"content", "usage"}:
            return self.kind == "text"
        if group == "stream":
            return self.kind == "text" and self.stream
        return True


@dataclass
class Rule:
    """A scripted fault and how often it has fired."""

    fault: str
    match: dict[str, Any]
    times: int = 1
    args: dict[str, Any] = field(default_factory=dict)
    seen: int = 0
    fired: int = 0

    def fires_on(self, occasion: Occasion) -> bool:
        """Tell whether the rule fires, counting the request when it matches."""
        if not occasion.can_meet(self.fault) or not self._matches(occasion):
            return False
        self.seen += 1
        nth = self.match.get("nth")
        if nth is not None and self.seen not in (nth if isinstance(nth, list) else [nth]):
            return False
        if self.times and self.fired >= self.times:
            return False
        self.fired += 1
        return True

    def _matches(self, occasion: Occasion) -> bool:
        match = self.match
        return (
            fnmatchcase(occasion.path, f"*{match.get('path', '')}*")
            and match.get("function") in (None, occasion.function)
            and fnmatchcase(occasion.model or "", match.get("model", "*"))
            and match.get("text", "") in occasion.text
        )


def parse_rule(data: Any) -> Rule:
    """Read a rule as the admin route receives it.

    Raises ValueError with what is wrong.
    """
    if not isinstance(data, dict) or data.get("fault") not in GROUP_OF:
        raise ValueError(f"fault must be one of: {', '.join(sorted(GROUP_OF))}")
    match, args, times = data.get("match") or {}, data.get("args") or {}, data.get("times", 1)
    if not isinstance(match, dict) or set(match) - _MATCH_FIELDS:
        raise ValueError(f"match may hold: {', '.join(sorted(_MATCH_FIELDS))}")
    if not isinstance(args, dict) or not isinstance(times, int) or times < 0:
        raise ValueError("args must be an object, times a whole number from 0 (always)")
    if "function" in match:
        match = {**match, "function": canonical_name(str(match["function"]))}
    return Rule(data["fault"], match, times, args)


class FaultBook:
    """All scripted faults and the counts of those asked for by key or prompt."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.rules: list[Rule] = []
        self._fired: Counter[tuple[str, str]] = Counter()

    def add(self, rules: list[Rule]) -> None:
        """Add rules; the first that matches a request wins."""
        with self._lock:
            self.rules.extend(rules)

    def clear(self) -> None:
        """Forget all rules and counts."""
        with self._lock:
            self.rules.clear()
            self._fired.clear()

    def pick(self, occasion: Occasion) -> Fault | None:
        """Choose the fault that this request meets, if any."""
        with self._lock:
            for rule in self.rules:
                if rule.fires_on(occasion):
                    return Fault(rule.fault, rule.args)
            return self._by_prompt(occasion) or self._by_key(occasion)

    def _by_prompt(self, occasion: Occasion) -> Fault | None:
        for name, times, args in _MARK.findall(occasion.text):
            if name not in GROUP_OF or not occasion.can_meet(name):
                continue
            limit = 0 if times == "*" else int(times or 1)
            if self._count(name, occasion.text, limit):
                return Fault(name, _parse_args(args))
        return None

    def _by_key(self, occasion: Occasion) -> Fault | None:
        match = _KEY.match(occasion.key)
        name = match["name"].replace("-", "_") if match else ""
        if match is None or name not in GROUP_OF or not occasion.can_meet(name):
            return None
        if self._count(name, occasion.key, int(match["times"] or 0)):
            return Fault(name)
        return None

    def _count(self, name: str, what: str, limit: int) -> bool:
        """Count one firing; False when the limit (0 is none) was reached before."""
        if limit and self._fired[name, what] >= limit:
            return False
        self._fired[name, what] += 1
        return True


def _parse_args(text: str) -> dict[str, Any]:
    args: dict[str, Any] = {}
    for part in filter(None, text.split(",")):
        name, _, value = part.partition("=")
        number = re.fullmatch(r"\d+(\.\d+)?", value)
        args[name.strip()] = (
            (float(value) if number and number[1] else int(value)) if number else value
        )
    return args
