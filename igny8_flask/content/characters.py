"""Characters that no article needs: stray surrogates, control characters, byte order marks."""

import re
from html.entities import html5

from igny8_flask.entities import unescape
from igny8_flask.errors import ReplyError

MAX_BYTES = 1_048_576
_SURROGATE = re.compile("[\ud800-\udfff]")
_LINE_END = re.compile("\r\n?|\u2028|\u2029|\x85")
# Zero-width joiner and non-joiner stay: emoji and Persian need them. Private-use characters go
# because tokens are made of them.
_UNWANTED = re.compile(
    "[\x00-\x08\x0b\x0e-\x1f\x7f-\x84\x86-\x9f\u200b\u2060\ufeff\ufffe\uffff\ue000-\ue00f]"
)
_CHAT_MARK = re.compile(
    r"\ue200[^\ue201]{0,200}\ue201"
    r"|[ ]?(?:[【\[]\d{1,3}(?::\d{1,3})?†[^】\]\n]{0,60}[】\]]|\[citation:\d{1,3}\]"
    r"|:?contentReference\[oaicite:\d+\](?:\{[^{}\n]{0,40}\})?|\[oaicite:\d+\]"
    r"|\bcite(?:turn\d{1,3}[a-z]{2,12}\d{1,3}){1,20})"
)
_SPECIAL_TOKEN = re.compile(
    r"<\|[a-z_]{2,30}\|>(?:(?:assistant|model)(?=\s*(?:\n|<\|)))?"
    r"|\A\s*<s>(?=\s*\[INST\])|</s>\s*\Z"
)
_ENTITY = re.compile(r"&(?:amp;)*(?:#\d{1,7}|#x[0-9a-fA-F]{1,6}|[a-zA-Z]{2,24}\d{0,2});")
_REFERENCE = re.compile(r"&(#[xX]?[0-9a-fA-F]+;?|[a-zA-Z][a-zA-Z0-9]*;?)(=?)")
_WIDE_START = re.compile(
    r"^[ \t\u00a0\u3000]*(?:(?:#{1,6}|[-*+>•]|\d{1,3}[.)])[ \t\u00a0]+)?(?<=[ \t\u00a0\u3000])",
    re.M,
)


def clean_characters(raw: str) -> str:
    """Return ``raw`` as valid text with ``\\n`` line ends.

    Raises ReplyError: kind ``empty`` for nothing but white space, ``degenerate`` above 1 MiB.
    """
    text = raw
    if _SURROGATE.search(text):
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    if len(text) > MAX_BYTES or len(text.encode()) > MAX_BYTES:
        raise ReplyError("The reply is longer than one megabyte.", "degenerate", True)
    text = _UNWANTED.sub("", _LINE_END.sub("\n", text)).replace("\f", "\n")
    text = _CHAT_MARK.sub("", text)
    if "\u00a0" in text or "\u3000" in text:
        text = _WIDE_START.sub(lambda start: re.sub("[\u00a0\u3000]", " ", start[0]), text)
    text = _without_special_tokens(text)
    if not text.strip():
        raise ReplyError("The reply holds no text.", "empty", True)
    return text


def _without_special_tokens(text: str) -> str:
    """Drop the marks with which a chat template parts its messages, and all but the last one."""
    if "[/INST]" in text[:20_000]:
        text = text.rpartition("[/INST]")[2]
    if "<|" not in text and "</s>" not in text:
        return text
    _, final, answer = text.rpartition("<|channel|>final<|message|>")
    return _SPECIAL_TOKEN.sub("", answer if final else text)


def without_entities(text: str) -> str:
    """Undo entities that are left in words because they were encoded twice, or once more."""
    for _ in range(2):
        if not _ENTITY.search(text):
            break
        text = _ENTITY.sub(lambda match: unescape(match[0]), text)
    return without_unwanted(text)


def without_unwanted(text: str) -> str:
    """Drop what no reader sees and no feed may hold, also where it was written as an entity."""
    return _UNWANTED.sub("", text)


def unescape_attribute(value: str) -> str:
    """Undo the entities of an attribute as browsers do: ``&region=`` in an address is none."""
    return _REFERENCE.sub(_referred, value) if "&" in value else value


def _referred(match: re.Match[str]) -> str:
    name, equals = match.groups()
    is_known = name.startswith("#") or name in html5
    if not is_known or (equals and not name.endswith(";")):
        return match[0]
    return unescape(f"&{name}") + equals
