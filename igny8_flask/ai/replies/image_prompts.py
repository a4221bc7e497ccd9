"""Parsing of a reply with image prompts."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from igny8_flask.ai.replies.cuts import is_cut
from igny8_flask.ai.replies.documents import surviving
from igny8_flask.ai.replies.extract import ExtractedJSON, extract_json
from igny8_flask.ai.replies.matching import KeywordIndex
from igny8_flask.ai.replies.results import ImagePromptRow, ImagePromptsReply, listed
from igny8_flask.ai.replies.shapes import decoded, fields_of, key_of, words
from igny8_flask.ai.replies.text import folded, one_line
from igny8_flask.ai.replies.verdicts import (
    broke_off,
    fault,
    is_refusal,
    verdict_after,
    verdict_before,
    was_cut,
)
from igny8_flask.errors import ReplyError

_FEATURED = re.compile(r"featured|hero|cover|thumbnail|mainimage|headerimage|^main$|^header$")
_PROMPT = (
    "prompt", "imageprompt", "positiveprompt", "promptext", "prompttext", "imagedescription",
    "visual", "visualdescription", "scene", "description", "text", "image", "content",
    "dalleprompt",
    "generationprompt",
)  # fmt: skip
_HEADING = (
    "heading", "section", "sectionheading", "sectiontitle", "h2", "placement", "after", "for",
    "title", "name", "headline", "insertafter", "location", "context", "topic",
)  # fmt: skip
_ALT = ("alt", "alttext", "imagealt", "altdescription", "accessibilitytext")
_CAPTION = ("caption", "imagecaption", "legend")
_ROLE = (
    "type",
    "role",
    "kind",
    "imagetype",
    "position",
    "placement",
    "id",
    "name",
    "slot",
    "usage",
)
_SKIPPED = {"negativeprompt", "negative", "style", "title", "error", "alt", "alttext", "note",
            "notes", "size", "model", "caption", "count", "heading", "status", "refusal",
            "reason"}  # fmt: skip
_ALT_ENDS = ("alt", "alttext", "imagealt", "imagealttext")
_BESIDE = (*_ALT_ENDS, "caption", "negativeprompt")
_STEM = re.compile(r"(?:image)?(?:prompt|description)?$")
_GENERIC = re.compile(
    r"(?:(?:in)?(?:article|image|prompt|section|body|img|picture|photo|desktop|mobile|scene)s?)*\d*"
)
_LEAD = re.compile(
    r"^\s*(?:[-*•]\s+|\d{1,3}[.)]\s+|\**(?:featured |in-article )?(?:image|prompt)"
    r"(?: prompt)?\s*\d*"
    r"\s*:\**\s*)+",
    re.IGNORECASE,
)


def parse_image_prompts(
    text: str | None,
    *,
    headings: Iterable[Any] = (),
    count: int | None = None,
    finish_reason: str | None = None,
) -> ImagePromptsReply:
    """Turn a reply into image prompts; at most ``count`` of them besides the featured one.

    A prompt names a heading only where that heading was asked for.
    """
    index = KeywordIndex(headings)
    error = verdict_before(text, finish_reason)
    if error is not None or text is None:
        return ImagePromptsReply(unassigned=tuple(index.texts), error=error)
    extracted = extract_json(text)
    length = was_cut(finish_reason)
    entries = _entries(extracted, index, length)
    reply = _reply(entries, index, count, broke_off(extracted, finish_reason))
    repeats = len(entries) - len(reply.rows)
    stuck = repeats >= 8 and repeats > 3 * len(reply.rows) and len(reply.rows) < (count or 2)
    if reply.rows and not stuck:
        return reply
    error = fault("degenerate") if reply.rows else _verdict(text, extracted, reply.partial)
    return ImagePromptsReply(unassigned=tuple(index.texts), warnings=reply.warnings, error=error)


def _verdict(text: str, extracted: ExtractedJSON | None, partial: bool) -> ReplyError:
    value = extracted.value if extracted else None
    fields = fields_of(value) if isinstance(value, dict) else {}
    return verdict_after(
        text,
        value,
        recognised=any("prompt" in key or "image" in key for key in fields),
        cut=partial or bool(extracted and extracted.cut),
        found_json=bool(extracted and extracted.notation == "json"),
    )


@dataclass(frozen=True)
class _Entry:
    prompt: str
    featured: bool = False
    heading: str = ""
    alt: str = ""
    caption: str = ""


def _entries(extracted: ExtractedJSON | None, index: KeywordIndex, length: bool) -> list[_Entry]:
    if extracted is None:
        return []
    found: list[tuple[list[_Entry], bool]] = []
    for document in extracted.documents:
        entries = list(_walk(document.value, index, "", 0))
        if length and extracted.notation != "json":
            entries = entries[:-1]
        found.append((entries, document.cut))
    return surviving(found, _identity)


def _identity(entry: _Entry) -> set[str]:
    marks = {"p:" + folded(entry.prompt)}
    if entry.heading:
        marks.add("h:" + folded(entry.heading))
    return marks | ({"featured"} if entry.featured else set())


def _walk(value: Any, index: KeywordIndex, key: str, depth: int) -> Iterator[_Entry]:
    """Yield the whole prompts of a value; ``key`` is the name that it stands under."""
    value = decoded(value)
    if depth > 8:
        return
    if isinstance(value, str):
        if not is_cut(value):
            yield from _spoken(value, index, key)
    elif isinstance(value, list):
        for item in value:
            yield from _walk(item, index, key, depth + 1)
    elif isinstance(value, dict):
        yield from _walk_object(value, index, key, depth)


def _spoken(text: str, index: KeywordIndex, key: str) -> Iterator[_Entry]:
    prompt = _prompt(text)
    if not prompt:
        return
    featured = bool(_FEATURED.search(key_of(key))) or bool(
        re.match(r"\W*(?:featured|hero)\b[^:]{0,20}:", text, re.IGNORECASE)
    )
    known = index.find(key) if key else None
    yield _Entry(prompt, featured, index.texts[known] if known is not None else "")


def _walk_object(
    value: dict[Any, Any], index: KeywordIndex, key: str, depth: int
) -> Iterator[_Entry]:
    fields = fields_of(value)
    named = next((alias for alias in _PROMPT if isinstance(fields.get(alias), str)), "")
    prompt = _prompt(fields.get(named)) if named else ""
    nested = any(isinstance(decoded(item), list | dict) for item in value.values())
    if prompt and not (nested and named.startswith(("text", "desc", "content"))):
        if not is_cut(value):
            yield _row(fields, prompt, index, key)
        return
    for name, item in value.items():
        if isinstance(item, str) and not _is_beside(name, index):
            alt = words(fields, [_STEM.sub("", key_of(name)) + end for end in _ALT_ENDS], 300)
            for entry in _walk(item, index, str(name) or key, depth + 1):
                yield replace(entry, alt=entry.alt or alt)
        elif isinstance(item, list | dict) and key_of(name) not in _SKIPPED:
            telling = str(name) if name and _telling(name, index) else key
            yield from _walk(item, index, telling, depth + 1)


def _is_beside(name: Any, index: KeywordIndex) -> bool:
    """Whether a name stands for what belongs to a prompt and is none."""
    plain = key_of(name)
    return plain in _SKIPPED or (plain.endswith(_BESIDE) and index.find(str(name)) is None)


def _telling(name: Any, index: KeywordIndex) -> bool:
    return bool(_FEATURED.search(key_of(name))) or index.find(str(name)) is not None


def _row(fields: dict[str, Any], prompt: str, index: KeywordIndex, key: str) -> _Entry:
    written = words(fields, _HEADING, 300)
    known = index.find(written) if written else None
    known = index.find(key) if known is None and key else known
    role = " ".join(key_of(fields.get(alias, "")) for alias in _ROLE)
    featured = any(_FEATURED.search(part) for part in (*role.split(), key_of(key)))
    featured = featured or fields.get("featured") is True or fields.get("isfeatured") is True
    return _Entry(
        prompt,
        featured,
        index.texts[known] if known is not None else "",
        words(fields, _ALT, 300),
        words(fields, _CAPTION, 300),
    )


def _prompt(written: Any) -> str:
    """One prompt as one line; placeholders, refusals and bare words are none."""
    text = _LEAD.sub("", one_line(written, 4000)).strip(' "“”')
    letters = sum(char.isalpha() for char in text)
    wordy = len(text.split()) >= 2 or not text.isascii()
    placeholder = re.fullmatch(r"[\[<({].{0,60}[\])>}]|\.{3}|…|n/?a|none|null", text, re.IGNORECASE)
    return "" if letters < 3 or not wordy or placeholder or is_refusal(text) else text


def _reply(
    entries: list[_Entry], index: KeywordIndex, count: int | None, partial: bool
) -> ImagePromptsReply:
    unique = list({folded(entry.prompt): entry for entry in reversed(entries)}.values())[::-1]
    featured = [entry for entry in unique if entry.featured]
    inside = [entry for entry in unique if not entry.featured]
    extra = [*featured[1:], *(inside[count:] if count is not None and count >= 0 else [])]
    kept = [entry for entry in unique if entry not in extra]
    rows: list[ImagePromptRow] = []
    position = 0
    for entry in kept:
        position += not entry.featured
        row = ImagePromptRow(
            entry.prompt, "in_article", position, entry.heading, entry.alt, entry.caption
        )
        rows.append(replace(row, role="featured", position=0) if entry.featured else row)
    used = {row.heading for row in rows}
    left = tuple(heading for heading in index.texts if heading not in used)
    warnings = [listed("More prompts than asked for, dropped", [e.prompt for e in extra])]
    warnings = warnings if extra else []
    if count is not None and position < count and len(rows) < count:
        warnings.append(f"{len(rows)} of {count} image prompts came back.")
    return ImagePromptsReply(tuple(rows), left, tuple(warnings), partial)
