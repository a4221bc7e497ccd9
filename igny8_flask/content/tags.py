"""The HTML tags of a reply, read and rewritten as text before any parser sees them.

One linear scan: comments, scripts and other unwanted elements go, words in angle brackets that are
no markup stay words, and what remains is balanced and bounded in depth and number, so that the
parser behind it meets nothing that costs more than linear time.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from html import escape

from igny8_flask.content.characters import unescape_attribute
from igny8_flask.content.tag_names import DROPPED_WITH_TEXT, KNOWN_TAGS, VOID_TAGS

TAG = re.compile(
    r"<(/?)([a-zA-Z][a-zA-Z0-9]*(?:[:-][\w.:-]*+)?)"
    r"(?:((?:[\s/](?:[^<>\"']++|\"[^\"<]*+(?:<[^\"]{0,300}+)?\"|'[^'<]*+(?:<[^']{0,300}+)?')*+)?)>"
    r"|([\s/][^<>]*)>)"
)
_ATTRIBUTE = re.compile(
    r"([^\s\"'<>/=]++)(?:\s*+=\s*+(?:\"([^\"]*+)\"|'([^']*+)'|([^\s\"'<>]++)))?"
)
_CUT_TAG = re.compile(r"<(?:[a-zA-Z/][^<>\n]*|!--[^\n]*)\n*\Z")
_DECLARATION = re.compile(r"<[!?](?!\[CDATA\[)[^<>]*>|<!\[CDATA\[|\]\]>")
_VIDEO = re.compile(
    r"(?:youtube(?:-nocookie)?\.com/(?:embed/|watch\?v=|v/)|youtu\.be/)([\w-]{11})(?![\w-])"
    r"|player\.vimeo\.com/video/(\d{1,12})"
)
_OPENER = re.compile(rf"<({'|'.join(sorted(DROPPED_WITH_TEXT))})(?=[\s>/])[^<>]*>", re.I)
_CODE_START = re.compile(r"</?(?:p|h[1-6]|div|ul|ol|table|section|article)[\s>]|\n[ \t]*\n", re.I)


@dataclass(frozen=True)
class Tag:
    """One tag as written: lower-case ``name`` and its attributes, values unescaped."""

    name: str
    closing: bool
    attributes: dict[str, str]
    source: str


def read_attributes(source: str) -> dict[str, str]:
    """Return the attributes of a tag's inside; the first of two equal names wins."""
    found: dict[str, str] = {}
    for match in _ATTRIBUTE.finditer(source):
        value = next((group for group in match.groups()[1:] if group is not None), "")
        found.setdefault(match[1].lower(), unescape_attribute(value).strip())
        if len(found) >= 40:
            break
    return found


def rewrite_tags(text: str, on_tag: Callable[[Tag], str], less_than: str) -> str:
    """Return ``text`` with ``on_tag``'s answer for each tag, ``less_than`` for any other ``<``."""
    closers = {name.lower() for name in re.findall(r"</([a-zA-Z][\w:.-]*)", text)}
    parts: list[str] = []
    position = 0
    for match in TAG.finditer(text):
        name = match[2].lower()
        inside = match[3] or match[4] or ""
        if not _is_markup(match[2], inside, closers):
            continue
        parts.append(text[position : match.start()].replace("<", less_than))
        attributes = {} if match[1] else read_attributes(inside)
        parts.append(on_tag(Tag(name, bool(match[1]), attributes, match[0])))
        position = match.end()
    parts.append(text[position:].replace("<", less_than))
    return "".join(parts)


def _is_markup(name: str, inside: str, closers: set[str]) -> bool:
    """Whether a tag is markup (``<o:p>``) rather than words (``<your name>``, ``<Button>``)."""
    known = name.lower() in KNOWN_TAGS
    is_written_as_name = (
        name[:1].isupper() and name[1:2].islower() and name.lower() not in VOID_TAGS
    )
    if known and (inside.strip() or not is_written_as_name):
        return True
    return ":" in name or "=" in inside or name.lower() in closers


def strip_unwanted(text: str, warn: Callable[[str], None]) -> str:
    """Drop comments, declarations, a cut-off tag, and elements whose text is no prose."""
    text = _drop_comments(text)
    text = _drop_elements(text, warn)
    text = _DECLARATION.sub("", text)
    return _CUT_TAG.sub("", text)


def _drop_comments(text: str) -> str:
    parts: list[str] = []
    position = 0
    while (start := text.find("<!--", position)) >= 0:
        parts.append(text[position:start])
        end = text.find("-->", start + 2)
        if end < 0:
            line_end = text.find("\n", start)
            position = len(text) if line_end < 0 else line_end
            parts.append(_drop_open_comments(text[position:]))
            return "".join(parts)
        if text[start + 4 : end].strip() == "more":
            parts.append('\n\n<hr class="more">\n\n')
        position = end + 3
    parts.append(text[position:])
    return "".join(parts)


def _drop_open_comments(text: str) -> str:
    return re.sub(r"<!--[^\n]*", "", text)


def _drop_elements(text: str, warn: Callable[[str], None]) -> str:
    parts: list[str] = []
    position = 0
    unclosed: set[str] = set()
    for match in _OPENER.finditer(text):
        name = match[1].lower()
        if match.start() < position:
            continue
        end = -1 if name in unclosed else _end_of(text, name, match.end())
        if end < 0:
            unclosed.add(name)
            end, instead = _unclosed(text, match)
        else:
            instead = _instead(name, match[0])
        if not instead:
            warn(f"Removed a {name} element.")
        parts.append(text[position : match.start()] + instead)
        position = end
    parts.append(text[position:])
    return "".join(parts)


def _end_of(text: str, name: str, start: int) -> int:
    match = re.compile(rf"</{name}\s*+[^<>]*>", re.I).search(text, start)
    return match.end() if match else -1


def _unclosed(text: str, opener: re.Match[str]) -> tuple[int, str]:
    """A tag that is mentioned in a sentence becomes text; one that starts code takes it along."""
    name = opener[1].lower()
    if name == "iframe":
        return opener.end(), _instead(name, opener[0])
    if name not in {"script", "style"}:
        mention = opener[0] == f"<{opener[1]}>"
        return opener.end(), f"&lt;{opener[1]}&gt;" if mention else ""
    line_start = text.rfind("\n", 0, opener.start()) + 1
    if opener[0].endswith(f"{opener[1]}>") and text[line_start : opener.start()].strip():
        return opener.end(), f"&lt;{opener[1]}&gt;"
    stop = _CODE_START.search(text, opener.end())
    return (stop.start() if stop else len(text)), ""


def _instead(name: str, opener: str) -> str:
    """Return the link that stands for a video frame, else nothing."""
    video = _VIDEO.search(opener) if name == "iframe" else None
    if not video:
        return ""
    url = (
        f"https://www.youtube.com/watch?v={video[1]}"
        if video[1]
        else f"https://vimeo.com/{video[2]}"
    )
    return f'\n\n<p><a href="{url}">{url}</a></p>\n\n'


def write_tag(name: str, attributes: dict[str, str]) -> str:
    """Return an opening tag with quoted, escaped attributes."""
    written = "".join(f' {key}="{escape(value)}"' for key, value in attributes.items())
    return f"<{name}{written}>"
