"""Known providers as rows: a new OpenAI-compatible host is one row, or no row at all."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Provider:
    """One host and how it differs; ``token_field`` is the name it surely understands.

    ``needs_key`` is False for servers that accept any key; ``reports_cost`` asks for the price of
    each reply; ``sends_store`` tells the host not to keep the exchange.
    """

    name: str
    label: str
    base_url: str
    key_env: str
    url_env: str = "OPENAI_BASE_URL"
    token_field: str = "max_tokens"  # noqa: S105 - the name of a field
    needs_key: bool = True
    reports_cost: bool = False
    sends_store: bool = False


_MCT = "max_completion_tokens"
_KEY = "OPENAI_API_KEY"

OPENAI = Provider(
    "openai", "OpenAI", "https://api.openai.com/v1", _KEY, token_field=_MCT, sends_store=True
)
RUNWARE = Provider(
    "runware", "Runware", "https://api.runware.ai/v1", "RUNWARE_API_KEY", "RUNWARE_BASE_URL"
)
COMPATIBLE = Provider("compatible", "The AI provider", "", _KEY, needs_key=False)

PROVIDERS: tuple[Provider, ...] = (
    OPENAI,
    RUNWARE,
    Provider(
        "azure", "Azure OpenAI", "https://*.openai.azure.com/openai/v1", _KEY, token_field=_MCT
    ),
    Provider("openrouter", "OpenRouter", "https://openrouter.ai/api/v1", _KEY, reports_cost=True),
    Provider("gemini", "Gemini", "https://generativelanguage.googleapis.com/v1beta/openai", _KEY),
    Provider("anthropic", "Anthropic", "https://api.anthropic.com/v1", _KEY),
    Provider("groq", "Groq", "https://api.groq.com/openai/v1", _KEY, token_field=_MCT),
    Provider("mistral", "Mistral", "https://api.mistral.ai/v1", _KEY),
)


def provider_for(base_url: str) -> Provider:
    """Return the row whose base URL this is, or the row of any compatible server."""
    for row in PROVIDERS:
        start, star, end = row.base_url.partition("*")
        if base_url == row.base_url or (
            star and base_url.startswith(start) and base_url.endswith(end)
        ):
            return row
    return COMPATIBLE
