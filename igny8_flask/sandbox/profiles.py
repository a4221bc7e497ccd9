"""Hosts that speak OpenAI's protocol with an accent, chosen by the path's first part."""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from igny8_flask.sandbox.refusals import Refusal

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


@dataclass(frozen=True)
class Profile:
    """One host's habits: the error's shape, and the fields that it refuses or ignores."""

    name: str
    error_shape: str = "openai"
    checks_key: bool = True
    any_model: bool = True
    refused_fields: tuple[str, ...] = ()
    refusal_status: int = 400
    reports_cost: bool = False
    keepalive_comments: bool = False
    context: int | None = None


PROFILES = {
    profile.name: profile
    for profile in (
        Profile("openai", any_model=False),
        Profile("azure", error_shape="azure", any_model=True),
        Profile("openrouter", "numeric", reports_cost=True, keepalive_comments=True),
        Profile("ollama", checks_key=False, context=4_096),
        Profile("groq", refused_fields=("logprobs", "top_logprobs", "logit_bias")),
        Profile(
            "mistral",
            "flat",
            refused_fields=("seed", "max_completion_tokens", "store", "safety_identifier"),
            refusal_status=422,
        ),
        Profile("gemini", "list", refused_fields=("store", "safety_identifier", "logit_bias")),
        Profile("llamacpp", "numeric", checks_key=False),
    )
}
_PREFIX = re.compile(
    r"^/(?P<profile>azure|openrouter|ollama|groq|mistral|gemini|llamacpp)"
    r"(?:/api|/v1beta)?(?:/openai)?(?:/v1)?(?P<rest>/.*)$"
)


class ProfilePrefix:
    """WSGI middleware: take the host's prefix off the path and remember whose it was."""

    def __init__(self, app: "WSGIApplication") -> None:
        self._app = app

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Any:
        """Pass the request on with an OpenAI path."""
        path = environ.get("PATH_INFO", "")
        environ["sandbox.path"] = path
        environ["sandbox.profile"] = "openai"
        match = _PREFIX.match(path)
        if match:
            environ["sandbox.profile"] = match["profile"]
            environ["PATH_INFO"] = f"/v1{match['rest']}"
        return self._app(environ, start_response)


def error_body(refusal: Refusal, profile: Profile) -> Any:
    """Word a refusal as the host does."""
    openai = {
        "message": refusal.message,
        "type": refusal.kind,
        "param": refusal.param,
        "code": refusal.code,
    }
    shape = profile.error_shape
    if shape == "numeric":
        metadata = {"code": refusal.code, "param": refusal.param}
        return {
            "error": {
                "code": refusal.status,
                "message": refusal.message,
                "type": refusal.kind,
                "metadata": metadata,
            }
        }
    if shape == "flat":
        return {"object": "error", **openai}
    if shape == "list":
        status = {400: "INVALID_ARGUMENT", 401: "UNAUTHENTICATED", 429: "RESOURCE_EXHAUSTED"}
        error = {"code": refusal.status, "message": refusal.message}
        return [{"error": {**error, "status": status.get(refusal.status, "INTERNAL")}}]
    if shape == "azure" and refusal.code == "content_filter":
        filtered = {"violence": {"filtered": True, "severity": "medium"}}
        openai["innererror"] = {  # type: ignore[assignment]
            "code": "ResponsibleAIPolicyViolation",
            "content_filter_result": filtered,
        }
    return {"error": openai}
