"""One text answer and its bill, before it is put into either API's shape."""

from dataclasses import dataclass, field
from typing import Any

from igny8_flask.sandbox.catalog import Model, text_cost
from igny8_flask.sandbox.chat_rules import answer_limit
from igny8_flask.sandbox.compose import compose
from igny8_flask.sandbox.faults import Fault
from igny8_flask.sandbox.faults_content import spoil_answer
from igny8_flask.sandbox.function_names import find_schema
from igny8_flask.sandbox.journal import Entry, hash_prompt
from igny8_flask.sandbox.profiles import Profile
from igny8_flask.sandbox.question import Message, read_question
from igny8_flask.sandbox.state import Sandbox
from igny8_flask.sandbox.tokens import count_tokens, split_pieces

REASONING_TOKENS = {
    "none": 0,
    "minimal": 64,
    "low": 256,
    "medium": 1_024,
    "high": 3_072,
    "xhigh": 6_144,
    "max": 12_288,
}


@dataclass
class Usage:
    """Tokens of one answer; reasoning is part of completion, cached part of prompt."""

    prompt: int = 0
    cached: int = 0
    completion: int = 0
    reasoning: int = 0


@dataclass
class Reply:
    """One answer: ``text`` None and ``refusal`` set are ways in which models answer too."""

    id: str
    model: str
    created: int
    text: str | None
    finish_reason: str = "stop"
    refusal: str | None = None
    usage: Usage | None = field(default_factory=Usage)
    tier: str = "default"
    cost_usd: float | None = None
    shows_cost: bool = False


def make_reply(
    body: dict[str, Any],
    messages: list[Message],
    model: Model,
    profile: Profile,
    sandbox: Sandbox,
    fault: Fault | None,
    entry: Entry,
) -> Reply:
    """Write the answer, cut it at its token limit, bill it and note it in the journal."""
    prompt = "\n".join(message.text for message in messages)
    chosen = body.get("response_format") or (body.get("text") or {}).get("format") or {}
    question = read_question(
        messages, entry.function, find_schema(body), chosen.get("type", "text") != "text"
    )
    reply = Reply(
        id=f"chatcmpl-{hash_prompt(f'{entry.request_id}{prompt}')}",
        model=str(body.get("model") or model.name),
        created=int(sandbox.now().timestamp()),
        text=compose(question, model.name, sandbox.seed),
        tier=_tier(body),
        shows_cost=profile.reports_cost,
    )
    usage = Usage(prompt=count_tokens(prompt) + 4 * len(messages))
    if profile.context:
        usage.prompt = min(usage.prompt, profile.context)
    usage.cached = min(sandbox.cached_prefix_tokens(model.name, prompt), usage.prompt)
    usage.reasoning = _thinking(body, model)
    reply.usage = usage
    if fault is not None:
        spoil_answer(reply, fault, question)
    _limit(reply, usage, answer_limit(body))
    _bill(reply, usage, model, fault, entry)
    return reply


def _tier(body: dict[str, Any]) -> str:
    asked = str(body.get("service_tier") or "default")
    return "default" if asked == "auto" else asked


def _thinking(body: dict[str, Any], model: Model) -> int:
    if not model.is_reasoning:
        return 0
    reasoning = body.get("reasoning")
    inner = reasoning.get("effort") if isinstance(reasoning, dict) else None
    effort = body.get("reasoning_effort") or inner or model.default_effort
    return REASONING_TOKENS.get(str(effort), 0)


def _limit(reply: Reply, usage: Usage, limit: int | None) -> None:
    """Cut the answer where the budget ends; thinking eats from the same budget."""
    text = reply.text or ""
    if limit is None or usage.reasoning + count_tokens(text) <= limit:
        usage.completion = usage.reasoning + count_tokens(text)
        return
    usage.reasoning = min(usage.reasoning, limit)
    usage.completion = limit
    reply.finish_reason = "length"
    reply.text = _cut(text, limit - usage.reasoning)


def _cut(text: str, tokens: int) -> str:
    """Keep about that many tokens."""
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if count_tokens(text[:middle]) <= tokens:
            low = middle
        else:
            high = middle - 1
    return text[:low]


def _bill(reply: Reply, usage: Usage, model: Model, fault: Fault | None, entry: Entry) -> None:
    if fault is not None and fault.name == "length_empty":
        usage.completion = usage.reasoning
    if fault is not None and fault.name == "tier_downgraded":
        reply.tier = "default"
    entry.prompt_tokens, entry.cached_tokens = usage.prompt, usage.cached
    entry.completion_tokens, entry.reasoning_tokens = usage.completion, usage.reasoning
    entry.billed = True
    priced = {"prompt": usage.prompt, "cached": usage.cached, "completion": usage.completion}
    known = bool(model.price_in or model.price_out)
    entry.expected_cost_usd = text_cost(model, priced, reply.tier) if known else None
    reply.cost_usd = entry.expected_cost_usd
    if fault is not None:
        _spoil_usage(reply, fault)


def _spoil_usage(reply: Reply, fault: Fault) -> None:
    if fault.name == "usage_missing":
        reply.usage = None
    elif fault.name == "usage_zero":
        reply.usage = Usage()
    elif fault.name == "cost_field":
        reply.shows_cost = True
        reply.cost_usd = fault.args.get("cost", reply.cost_usd)
    elif fault.name == "model_alias_in_reply":
        reply.model = fault.args.get("model", f"{reply.model}-2026-11-01")


def answer_pieces(reply: Reply) -> list[str]:
    """Cut the answer's text as a stream carries it."""
    return split_pieces(reply.text or "")
