"""Cleaning of a raw reply: marks without meaning, reasoning blocks, fences."""

import re
import unicodedata
from dataclasses import dataclass

from igny8_flask.entities import unescape

_INVISIBLE = dict.fromkeys([0xFEFF, 0x200B, 0x2060, 0x00AD, 0x200E, 0x200F], None)
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_SURROGATES = re.compile(r"[\ud800-\udfff]")

_THINK_NAMES = (
    r"(?:[a-z]{1,10}:)?(?:think|thinking|thought|thoughts|reasoning|reflection|scratchpad|analysis)"
)
_THINK_OPEN = re.compile(rf"<{_THINK_NAMES}(?:\s[^<>]{{0,80}})?>|\[THINK\]|◁think▷", re.IGNORECASE)
_THINK_CLOSE = re.compile(rf"</{_THINK_NAMES}\s*>|\[/THINK\]|◁/think▷", re.IGNORECASE)
_CHANNEL = re.compile(r"<\|channel\|>\s*(\w+)[^<]{0,80}<\|message\|>", re.IGNORECASE)
_SPECIAL = re.compile(
    r"<\|[a-z_]{1,30}\|>(?:assistant\b)?|</?s>(?=\s*$)|<(?:end|start)_of_turn>", re.IGNORECASE
)
_FENCE = re.compile(r"^[ \t]*(`{3,}|~{3,})[ \t]*([\w+./-]*)[^\n`]*$", re.MULTILINE)


@dataclass(frozen=True)
class Cleaned:
    """A reply without its reasoning; ``unfinished`` when the reasoning was never closed."""

    text: str
    unfinished: bool = False


def visible(text: str) -> str:
    """Drop marks that carry no text (BOM, zero-width space, controls) and mend line ends."""
    text = _SURROGATES.sub("�", text) if not text.isascii() else text
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _CONTROLS.sub("", text.translate(_INVISIBLE))


def clean_reply(text: str) -> Cleaned:
    """Strip invisible marks, special tokens, reasoning and channel blocks."""
    text = visible(text)
    text = _final_channel(text)
    text, unfinished = _without_thinking(text)
    return Cleaned(_SPECIAL.sub("", text).strip(), unfinished)


def _final_channel(text: str) -> str:
    """Keep the last final channel of a reply in channels."""
    channels = list(_CHANNEL.finditer(text))
    if not channels:
        return text
    final = [mark for mark in channels if mark[1].lower() in {"final", "answer"}]
    if not final:
        return text[: channels[0].start()]
    start = final[-1].end()
    after = [mark.start() for mark in channels if mark.start() >= start]
    return text[start : after[0] if after else len(text)]


def _without_thinking(text: str) -> tuple[str, bool]:
    """Cut reasoning out; what precedes a lone closing tag is reasoning too."""
    marks = [(m.start(), m.end(), True) for m in _THINK_OPEN.finditer(text)]
    closes = [(m.start(), m.end(), False) for m in _THINK_CLOSE.finditer(text)]
    if not marks and not closes:
        return text, False
    kept: list[str] = []
    depth = 0
    position = 0
    for start, end, opens in sorted(marks + closes):
        if depth == 0:
            if opens:
                kept.append(text[position:start])
            else:
                kept.clear()
        depth = depth + 1 if opens else max(0, depth - 1)
        position = end
    if depth == 0:
        kept.append(text[position:])
    return "".join(kept), depth > 0


def unfence(text: str) -> str:
    """Take the text out of one fence around the whole of it, closed or not."""
    stripped = text.strip()
    marks = list(_FENCE.finditer(stripped))
    if not marks or marks[0].start() > 0:
        return stripped
    inner = stripped[marks[0].end() :]
    last = marks[-1]
    closing = len(marks) > 1 and not last[2] and last.end() == len(stripped)
    return (stripped[marks[0].end() : last.start()] if closing else inner).strip("\n")


def one_line(value: object, limit: int = 500) -> str:
    """Make a short field of anything scalar: one line, entities resolved, no markup marks."""
    if value is None or isinstance(value, bool | dict | list):
        return ""
    text = unescape(visible(str(value)))
    text = re.sub(r"<[^<>]{1,200}>", "", text) if "<" in text else text
    text = " ".join(text.split()).lstrip("# ").strip("*_` ")
    return text[:limit].rstrip()


def folded(text: str) -> str:
    """Reduce a string to what two spellings of the same words share."""
    text = unicodedata.normalize("NFKC", unescape(visible(text))).casefold()
    return " ".join(text.split())
