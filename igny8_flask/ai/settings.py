"""Which model, key and limits apply: operator ← account ← site, and what is said per function.

The nearest that says something wins; an empty text or null says nothing.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import select

from igny8_flask.ai.constants import RUNWARE_MODEL
from igny8_flask.config import Settings
from igny8_flask.crypto import SecretBox
from igny8_flask.db import db
from igny8_flask.models import IntegrationSettings


@dataclass(frozen=True)
class ModelConfig:
    """How one function talks to its model; ``model`` empty = the operator's default."""

    max_tokens: int
    temperature: float | None = None
    model: str = ""
    reasoning_effort: str | None = None


MODEL_CONFIG: dict[str, ModelConfig] = {
    "auto_cluster": ModelConfig(max_tokens=8000),
    "generate_ideas": ModelConfig(max_tokens=8000),
    "generate_content": ModelConfig(max_tokens=12_000),
    "generate_images": ModelConfig(max_tokens=2000),
}


@dataclass(frozen=True)
class Integration:
    """Settings of one kind after account and site are merged; ``secret`` is the provider's key."""

    config: dict[str, Any] = field(default_factory=dict)
    secret: str = field(default="", repr=False)

    def image_model(self, default: str) -> str:
        """The model that draws; ``default`` is the operator's.

        Runware names its models ``maker:number@version``.
        """
        chosen = str(self.config.get("model") or "")
        if not chosen and self.config.get("provider") == "runware" and ":" not in default:
            return RUNWARE_MODEL
        return chosen or default


def provider_door(settings: Settings, kind: str, integration: Integration) -> tuple[str, str]:
    """Base URL and key of a provider, ``openai`` or ``runware``.

    The key is the site's, the account's or the operator's own; the address is always the
    operator's, for no site may choose where the server calls.
    """
    doors = {
        "openai": (settings.openai_base_url, settings.openai_api_key),
        "runware": (settings.runware_base_url, settings.runware_api_key),
    }
    base_url, own_key = doors[kind]
    return base_url, integration.secret or own_key


def load_integration(
    account_id: uuid.UUID, site_id: uuid.UUID | None, integration_type: str, secrets: SecretBox
) -> Integration:
    """Merge the account's and the site's rows of one kind; the site's values win."""
    rows = db.session.scalars(
        select(IntegrationSettings)
        .where(
            IntegrationSettings.account_id == account_id,
            IntegrationSettings.integration_type == integration_type,
            (IntegrationSettings.site_id.is_(None)) | (IntegrationSettings.site_id == site_id),
        )
        .order_by(IntegrationSettings.site_id.is_not(None))
    )
    merged = Integration()
    for row in rows:
        secret = merged.secret
        if row.secret_sealed:
            secret = secrets.open(row.secret_sealed, row.seal_context())
        merged = Integration(overlay(merged.config, row.config), secret)
    return merged


def overlay(under: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """Lay settings over others, also inside nested ones; what says nothing changes nothing."""
    merged = dict(under)
    for name, value in over.items():
        if isinstance(value, Mapping):
            merged[name] = overlay(merged.get(name) or {}, value)
        elif value not in ("", None) or name not in merged:
            merged[name] = value
    return merged


def get_model_config(function_name: str, integration: Integration | None = None) -> ModelConfig:
    """The function's configuration with the account's and site's own choices laid over it.

    ``integration.config`` may hold ``model`` for all functions, and in ``functions`` any field of
    ModelConfig for one of them; that is nearer than any general choice.
    """
    config = MODEL_CONFIG.get(function_name, ModelConfig(max_tokens=4000))
    if integration is None:
        return config
    general = {"model": integration.config.get("model")}
    own = (integration.config.get("functions") or {}).get(function_name) or {}
    chosen = overlay(general, own)
    return replace(
        config, **{name: value for name, value in chosen.items() if value not in ("", None)}
    )
