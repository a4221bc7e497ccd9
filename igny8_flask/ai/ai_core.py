"""AICore: the one door from AI functions to the providers.

Every paid call passes ``Checkpoint.paid``, which knows what was paid for already.
"""

from collections.abc import Callable
from dataclasses import asdict, replace
from decimal import Decimal
from typing import Any

from igny8_flask.ai import offers, stored_reply
from igny8_flask.ai.checkpoint import Checkpoint, fingerprint
from igny8_flask.ai.estimates import estimate_image, estimate_text
from igny8_flask.ai.prices import price_of
from igny8_flask.ai.profile_store import SharedProfiles
from igny8_flask.ai.providers import (
    ImageRequest,
    ImageUsage,
    Message,
    OpenAICompatText,
    OpenAIImages,
    ReplySchema,
    RunwareImages,
    TextReply,
    TextRequest,
    Usage,
    normalize_base_url,
    provider_for,
)
from igny8_flask.ai.replies import extract_json
from igny8_flask.ai.settings import (
    Integration,
    ModelConfig,
    get_model_config,
    load_integration,
    provider_door,
)
from igny8_flask.ai.tracker import ConsoleStepTracker, CostTracker, StepTracker
from igny8_flask.ai.types import CallIntent, CallOutcome, Prompt, RunContext
from igny8_flask.errors import ConfigError, ProviderError
from igny8_flask.services import Services

NO_KEY = (
    "No API key for {name} is set. Enter one under Settings → AI provider, or set {env} on the"
    " server."
)


class AICore:
    """Text and image calls of one run, with keys, models, costs and checkpoints."""

    def __init__(
        self,
        services: Services,
        context: RunContext,
        steps: StepTracker,
        costs: CostTracker,
        console: ConsoleStepTracker,
    ) -> None:
        self._services = services
        self._context = context
        self._checkpoint = Checkpoint(services, context, steps, costs, console)
        self._profiles = SharedProfiles(services.cache)
        self._integrations: dict[str, Integration] = {}

    def get_api_key(self, integration_type: str = "openai") -> str:
        """The key of a provider: site, account, then the operator's own."""
        return self._open_door(integration_type)[1]

    def get_base_url(self, integration_type: str = "openai") -> str:
        """The base URL of a provider: the operator's, for no site may choose an address."""
        return self._open_door(integration_type)[0]

    def _open_door(self, integration_type: str) -> tuple[str, str]:
        integration = self._integration(integration_type)
        return provider_door(self._services.settings, integration_type, integration)

    def get_model(self, integration_type: str = "openai", function_name: str = "") -> str:
        """The model that applies to a function, or the image model for ``image_generation``."""
        settings = self._services.settings
        if integration_type == "image_generation":
            return self._integration(integration_type).image_model(settings.default_image_model)
        return self.get_config(function_name).model or settings.default_ai_model

    def get_config(self, function_name: str) -> ModelConfig:
        """Model and limits of a function, as account and site chose."""
        return get_model_config(function_name, self._integration("openai"))

    def image_settings(self) -> dict[str, Any]:
        """Provider, sizes and counts of images, as the account and site chose."""
        return {
            "provider": "openai",
            "quality": "medium",
            **self._integration("image_generation").config,
        }

    def is_sandbox(self, integration_type: str = "openai") -> bool:
        """Whether calls go to the sandbox provider."""
        sandbox = self._services.settings.sandbox_url
        return self.get_base_url(integration_type).startswith(sandbox)

    def run_ai_request(
        self,
        prompt: Prompt,
        model: str | None = None,
        max_tokens: int = 4000,
        temperature: float | None = None,
        response_format: dict[str, Any] | None = None,
        function_name: str = "ai_request",
        step: str = "text",
        on_text: Callable[[str], None] | None = None,
        reasoning_effort: str | None = None,
    ) -> TextReply:
        """Ask a text model once and store what it answered. Raises ProviderError."""
        model = model or self.get_model("openai", function_name)
        request = TextRequest(
            model=model,
            messages=(
                Message("system", prompt.system),
                Message("user", prompt.user),
                *(Message(role, text) for role, text in prompt.turns),
            ),
            max_tokens=max_tokens,
            temperature=temperature,
            schema=ReplySchema(function_name, response_format) if response_format else None,
            function_name=function_name,
            reasoning_effort=reasoning_effort,
        )
        door = self._door("openai")

        def call(_attempt: int) -> tuple[bytes, CallOutcome]:
            provider = OpenAICompatText(self._services.outbound, *door, self._profiles)
            reply = provider.complete(request, on_text, self._context.should_stop)
            return self._text_outcome(reply, request)

        text = " ".join(message.content for message in request.messages)
        estimate = self.estimate_cost(model, text, max_tokens)
        intent = self._intent(step, request, model, "openai", estimate)
        stored = self._checkpoint.paid(intent, door, call)
        return stored_reply.from_bytes(stored)

    def generate_image(
        self,
        prompt: str,
        provider: str = "openai",
        model: str | None = None,
        size: tuple[int, int] = (1024, 1024),
        negative_prompt: str = "",
        request_uuid: str = "",
        step: str = "image",
    ) -> bytes:
        """Make one picture and store its bytes as they came. Raises ProviderError."""
        model = model or self.get_model("image_generation")
        quality = str(self.image_settings()["quality"])
        request = ImageRequest(
            prompt=prompt,
            model=model,
            width=size[0],
            height=size[1],
            request_uuid=request_uuid,
            quality=quality,
            negative_prompt=negative_prompt,
        )
        maker = self._image_maker(provider)

        def call(attempt: int) -> tuple[bytes, CallOutcome]:
            order = replace(request, resume=attempt > 1)
            reply = maker.generate(order, self._context.should_stop)
            if not reply.images:
                raise ProviderError("The provider sent no picture.", "transient", True)
            usage = _image_usage(reply.usage)
            cost, source = reply.cost_usd, "provider"
            if cost is None:
                pixels = size[0] * size[1]
                cost = price_of(model, reply.usage, "image", provider=provider, pixels=pixels)
                source = "table"
            data = reply.images[0].data
            tokens = usage.input + usage.output
            outcome = CallOutcome(data, asdict(usage), cost, source, tokens, reply.request_id)
            return data, outcome

        estimate = estimate_image(model, prompt, size, quality, provider)
        intent = self._intent(step, request, model, provider, estimate)
        return self._checkpoint.paid(intent, self._door(provider), call)

    def extract_json(self, response_text: str) -> Any:
        """The JSON document in a reply, or None."""
        found = extract_json(response_text)
        return found.value if found else None

    def calculate_cost(
        self,
        model: str,
        usage: Usage | ImageUsage | None,
        model_type: str = "text",
        tier: str = "",
    ) -> Decimal | None:
        """US dollars of one call; None where usage or price are unknown."""
        return price_of(model, usage, model_type, tier, self._provider_name())

    def estimate_cost(self, model: str, text: str, max_tokens: int) -> Decimal | None:
        """Upper estimate in US dollars of a text call; None when the price is unknown."""
        return estimate_text(model, text, max_tokens, self._provider_name())

    def _provider_name(self) -> str:
        return provider_for(normalize_base_url(self.get_base_url())).name

    def _integration(self, integration_type: str) -> Integration:
        if integration_type not in self._integrations:
            self._integrations[integration_type] = load_integration(
                self._context.account.id,
                self._context.site.id,
                integration_type,
                self._services.secrets,
            )
        return self._integrations[integration_type]

    def _require_key(self, integration_type: str) -> str:
        key = self.get_api_key(integration_type)
        if not key:
            env = {"openai": "OPENAI_API_KEY", "runware": "RUNWARE_API_KEY"}[integration_type]
            words = NO_KEY.format(name=integration_type.capitalize(), env=env)
            raise ProviderError(words, "auth", hint=words)
        return key

    def _door(self, integration_type: str) -> tuple[str, str]:
        return self.get_base_url(integration_type), self._require_key(integration_type)

    def _image_maker(self, provider: str) -> OpenAIImages | RunwareImages:
        if provider not in ("openai", "runware"):
            raise ConfigError(f"There is no image provider named {provider!r}.")
        door = (self._services.outbound, *self._door(provider))
        return OpenAIImages(*door) if provider == "openai" else RunwareImages(*door)

    def _intent(
        self, step: str, request: Any, model: str, kind: str, estimate: Decimal | None
    ) -> CallIntent:
        name = "sandbox" if self.is_sandbox(kind) else kind
        return CallIntent(step, fingerprint(asdict(request)), model, name, estimate)

    def look_at_models(self) -> None:
        """Once a day, learn which models the provider still offers."""
        offers.refresh_if_due(self._services, *self._door("openai"))

    def _text_outcome(self, reply: TextReply, request: TextRequest) -> tuple[bytes, CallOutcome]:
        cost, source = reply.cost_usd, "provider"
        if cost is None:
            cost = self.calculate_cost(request.model, reply.usage, tier=reply.tier)
            source = "table"
        usage = asdict(reply.usage) if reply.usage else {}
        tokens = usage.get("input", 0) + usage.get("output", 0)
        data = stored_reply.to_bytes(reply)
        return data, CallOutcome(data, usage, cost, source, tokens, reply.request_id)


def _image_usage(usage: Any) -> Usage:
    if usage is None:
        return Usage(0, 0, 0, 0, 0)
    return Usage(usage.text_input + usage.image_input, 0, 0, usage.output, 0)
