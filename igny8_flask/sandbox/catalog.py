"""The models the sandbox knows: rules, prices and the day each one ends.

Prices are USD per million tokens. Source: public price tables, 2026-11-22.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime

ALL_EFFORTS = ("none", "minimal", "low", "medium", "high", "xhigh", "max")
_THINKING = ALL_EFFORTS[1:]
LONG_PROMPT_TOKENS = 272_000


@dataclass(frozen=True)
class Model:
    """One model: what it accepts, what it costs, when it ends."""

    name: str
    kind: str = "text"
    price_in: float = 0.0
    price_cached: float = 0.0
    price_out: float = 0.0
    price_image_in: float = 0.0
    context: int = 1_050_000
    max_output: int = 128_000
    efforts: tuple[str, ...] = ()
    default_effort: str = "none"
    shutdown: date | None = None
    long_prompt_surcharge: bool = False
    image_token_factor: float = 1.0

    @property
    def is_reasoning(self) -> bool:
        """Tell whether the model thinks before it answers."""
        return bool(self.efforts)

    def ended(self, now: datetime) -> bool:
        """Tell whether the model is shut down at that moment."""
        return self.shutdown is not None and now.date() >= self.shutdown


def _thinker(name: str, prices: tuple[float, float, float], **more: object) -> Model:
    rules: dict[str, object] = {
        "efforts": ALL_EFFORTS,
        "default_effort": "medium",
        "long_prompt_surcharge": True,
    }
    rules.update(more)
    return Model(name, "text", *prices, **rules)  # type: ignore[arg-type]


def _image(name: str, prices: tuple[float, float, float, float], **more: object) -> Model:
    text_in, cached, image_in, out = prices
    return Model(name, "image", text_in, cached, out, image_in, **more)  # type: ignore[arg-type]


_IMAGE_2 = (5.0, 1.25, 8.0, 30.0)
_GPT5_END, _GPT4_END = date(2026, 12, 11), date(2027, 1, 14)
_OLD_IMAGE_END = date(2026, 12, 1)
_GPT5_CONTEXT = {"context": 400_000, "long_prompt_surcharge": False}

_MODELS = (
    _thinker("gpt-6-luna", (0.10, 0.01, 0.50)),
    _thinker("gpt-6.1-terra", (1.0, 0.05, 5.0)),
    _thinker("gpt-6.1-sol", (2.0, 0.10, 10.0), efforts=_THINKING),
    _thinker("gpt-6.2-sol", (2.0, 0.10, 10.0), efforts=_THINKING),
    _thinker("gpt-6-astra", (10.0, 1.0, 50.0), efforts=_THINKING),
    _thinker("gpt-6.2-astra", (8.0, 0.80, 40.0), efforts=_THINKING),
    _thinker("gpt-5.6-luna", (0.20, 0.02, 1.20)),
    _thinker("gpt-5.6-terra", (2.0, 0.20, 12.0)),
    _thinker("gpt-5.6-sol", (4.0, 0.40, 20.0)),
    _thinker("gpt-5.4-mini", (0.75, 0.075, 4.50), **_GPT5_CONTEXT),
    _thinker("gpt-5.4-nano", (0.20, 0.02, 1.25), shutdown=date(2027, 4, 1), **_GPT5_CONTEXT),
    _thinker("gpt-5", (1.25, 0.125, 10.0), shutdown=_GPT5_END, **_GPT5_CONTEXT),
    _thinker("gpt-5-mini", (0.25, 0.025, 2.0), shutdown=_GPT5_END, **_GPT5_CONTEXT),
    _thinker("gpt-5-nano", (0.05, 0.005, 0.40), shutdown=_GPT5_END, **_GPT5_CONTEXT),
    Model("gpt-4.1", "text", 2.0, 0.50, 8.0, max_output=32_768, shutdown=_GPT4_END),
    Model("gpt-4.1-mini", "text", 0.40, 0.10, 1.60, max_output=32_768, shutdown=_GPT4_END),
    Model("gpt-4o", "text", 2.50, 1.25, 10.0, 0, 128_000, 16_384, shutdown=_GPT4_END),
    Model("gpt-4o-mini", "text", 0.15, 0.075, 0.60, 0, 128_000, 16_384, shutdown=_GPT4_END),
    _image("gpt-image-2.6-flare", _IMAGE_2, image_token_factor=3.5),
    _image("gpt-image-2.6-sunburst", _IMAGE_2, image_token_factor=3.5),
    _image("gpt-image-2.5-flare", _IMAGE_2),
    _image("gpt-image-2.5-sunburst", _IMAGE_2),
    _image("gpt-image-2", _IMAGE_2),
    _image("gpt-image-1.5", (5.0, 1.25, 8.0, 32.0), shutdown=_OLD_IMAGE_END),
    _image("gpt-image-1-mini", (2.0, 0.20, 2.50, 8.0), shutdown=_OLD_IMAGE_END),
    _image("chatgpt-image-latest", (5.0, 1.25, 8.0, 32.0), shutdown=_OLD_IMAGE_END),
    Model("omni-moderation-latest", "moderation"),
    *(
        Model(name, shutdown=day)
        for name, day in (
            ("gpt-4", date(2026, 10, 23)),
            ("gpt-3.5-turbo", date(2026, 10, 23)),
            ("gpt-4.1-nano", date(2026, 10, 23)),
            ("o4-mini", date(2026, 10, 23)),
            ("o3-mini", date(2026, 10, 23)),
            ("gpt-image-1", date(2026, 10, 23)),
            ("dall-e-2", date(2026, 5, 12)),
            ("dall-e-3", date(2026, 5, 12)),
        )
    ),
)
MODELS = {model.name: model for model in _MODELS}
OTHER_HOST_MODELS = {
    "gemini-3.8-flash": Model("gemini-3.8-flash", "text", 0.75, 0.075, 3.75),
    "mistral-small": Model("mistral-small", "text", 0.15, 0.015, 0.60, context=128_000),
    "llama-4-scout": Model("llama-4-scout", "text", 0.11, 0.11, 0.34, context=128_000),
    "llama3.2": Model("llama3.2", "text", context=4_096),
}
LIVE_SINCE = int(datetime(2026, 1, 1, tzinfo=UTC).timestamp())


def live_models(now: datetime) -> list[Model]:
    """List the models that still answer at that moment."""
    return [model for model in _MODELS if not model.ended(now)]


def text_cost(model: Model, usage: dict[str, int], tier: str = "default") -> float:
    """Price one text reply in USD; usage has prompt, cached and completion tokens."""
    prompt, cached = usage["prompt"], usage["cached"]
    dear = model.long_prompt_surcharge and prompt > LONG_PROMPT_TOKENS
    tokens_in = (prompt - cached) * model.price_in + cached * model.price_cached
    tokens_out = usage["completion"] * model.price_out
    if dear:
        tokens_in, tokens_out = tokens_in * 2, tokens_out * 1.5
    factor = {"flex": 0.5, "batch": 0.5, "priority": 2.0, "fast": 2.0}.get(tier, 1.0)
    return round((tokens_in + tokens_out) * factor / 1e6, 9)


def image_cost(model: Model, text_tokens: int, image_tokens: int) -> float:
    """Price one image request in USD."""
    return round((text_tokens * model.price_in + image_tokens * model.price_out) / 1e6, 9)
