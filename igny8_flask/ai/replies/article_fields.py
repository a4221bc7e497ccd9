"""The parts of an article that come as objects: sections, blocks, questions, terms."""

import re
from typing import Any

from igny8_flask.ai.replies.cuts import is_cut
from igny8_flask.ai.replies.results import FaqEntry
from igny8_flask.ai.replies.shapes import decoded, fields_of, words
from igny8_flask.ai.replies.text import one_line

_HEADING = ("heading", "title", "h2", "sectiontitle", "sectionheading", "header", "headline", "h3",
            "subheading", "name")  # fmt: skip
_TEXT = ("content", "text", "body", "html", "markdown", "paragraphs", "paragraph", "details",
         "value", "introduction", "description")  # fmt: skip
_INNER = ("subsections", "children", "items", "sections", "blocks")
_QUESTION = ("question", "q", "name", "title", "heading")
_ANSWER = ("answer", "a", "text", "content", "acceptedanswer", "response", "body")


def assembled_body(value: Any, level: int = 2) -> str:
    """Write sections, blocks or paragraphs as one body; ``""`` where there is no text."""
    value = decoded(value)
    if isinstance(value, str):
        return value
    if level > 6:
        return ""
    if isinstance(value, list):
        parts = [assembled_body(item, level) for item in value]
        bullets = bool(parts) and level > 2 and all("\n" not in part for part in parts)
        return ("\n" if bullets else "\n\n").join(part for part in parts if part.strip())
    if isinstance(value, dict):
        return _section(value, level)
    return ""


def _section(value: dict[Any, Any], level: int) -> str:
    fields = fields_of(value)
    kind = one_line(fields.get("type")).lower()
    text = "\n\n".join(
        part for part in (assembled_body(fields.get(key), level + 1) for key in _TEXT) if part
    )
    if kind.startswith("head"):
        depth = fields.get("level")
        marks = "#" * (depth if isinstance(depth, int) and 1 < depth < 7 else level)
        return f"{marks} {one_line(text)}"
    heading = words(fields, _HEADING, 300)
    inner = [assembled_body(fields.get(key), level + 1) for key in _INNER]
    if not heading and not text and not any(inner):
        return ""
    title = f"<h{level}>{heading}</h{level}>" if re.search(r"<p\b|<ul\b", text) else ""
    title = title or ("#" * level + " " + heading)
    return "\n\n".join(part for part in (title if heading else "", text, *inner) if part)


def faq_entries(value: Any) -> tuple[FaqEntry, ...]:
    """Read questions with answers out of a list or an object; half ones are left out."""
    value = decoded(value)
    entries: list[FaqEntry] = []
    if isinstance(value, dict):
        inner = fields_of(value)
        listed = next((inner[key] for key in ("questions", "items", "faqs", "mainentity")
                       if isinstance(inner.get(key), list)), None)  # fmt: skip
        if listed is not None:
            return faq_entries(listed)
        value = [{"question": key, "answer": item} for key, item in value.items()]
    for item in value if isinstance(value, list) else []:
        if not isinstance(item, dict) or is_cut(item):
            continue
        fields = fields_of(item)
        answer = fields.get("acceptedanswer")
        if isinstance(answer, dict):
            fields = {**fields, "acceptedanswer": fields_of(answer).get("text")}
        question, told = words(fields, _QUESTION, 500), words(fields, _ANSWER, 4000)
        if question and told:
            entries.append(FaqEntry(question, told))
    return tuple(entries)


def string_list(value: Any) -> tuple[str, ...]:
    """Read terms out of a list or a text with commas, each once."""
    value = decoded(value)
    if isinstance(value, str):
        value = re.split(r"[,;\n、，]", value)
    items = value if isinstance(value, list) else []
    texts = [
        words(fields_of(item), ("name", "keyword", "tag", "title", "term", "value"), 200)
        if isinstance(item, dict)
        else one_line(item, 200)
        for item in items
        if not is_cut(item)
    ]
    return tuple(
        dict.fromkeys(text.lstrip("#").strip() for text in texts if text.lstrip("#").strip())
    )
