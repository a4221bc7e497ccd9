"""The article in a JSON reply: whole, nested, double-encoded, with line breaks, or cut off."""

import json
import re
from typing import Any

from igny8_flask.content.json_repair import attempts, without_cut_escape
from igny8_flask.content.model import Question

MAX_DEPTH = 60
_BODY_KEYS = (
    "content", "html", "body", "article", "content_html", "html_content", "article_html", "text",
    "markdown", "article_content", "post_content", "article_body", "body_html", "blog_post",
    "post", "main_content", "generated_content", "output", "response", "result", "answer",
    "message", "data", "choices",
)  # fmt: skip
_TITLE_KEYS = ("title", "post_title", "article_title", "headline", "h1", "name")
_META_KEYS = {
    "meta_title": ("meta_title", "seo_title", "metatitle", "title_tag"),
    "meta_description": ("meta_description", "seo_description", "metadescription", "description"),
    "focus_keyphrase": (
        "focus_keyphrase", "focus_keyword", "primary_keyword", "focuskeyword", "main_keyword",
        "keyword",
    ),
    "slug": ("slug", "url_slug", "permalink"),
    "excerpt": ("excerpt", "summary", "post_excerpt"),
    "tags": ("tags", "post_tags", "keywords"),
    "categories": ("categories", "category", "post_categories"),
}  # fmt: skip
_LISTS = frozenset({"tags", "categories"})
_HEADING_KEYS = ("heading", "title", "subheading", "h2", "h3", "header", "question", "name")
_TEXT_KEYS = (
    "content", "html", "body", "text", "paragraph", "paragraphs", "details", "answer",
    "introduction", "intro", "hook", "sections", "subsections", "h2", "h3", "items", "list",
    "blocks", "points", "children", "data", "faq", "faqs", "conclusion",
    "outro", "closing", "call_to_action",
)  # fmt: skip
_NO_TEXT = re.compile(
    r"image|img|alt|prompt|keyword|slug|\bid\b|type|level|meta|seo|url|href|link|tag|categor|count|"
    r"schema|author|date|status|format|lang|tone|anchor|target|class|style|icon|order|number"
)
_STRUCTURED = ("sections", "introduction", "intro", "h2", "blocks", "outline", "paragraphs")
_START = re.compile(r"\{\s*[\"'“][^\"'“”\n]{1,60}[\"'”]\s*:|\[\s*\{\s*[\"'“]|\A\s*[\"\[](?=.)")
_ARTICLE_BEGUN = re.compile(r"^\s{0,3}#|^```(?!json|\s*\Z)|<(?:p|h[1-6]|div)\b", re.M)
_STRING_FIELD = re.compile(r"\"([\w -]{1,40})\"\s*:\s*\"")
_END_QUOTE = re.compile(r"\"(?=\s*(?:,\s*\"[\w -]{1,40}\"\s*:|[}\]]\s*(?:[,}\]]|```|\Z)|\Z))")
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|(.))", re.S)
_DECODER = json.JSONDecoder(strict=False)
_ESCAPED = {"n": "\n", "t": "\t", "r": "", "b": "", "f": "\n"}


def read_json(text: str) -> tuple[str, dict[str, Any]] | None:
    """Return body and metadata when ``text`` is (or introduces) JSON with an article, else None."""
    start = _START.search(text)
    before = text[: start.start()].strip() if start else ""
    if not start or len(before) > 400 or _ARTICLE_BEGUN.search(before):
        return None
    source = text[start.start() :].strip().removesuffix("```").strip()
    if _nesting(source) > MAX_DEPTH:
        return None
    value, end = _load(source)
    if end == 0:
        return _scan(source)
    most_after = 0 if isinstance(value, str) else min(600, end)
    return None if len(source) - end > most_after else _article(value)


def _nesting(source: str) -> int:
    depth = deepest = 0
    for match in re.finditer(r"\"(?:[^\"\\]++|\\.)*+\"|([{\[])|([}\]])", source, re.S):
        depth += 1 if match[1] else -1 if match[2] else 0
        deepest = max(deepest, depth)
    return deepest


def _load(source: str) -> tuple[Any, int]:
    """Return the value at the start of ``source`` and where it ends; 0 when it is no JSON."""
    for attempt in attempts(source):
        try:
            value, end = _DECODER.raw_decode(attempt)
        except (ValueError, RecursionError):
            continue
        return value, min(end, len(source))
    return None, 0


def _article(value: Any) -> tuple[str, dict[str, Any]] | None:
    if isinstance(value, str):
        return (value, {}) if value.strip() else None
    if isinstance(value, list):
        return _article_of_list(value)
    return _article_of_object(value) if isinstance(value, dict) else None


def _article_of_list(value: list[Any]) -> tuple[str, dict[str, Any]] | None:
    if len(value) == 1 and isinstance(value[0], dict):
        return _article(value[0])
    text = _assemble(value, 2)
    return (text, {}) if text.strip() and any(isinstance(item, dict) for item in value) else None


def _article_of_object(value: dict[Any, Any]) -> tuple[str, dict[str, Any]] | None:
    fields = {
        str(key).lower().replace("-", "_").replace(" ", "_"): item for key, item in value.items()
    }
    call = fields.get("arguments") or fields.get("input")
    if call and "name" in fields:
        return read_json(call) if isinstance(call, str) else _article(call)
    meta = _meta(fields)
    body = _body(fields)
    if body:
        return body[0], {**meta, **body[1]}
    rest = {key: item for key, item in fields.items() if key not in _consumed(meta)}
    text = _assemble(rest, 2)
    if text.strip():
        return text, meta
    only = [item for item in fields.values() if isinstance(item, dict)]
    return _article(only[0]) if len(only) == 1 else None


def _body(fields: dict[str, Any]) -> tuple[str, dict[str, Any]] | None:
    is_structured = any(name in fields for name in _STRUCTURED)
    for key in _BODY_KEYS:
        item = fields.get(key)
        if isinstance(item, str) and item.strip() and (not is_structured or len(item) > 400):
            return item, {}
        is_wrapped = isinstance(item, dict) or (key == "choices" and isinstance(item, list))
        inner = _article(item) if is_wrapped else None
        if inner:
            return inner
    return None


def _consumed(meta: dict[str, Any]) -> set[str]:
    used = {name for key in meta for name in _META_KEYS.get(key, ())}
    return used | (set(_TITLE_KEYS) if "title" in meta else set())


def _meta(fields: dict[str, Any]) -> dict[str, Any]:
    meta: dict[str, Any] = {}
    title = _first(fields, _TITLE_KEYS)
    if isinstance(title, str) and title.strip():
        meta["title"] = title.strip()
    for nested in ("seo", "meta", "metadata"):
        if isinstance(fields.get(nested), dict):
            inner = {str(key).lower(): item for key, item in fields[nested].items()}
            meta |= {key: value for key, value in _meta(inner).items() if key != "title"}
            if "title" in inner and isinstance(inner["title"], str):
                meta["meta_title"] = inner["title"].strip()
    for key, names in _META_KEYS.items():
        value = _first(fields, names)
        if key in _LISTS:
            names_of = _names(value)
            meta |= {key: names_of} if names_of else {}
        elif isinstance(value, str) and value.strip():
            meta[key] = value.strip()
    questions = _questions(_first(fields, ("faq", "faqs", "faq_section")))
    return {**meta, "faq": questions} if questions else meta


def _first(fields: dict[str, Any], names: tuple[str, ...]) -> Any:
    return next((fields[name] for name in names if fields.get(name)), None)


def _names(value: Any) -> list[str]:
    items = value.split(",") if isinstance(value, str) else value if isinstance(value, list) else []
    names = [item.get("name", "") if isinstance(item, dict) else item for item in items]
    return [name.strip() for name in names if isinstance(name, str) and name.strip()]


def _questions(value: Any) -> tuple[Question, ...]:
    entries = [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
    pairs = ((item.get("question"), item.get("answer")) for item in entries)
    return tuple(
        Question(question, answer)
        for question, answer in pairs
        if isinstance(question, str) and isinstance(answer, str)
    )


def _assemble(value: Any, level: int) -> str:
    """Write nested parts (sections with headings, lists, paragraphs) as one Markdown text."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, list):
        if value and all(isinstance(item, str) for item in value):
            short = all(len(item) < 160 and "<" not in item for item in value) and len(value) > 2
            return ("\n" if short else "\n\n").join(f"- {i}" if short else i for i in value)
        return "\n\n".join(part for part in (_assemble(item, level) for item in value) if part)
    if not isinstance(value, dict):
        return ""
    fields = {str(key).lower(): item for key, item in value.items()}
    kind = str(fields.get("type", ""))
    heading = next((fields[k] for k in _HEADING_KEYS if isinstance(fields.get(k), str)), "")
    if kind in {"heading", "header"} and not heading:
        return f"{'#' * level} {fields.get('text') or fields.get('content') or _inner_text(fields)}"
    parts = [f"{'#' * min(level, 6)} {heading}"] if heading else []
    for key, item in fields.items():
        is_text = key in _TEXT_KEYS or ((level > 2 or heading) and _reads_as_text(key, item))
        if is_text and item is not heading:
            parts.append(_assemble(item, level + 1 if heading else level))
    return "\n\n".join(part for part in parts if part)


def _reads_as_text(key: str, item: Any) -> bool:
    """Whether a field of a section that no list of names knows holds words of the article."""
    is_prose = isinstance(item, list) or (isinstance(item, str) and " " in item.strip())
    return is_prose and not _NO_TEXT.search(key)


def _inner_text(fields: dict[str, Any]) -> str:
    data = fields.get("data")
    return str(data.get("text", "")) if isinstance(data, dict) else ""


def _scan(source: str) -> tuple[str, dict[str, Any]] | None:
    """Take the fields of broken JSON by looking for closing quotes."""
    fields: dict[str, Any] = {}
    position = 0
    while match := _STRING_FIELD.search(source, position):
        end = _END_QUOTE.search(source, match.end())
        stop = end.start() if end else len(source)
        name = match[1].lower().replace("-", "_").replace(" ", "_")
        fields.setdefault(name, _unescape(without_cut_escape(source[match.end() : stop])))
        position = stop + 1
    body = next((fields[key] for key in _BODY_KEYS if fields.get(key)), None)
    if not body:
        return None
    return body, _meta(fields)


def _unescape(text: str) -> str:
    def replace(match: re.Match[str]) -> str:
        if match[1]:
            return chr(int(match[1], 16))
        return _ESCAPED.get(match[2], match[2])

    decoded = _ESCAPE.sub(replace, text)
    return decoded.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
