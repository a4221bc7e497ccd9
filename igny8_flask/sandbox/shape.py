"""Fit an answer to the JSON schema of the request: its property names, types and limits."""

from typing import Any

from igny8_flask.sandbox.writer import Writer

_SAME = (
    {"content", "body", "html", "article", "content_html", "markdown", "text"},
    {"meta_title", "seo_title"},
    {"meta_description", "seo_description", "description"},
    {"focus_keyphrase", "focus_keyword", "primary_keyword", "keyphrase"},
    {"excerpt", "summary", "intro"},
    {"content_type", "type", "content_structure", "format"},
    {"word_count", "words", "estimated_word_count", "length"},
    {"keywords", "target_keywords", "covered_keywords", "keyword_strings"},
    {"keyword_ids", "ids"},
    {"outline", "sections"},
    {"key_points", "points", "details"},
    {"heading", "section", "subheading"},
    {"cluster_name", "cluster"},
    {"featured_prompt", "featured_image_prompt", "featured_image", "featured"},
    {"featured_alt", "featured_alt_text"},
    {"in_article", "in_article_prompts", "in_article_images", "images", "prompts"},
    {"alt", "alt_text"},
    {"prompt", "image_prompt"},
    {"name", "cluster_name", "title"},
    {"unassigned", "unassigned_keywords", "unclustered"},
    {"faq", "faqs", "questions"},
)


class Shaper:
    """Walks a schema and takes each value from the answer, or makes one up."""

    def __init__(self, schema: dict[str, Any], writer: Writer) -> None:
        self._root = schema
        self._writer = writer

    def fit(self, answer: Any) -> Any:
        """Return the answer in the schema's shape."""
        return self._fit(self._root, answer)

    def _fit(self, schema: dict[str, Any], value: Any) -> Any:
        schema = self._resolve(schema, value)
        if "const" in schema:
            return schema["const"]
        if "enum" in schema:
            return value if value in schema["enum"] else schema["enum"][0]
        kind = schema.get("type")
        if isinstance(kind, list):
            if value is None and "null" in kind:
                return None
            kind = next((name for name in kind if name != "null"), "null")
        if kind == "object" or "properties" in schema:
            return self._object(schema, value if isinstance(value, dict) else {})
        if kind == "array":
            return self._array(schema, value)
        return self._scalar(kind, schema, value)

    def _resolve(self, schema: dict[str, Any], value: Any) -> dict[str, Any]:
        reference = schema.get("$ref")
        if isinstance(reference, str):
            target: Any = self._root
            for step in reference.lstrip("#/").split("/"):
                target = target.get(step, {}) if step else target
            return self._resolve(target, value)
        choices = schema.get("anyOf") or schema.get("oneOf")
        if not choices:
            return schema
        nullable = any(choice.get("type") == "null" for choice in choices)
        if value is None and nullable:
            return {"type": "null"}
        return self._resolve(next(c for c in choices if c.get("type") != "null"), value)

    def _object(self, schema: dict[str, Any], value: dict[str, Any]) -> dict[str, Any]:
        properties = schema.get("properties")
        if not properties:
            return value
        return {name: self._fit(inner, _take(value, name)) for name, inner in properties.items()}

    def _array(self, schema: dict[str, Any], value: Any) -> list[Any]:
        items = value if isinstance(value, list) else [] if value is None else [value]
        inner = schema.get("items") or {}
        least, most = schema.get("minItems", 0), schema.get("maxItems", len(items))
        items = [*items, *[None] * (least - len(items))][: max(most, least)]
        return [self._fit(inner, item) for item in items]

    def _scalar(self, kind: str | None, schema: dict[str, Any], value: Any) -> Any:
        if kind == "null":
            return None
        if kind == "boolean":
            return value if isinstance(value, bool) else False
        if kind in {"integer", "number"}:
            number = value if isinstance(value, int | float) else schema.get("minimum", 1)
            return int(number) if kind == "integer" else number
        if kind == "string":
            text = self._text(value)
            return text[: schema["maxLength"]] if "maxLength" in schema else text
        return value

    def _text(self, value: Any) -> str:
        if isinstance(value, dict):
            value = value.get("heading", value.get("prompt", value.get("name")))
        return self._writer.sentence() if value is None else str(value)


def _take(value: dict[str, Any], name: str) -> Any:
    """Find a property by its name, else by a name that means the same."""
    if name in value:
        return value[name]
    for group in _SAME:
        if name in group:
            for other in sorted(group & value.keys()):
                return value[other]
    return None
