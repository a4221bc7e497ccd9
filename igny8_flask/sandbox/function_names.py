"""Which AI function a request serves: by schema name, metadata, or marks in the prompt."""

import re
from typing import Any

_ALIASES = {
    "generate_content": "generate_content",
    "auto_generate_content": "generate_content",
    "generate_article": "generate_content",
    "revise_article": "generate_content",
    "revise_section": "generate_content",
    "auto_cluster": "auto_cluster",
    "cluster_keywords": "auto_cluster",
    "generate_ideas": "generate_ideas",
    "auto_generate_ideas": "generate_ideas",
    "image_prompts": "image_prompts",
    "extract_image_prompts": "image_prompts",
    "generate_images": "image_prompts",
}
_NAMED = re.compile(r"\bIGNY8 function\s*:\s*([a-z_]{4,40})", re.IGNORECASE)
_MARKERS = (
    ("image_prompts", re.compile(r"image prompts?|featured_prompt", re.IGNORECASE)),
    ("auto_cluster", re.compile(r"\b(?:group|cluster)\w*\b[^.]{0,60}\bkeywords?\b", re.IGNORECASE)),
    ("generate_ideas", re.compile(r"\b(?:content|article|blog)\s+ideas?\b", re.IGNORECASE)),
    (
        "generate_content",
        re.compile(r"\b(?:write|draft)\b[^.]{0,80}\b(?:article|post|guide)\b", re.IGNORECASE),
    ),
)


def canonical_name(name: str) -> str:
    """Give a function its one name, whichever of its names is used."""
    return _ALIASES.get(name, name)


def find_function(body: dict[str, Any], text: str) -> str | None:
    """Name the function that a request body serves, or None."""
    for name in _declared(body):
        if name:
            return canonical_name(name)
    named = _NAMED.search(text)
    if named:
        return canonical_name(named[1].lower())
    if "messages" not in body and "input" not in body:
        return None
    return next((name for name, marker in _MARKERS if marker.search(text)), None)


def _declared(body: dict[str, Any]) -> list[str | None]:
    schema = _schema_holder(body)
    metadata = body.get("metadata")
    asked = metadata.get("function") if isinstance(metadata, dict) else None
    name = schema.get("name")
    return [
        name if isinstance(name, str) else None,
        asked if isinstance(asked, str) else None,
    ]


def _schema_holder(body: dict[str, Any]) -> dict[str, Any]:
    """Return the object with ``name`` and ``schema`` of either API, or an empty one."""
    text = body.get("text")
    chosen = body.get("response_format")
    if chosen is None and isinstance(text, dict):
        chosen = text.get("format")
    if not isinstance(chosen, dict):
        return {}
    holder = chosen.get("json_schema", chosen)
    return holder if isinstance(holder, dict) else {}


def find_schema(body: dict[str, Any]) -> dict[str, Any] | None:
    """Return the JSON schema that the answer must follow, or None."""
    schema = _schema_holder(body).get("schema")
    return schema if isinstance(schema, dict) else None
