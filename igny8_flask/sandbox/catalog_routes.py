"""GET /v1/models and POST /v1/moderations."""

import re
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Response, jsonify

from igny8_flask.sandbox.call import current_call
from igny8_flask.sandbox.catalog import LIVE_SINCE, MODELS, OTHER_HOST_MODELS, Model, live_models
from igny8_flask.sandbox.refusals import Refusal, missing_parameter, model_not_found
from igny8_flask.sandbox.state import current_sandbox

blueprint = Blueprint("catalog", __name__)

FLAGGED_WORDS = {
    "violence": ("murder", "massacre", "bomb-making"),
    "hate": ("racial slur", "ethnic cleansing"),
    "sexual": ("porn", "explicit sex"),
    "self-harm": ("suicide method", "self-harm"),
    "illicit": ("buy cocaine", "credit card fraud"),
}
CATEGORIES = (
    *("harassment", "harassment/threatening", "hate", "hate/threatening", "illicit"),
    *("illicit/violent", "self-harm", "self-harm/instructions", "self-harm/intent", "sexual"),
    *("sexual/minors", "violence", "violence/graphic"),
)


@blueprint.get("/v1/models")
def list_models() -> Response:
    """List the host's live models with the day each one ends."""
    if current_call().profile.name == "openai":
        models = live_models(current_sandbox().now())
    else:
        models = [*OTHER_HOST_MODELS.values(), MODELS["gpt-6-luna"]]
    return jsonify({"object": "list", "data": [_document(model) for model in models]})


@blueprint.get("/v1/models/<path:name>")
def get_model(name: str) -> Response:
    """Describe one live model."""
    model = MODELS.get(name)
    if model is None or model.ended(current_sandbox().now()):
        raise model_not_found(name, retired=model is not None)
    return jsonify(_document(model))


def _document(model: Model) -> dict[str, Any]:
    shutdown = model.shutdown
    moment = datetime(shutdown.year, shutdown.month, shutdown.day, tzinfo=UTC) if shutdown else None
    return {
        "id": model.name,
        "object": "model",
        "created": LIVE_SINCE,
        "owned_by": "sandbox",
        "shutdown_date": moment.date().isoformat() if moment else None,
    }


@blueprint.post("/v1/moderations")
def moderate() -> Response:
    """Flag texts that hold a word of the list."""
    body = current_call().body
    given = body.get("input") if isinstance(body, dict) else None
    if not given:
        raise missing_parameter("input")
    name = str(body.get("model", "omni-moderation-latest"))
    if name not in MODELS or MODELS[name].kind != "moderation":
        raise Refusal(404, f"The model `{name}` does not exist.", code="model_not_found")
    texts = [given] if isinstance(given, str) else [_text(item) for item in given]
    results = [_judge(text) for text in texts]
    identity = f"modr-{current_call().entry.request_id}"
    return jsonify({"id": identity, "model": name, "results": results})


def _text(item: Any) -> str:
    return str(item.get("text", "")) if isinstance(item, dict) else str(item)


def _judge(text: str) -> dict[str, Any]:
    lowered = text.lower()
    hit = {
        category
        for category, words in FLAGGED_WORDS.items()
        if any(re.search(rf"\b{re.escape(word)}", lowered) for word in words)
    }
    return {
        "flagged": bool(hit),
        "categories": {name: name in hit for name in CATEGORIES},
        "category_scores": {name: 0.97 if name in hit else 0.0001 for name in CATEGORIES},
        "category_applied_input_types": {name: ["text"] for name in CATEGORIES},
    }
