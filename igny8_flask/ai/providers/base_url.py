"""A pasted base URL in its one proper form."""

import re

from igny8_flask.errors import OutboundError, ProviderError
from igny8_flask.outbound import parse_url

_ENDPOINTS = re.compile(
    r"/(?:chat/completions|completions|chat|responses|embeddings|models|moderations"
    r"|images/generations|images)/*$"
)
_VERSION = re.compile(r"v\d+[a-z0-9]*")
_LOCAL = re.compile(r"localhost|\d{1,3}(?:\.\d{1,3}){3}|[a-z0-9-]+")


def normalize_base_url(text: str) -> str:
    """Return the base URL without trailing slash or endpoint and with exactly one version part.

    ``api.openai.com`` → ``https://api.openai.com/v1``;
    ``http://localhost:11434/v1/v1/chat/completions/`` → ``http://localhost:11434/v1``.
    Raises ProviderError of kind ``config``.
    """
    pasted = text.strip().strip("\"'<>").split("?")[0].split("#")[0]
    if "://" not in pasted:
        host = pasted.split("/")[0].split(":")[0].lower()
        pasted = ("http://" if _LOCAL.fullmatch(host) else "https://") + pasted
    try:
        target = parse_url(pasted)
    except OutboundError as error:
        raise ProviderError(
            "The base URL of the AI provider is not a web address.",
            "config",
            hint="Enter the base URL as the provider's documentation states it, "
            "for example https://api.openai.com/v1.",
        ) from error
    path = _ENDPOINTS.sub("", re.sub(r"/{2,}", "/", target.path).rstrip("/"))
    parts = [part for part in path.split("/") if part]
    kept = [part for at, part in enumerate(parts) if at == 0 or part != parts[at - 1]]
    if not any(_VERSION.fullmatch(part.lower()) for part in kept):
        kept.append("v1")
    return "/".join([target.origin, *kept])
