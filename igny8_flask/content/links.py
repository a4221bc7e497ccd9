"""Links, images and references of Markdown, resolved in linear time.

The engine's own link patterns need quadratic time for unmatched brackets, so brackets are matched
here and every link reaches the engine as finished tags around its text.
"""

import re
from html import escape

from igny8_flask.content.characters import unescape_attribute
from igny8_flask.content.stash import Stash
from igny8_flask.entities import unescape

MAX_NOTES = 500  # the engine's numbering of repeated notes is quadratic
_DEFINITION = re.compile(
    r"^[ ]{0,3}\[(?!\^)([^\[\]\n]{1,200})\]:[ \t]*\n?[ \t]*<?([^\s<>]{1,2000})>?"
    r"(?:[ \t]+(?:\"([^\"\n]*)\"|'([^'\n]*)'|\(([^()\n]*)\)))?[ \t]*$",
    re.M,
)
_NOTE = re.compile(r"^[ ]{0,3}\[\^([^\[\]\n]{1,80})\]:", re.M)
_TARGET = re.compile(
    r"\([ \t\n]{0,20}(?:<([^<>\n]{0,2000})>"
    r"|((?:[^\s()]|\((?:[^\s()]|\([^\s()]{0,200}\)){0,400}\)){0,2000}+))"
    r"(?:[ \t\n]{1,20}(?:\"([^\"\n]{0,500})\"|'([^'\n]{0,500})'|\(([^()\n]{0,500})\)))?"
    r"[ \t\n]{0,20}\)"
)
_LOOSE_TARGET = re.compile(r"\(((?:https?://|/)[^()\n]{1,500})\)")
_UNDEFINED = re.compile(r"\[[\w .-]{0,60}\](?![\[(])")
_BRACKET = re.compile(r"[\[\]]|\n[ \t]*\n")
_ABBREVIATION = re.compile(r"^[ ]{0,3}\*\[([^\[\]\n]{1,60})\]:[ \t]*([^\n]*)$", re.M)
MAX_ABBREVIATIONS = 100


class _Links:
    def __init__(self, text: str, stash: Stash) -> None:
        self.stash = stash
        self.references = {
            _label(match[1]): (match[2], match[3] or match[4] or match[5] or "")
            for match in _DEFINITION.finditer(text)
        }
        self.notes_kept = 0
        self.notes = {match[1] for match in _NOTE.finditer(text)}

    def target(self, text: str, label: str, end: int) -> tuple[str, str, int] | None:
        """Return address, title and end of the link whose text ends before ``end``."""
        follows = text[end : end + 1]
        if follows == "(":
            match = _TARGET.match(text, end)
            if match:
                title = match[3] or match[4] or match[5] or ""
                return match[1] if match[1] is not None else match[2], title, match.end()
            loose = _LOOSE_TARGET.match(text, end)
            return (loose[1], "", loose.end()) if loose else None
        if not self.references:
            return None
        if follows == "[":
            close = text.find("]", end, end + 200)
            named = _label(text[end + 1 : close]) if close > 0 else ""
            found = self.references.get(named or _label(label))
            return (*found, close + 1) if found and close > 0 else None
        found = self.references.get(_label(label))
        return (*found, end) if found else None


def resolve_links(text: str, stash: Stash) -> str:
    """Return Markdown ``text`` with links and images as tokens and other brackets literal."""
    if "[" not in text and "]" not in text:
        return text
    names = dict(_ABBREVIATION.findall(text)[:MAX_ABBREVIATIONS])
    text = _ABBREVIATION.sub("", text)
    links = _Links(text, stash)
    text = _DEFINITION.sub("", text)
    changes: dict[int, tuple[int, str]] = {}
    opened: list[int] = []
    done = 0
    for match in _BRACKET.finditer(text):
        if match.start() < done:
            continue
        if match[0] == "[":
            opened.append(match.start())
        elif match[0] == "]":
            if opened:
                done = _close(text, opened.pop(), match.end(), links, changes) or done
        else:
            opened.clear()
    return _abbreviated(_apply(text, changes, stash), names, stash)


def _abbreviated(text: str, names: dict[str, str], stash: Stash) -> str:
    if not names:
        return text
    tokens = {
        name: stash.inline(f'<abbr title="{escape(unescape(words))}">{escape(name)}</abbr>', name)
        for name, words in names.items()
    }
    one = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, tokens))})(?!\w)")
    return one.sub(lambda match: tokens[match[0]], text)


def _close(
    text: str, start: int, end: int, links: _Links, changes: dict[int, tuple[int, str]]
) -> int:
    """Record the change for the bracket pair; returns where scanning goes on after a link."""
    label = text[start + 1 : min(end - 1, start + 401)]
    if _is_note(label, links, text, start) or _is_checkbox(text, start, label):
        changes[start] = (end, text[start:end])
        return 0
    found = links.target(text, label, end) if end - start < 2000 else None
    if not found:
        return _without_reference(text, start, end, changes)
    address, title, after = found
    href = escape(unescape_attribute(links.stash.source(address)))
    titled = f' title="{escape(unescape(links.stash.source(title)))}"' if title else ""
    is_image = text[start - 1 : start] == "!" and start > 0
    if is_image:
        alt = escape(unescape(links.stash.source(label)))
        tag = f'<img src="{href}" alt="{alt}"{titled}>'
        changes[start - 1] = (after, links.stash.inline(tag, label))
    else:
        changes[start] = (start + 1, links.stash.inline(f'<a href="{href}"{titled}>'))
        changes[end - 1] = (after, links.stash.inline("</a>"))
    return after


def _without_reference(text: str, start: int, end: int, changes: dict[int, tuple[int, str]]) -> int:
    """``[words][label]`` whose label was never defined is its words."""
    match = _UNDEFINED.match(text, end)
    if not match or not re.search(r"[^\W\d_]", text[start + 1 : end - 1][:200]):
        return 0
    changes[start] = (start + 1, "")
    changes[end - 1] = (match.end(), "")
    return match.end()


def _is_note(label: str, links: _Links, text: str, start: int) -> bool:
    if not label.startswith("^") or label[1:] not in links.notes:
        return False
    links.notes_kept += 1
    return links.notes_kept <= MAX_NOTES


def _is_checkbox(text: str, start: int, label: str) -> bool:
    return label in {" ", "x", "X"} and bool(
        re.search(r"(?:[-*+]|\d[.)])[ \t]+$", text[max(0, start - 12) : start])
    )


def _apply(text: str, changes: dict[int, tuple[int, str]], stash: Stash) -> str:
    left, right = stash.text("["), stash.text("]")
    parts: list[str] = []
    position = 0
    for start in sorted(changes):
        end, instead = changes[start]
        if start < position:
            continue
        parts.append(text[position:start].replace("[", left).replace("]", right))
        parts.append(instead)
        position = end
    parts.append(text[position:].replace("[", left).replace("]", right))
    return "".join(parts)


def _label(text: str) -> str:
    return " ".join(text.lower().split())
