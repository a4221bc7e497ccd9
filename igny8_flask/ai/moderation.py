"""Moderation of what is about to be public. It fails closed: no verdict, no publishing."""

import uuid
from typing import Any

from igny8_flask.ai.providers import Moderation
from igny8_flask.ai.settings import load_integration, provider_door
from igny8_flask.errors import ProviderError
from igny8_flask.services import Services

PIECE_CHARS = 8000
UNAVAILABLE = (
    "The AI provider gave no moderation verdict, so this article was not published. Approve the"
    " article yourself, or switch the check off under Settings → Publishing."
)


def check_text(
    services: Services, account_id: uuid.UUID, site_id: uuid.UUID, text: str
) -> dict[str, Any]:
    """The verdict on a text: ``{"flagged": bool, "categories": [...]}``.

    Raises ProviderError when there is none; a passing fault is retryable.
    """
    integration = load_integration(account_id, site_id, "openai", services.secrets)
    judge = Moderation(services.outbound, *provider_door(services.settings, "openai", integration))
    pieces = [text[i : i + PIECE_CHARS] for i in range(0, len(text), PIECE_CHARS)] or [""]
    try:
        verdict = judge.check(pieces)
    except ProviderError as error:
        if error.retryable:
            raise
        raise ProviderError(UNAVAILABLE, "policy", hint=UNAVAILABLE) from error
    return {"flagged": verdict.flagged, "categories": list(verdict.categories)}
