"""JSON as models break it: commas and comments too many, other quotes, the end cut off."""

import json
import re
from collections.abc import Iterator

_EXTRA_COMMA = re.compile(r",(\s*[}\]])")
_COMMENT = re.compile(r"(?<=[,\[{])[ \t]*//[^\n\"]*$", re.M)
_CUT_ESCAPE = re.compile(r"(?<!\\)((?:\\\\)*+)\\(?:u[0-9a-fA-F]{0,3})?\Z")
_TOKEN = re.compile(r"\"(?:[^\"\\]++|\\.)*+\"|\"(?:[^\"\\]++|\\.)*+\\?\Z|[{}\[\]]", re.S)
_OTHER_QUOTES = re.compile(
    r'(?<=[:\[,])\s*(?:"""([^"]*+(?:"{1,2}+[^"]++)*+)"""|`([^`]*+)`)(?=\s*[,}\]])'
)
_CURLY_KEY = re.compile(r"[{,]\s*“[\w -]{1,40}”\s*:")
_SINGLE_KEY = re.compile(r"\A[\[\s]*\{\s*'[\w -]{1,40}'\s*:")
_SINGLE_QUOTED = re.compile(r"'((?:[^'\\\n]|\\.)*+)'(?=\s*[:,}\]])")


def attempts(source: str) -> Iterator[str]:
    """Yield ``source`` and then what it may have been meant to be, the likeliest first."""
    yield source
    quoted = _OTHER_QUOTES.sub(lambda match: json.dumps(match[1] or match[2] or ""), source)
    if quoted != source:
        yield quoted
    tidy = _EXTRA_COMMA.sub(r"\1", _COMMENT.sub("", source))
    if tidy != source:
        yield tidy
    if _CURLY_KEY.search(source):
        yield _EXTRA_COMMA.sub(r"\1", re.sub("[“”]", '"', source))
    if _SINGLE_KEY.match(source):
        yield _EXTRA_COMMA.sub(r"\1", _SINGLE_QUOTED.sub(_double_quoted, source))
    closed = _closed(tidy)
    if closed:
        yield closed


def without_cut_escape(text: str) -> str:
    """Return what a string holds that may end within an escape."""
    return _CUT_ESCAPE.sub(r"\1", text)


def _double_quoted(match: re.Match[str]) -> str:
    inside = match[1].replace("\\'", "'")
    return '"' + re.sub(r'(?<!\\)"', '\\"', inside) + '"'


def _closed(source: str) -> str:
    """Return JSON that was cut off with what is open closed; empty when nothing is open."""
    stack: list[str] = []
    end = 0
    for match in _TOKEN.finditer(source):
        text = match[0]
        if text in "{[":
            stack.append("}" if text == "{" else "]")
        elif text in "}]":
            if not stack or stack.pop() != text:
                return ""
        elif len(text) == 1 or not _is_whole(text):
            source = source[: match.start()] + without_cut_escape(text) + '"'
            break
        end = match.end()
    if not stack or end == 0:
        return ""
    closing = "".join(reversed(stack))
    if re.search(r"[:,]\s*\Z", source):
        source = re.sub(r",?\s*(?:\"[\w -]{1,60}\"\s*:)?\s*\Z", "", source)
    return source + closing


def _is_whole(text: str) -> bool:
    return text.endswith('"') and (len(text) - len(text[:-1].rstrip("\\"))) % 2 == 1
