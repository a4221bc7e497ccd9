"""What stands around an article as labelled values: front matter, label lines, field tags."""

import re
from typing import Any

from igny8_flask.entities import unescape

_FRONT_MATTER = re.compile(
    r"\A\s*(?:---|\+\+\+|```ya?ml)[ \t]*\n(.{0,8000}?)\n(?:---|\+\+\+|\.\.\.|```)[ \t]*(?:\n|\Z)",
    re.S,
)
_FOLDED = re.compile(r"(?<=:)[ \t]*[>|][+-]?[ \t]*\Z")
_FRONT_FIELD = re.compile(r"^([^\W\d_][\w -]{0,40})[ \t]*[:=][ \t]*(.*)$")
_LABELS = {
    "title": "title", "post title": "title", "article title": "title", "blog title": "title",
    "h1": "title", "headline": "title", "blog post title": "title",
    "seo title": "meta_title", "meta title": "meta_title", "title tag": "meta_title",
    "meta description": "meta_description", "seo description": "meta_description",
    "description": "meta_description", "slug": "slug", "url slug": "slug", "permalink": "slug",
    "url": "slug", "focus keyphrase": "focus_keyphrase", "focus keyword": "focus_keyphrase",
    "primary keyword": "focus_keyphrase", "target keyword": "focus_keyphrase",
    "keyword": "focus_keyphrase", "main keyword": "focus_keyphrase", "tags": "tags",
    "keywords": "tags", "secondary keywords": "tags", "categories": "categories",
    "category": "categories", "excerpt": "excerpt", "word count": "", "reading time": "",
    "estimated reading time": "", "author": "", "date": "", "content": "", "article": "",
    "body": "", "layout": "", "draft": "", "image": "", "permalink url": "",
}  # fmt: skip
_LABEL = re.compile(
    r"\A[ \t]*(?:[-*][ \t]+)?(?:#{1,6}[ \t]+)?(?:\*\*|__)?([A-Za-z][A-Za-z0-9 _]{2,24}?)[ \t]*"
    r"(?::(?:\*\*|__)?|(?:\*\*|__):)[ \t]*(.*)\Z"
)
_FIELD = re.compile(r"\A\s*<([a-z][\w-]{2,20})>([^<>]{1,600})</\1>", re.I)
_RULE = re.compile(r"\s*(?:-{3,}|\*{3,}|_{3,})\s*")
_SURE_KEYS = frozenset(["meta_title", "meta_description", "slug", "focus_keyphrase"])


def take_front_matter(text: str, meta: dict[str, Any]) -> str:
    """Return ``text`` without YAML or TOML at its start, whose values go into ``meta``."""
    match = _FRONT_MATTER.match(text)
    if not match:
        return text
    lines = match[1].split("\n")
    fields = [_FRONT_FIELD.match(line) for line in lines if line.strip()]
    if not fields or not fields[0] or sum(f is not None for f in fields) * 2 < len(fields):
        return text
    items: list[str] | None = None
    for line in unfolded(lines):
        field = _FRONT_FIELD.match(line)
        if field:
            items = _keep(
                meta, _LABELS.get(field[1].strip().lower().replace("_", " "), ""), field[2]
            )
        elif items is not None and line.strip().startswith("- "):
            items.append(line.strip()[2:].strip(" \"'"))
    return text[match.end() :]


def unfolded(lines: list[str]) -> list[str]:
    """Bring the indented lines of a ``key: >`` back onto the line of their key."""
    joined: list[str] = []
    folding = False
    for line in lines:
        if folding and line.startswith((" ", "\t")):
            joined[-1] += f" {line.strip()}"
            continue
        folded = _FOLDED.sub("", line)
        folding = folded != line
        joined.append(folded)
    return joined


def _keep(meta: dict[str, Any], key: str, value: str) -> list[str] | None:
    value = value.strip().strip("*_").strip().strip("\"'").strip()
    if key in {"tags", "categories"}:
        names = [name.strip(" \"'[]") for name in value.split(",")]
        return meta.setdefault(key, [name for name in names if name])  # type: ignore[no-any-return]
    if key and value:
        meta.setdefault(key, value.strip("[]") if key == "slug" else value)
    return None


def take_labels(text: str, meta: dict[str, Any]) -> str:
    """Return ``text`` without lines like ``Title: …`` at its start and its end."""
    lines = text.split("\n")
    end = _end_without_labels(lines, meta)
    lines = lines[:end]
    index = taken = 0
    if lines[:1] == ["---"] and len(lines) > 1 and _key(lines[1]):
        index = 1
    while index < len(lines) and index < 40:
        line = lines[index]
        if not line.strip() or (taken and re.fullmatch(r"\s*(?:-{3,}|\*{3,})\s*", line)):
            index += 1
            taken = index if line.strip() else taken
            continue
        match = _LABEL.match(line)
        key = _key(line)
        if match is None or key is None or (key == "" and not taken and match[2].strip(" |>+-")):
            break
        _keep(meta, key, match[2])
        index += 1
        taken = index
    return "\n".join(lines[taken:])


def _key(line: str) -> str | None:
    match = _LABEL.match(line)
    known = _LABELS.get(match[1].strip().lower().replace("_", " ")) if match else None
    return known if match and len(match[2]) <= 500 else None


def _end_without_labels(lines: list[str], meta: dict[str, Any]) -> int:
    """Return where the article ends when label lines about it follow a blank line or a rule."""
    end = last = len(lines)
    found: list[str] = []
    while end > 0 and len(found) < 12:
        line = lines[end - 1]
        if _key(line) and not re.match(r"\s*#", line):
            found.append(line)
        elif found and (not line.strip() or _RULE.fullmatch(line)):
            last = end - 1
        elif line.strip():
            break
        end -= 1
    if not any(_key(line) in _SURE_KEYS for line in found) or end == 0:
        return len(lines)
    for line in found:
        match = _LABEL.match(line)
        _keep(meta, _key(line) or "", match[2] if match else "")
    return last if not lines[end].strip() or _RULE.fullmatch(lines[end]) else len(lines)


def take_fields(text: str, meta: dict[str, Any]) -> str:
    """Return ``text`` without elements like ``<meta_description>`` at its start."""
    while match := _FIELD.match(text):
        key = _LABELS.get(match[1].lower().replace("_", " ").replace("-", " "))
        if key is None or not text[match.end() :].strip():
            break
        _keep(meta, key, unescape(match[2]))
        text = text[match.end() :]
    return text
