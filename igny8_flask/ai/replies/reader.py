"""A forgiving JSON reader that never guesses where the text ends.

It reads what strict JSON reads, and also smart and single quotes, bare quotes inside strings,
missing and extra commas, comments, raw newlines, Python and JavaScript literals. What the end of
the text left open comes back as a ``Cut…`` value, so that a caller can tell whole items from half
ones. Depth is bounded; the work is linear in the text.
"""

import re
from typing import Any

from igny8_flask.ai.replies.cuts import MAX_DEPTH, CutDict, CutList, CutStr, is_cut
from igny8_flask.ai.replies.escapes import decode_escapes, without_cut_escape

_SPACE = re.compile(r"(?:\s+|//[^\n]*|/\*.{0,500}?\*/|#[^\n]*)*", re.DOTALL)
_BEHIND_QUOTE = re.compile(r"\s*(?:/\*.{0,500}?\*/\s*|(?<=\s)(?://|#)[^\n]*\n\s*)*", re.DOTALL)
_KEY_AHEAD = re.compile(
    r"(?:\"(?:[^\"\\\n]|\\.){0,2000}\"|'(?:[^'\\\n]|\\.){0,2000}'|[“”„][^“”\"\n]{0,2000}[“”\"]"
    r"|‘[^’\n]{0,2000}’|[A-Za-z_$][\w$-]{0,80})\s*(?:[:：]|=>)"
)
_VALUE_AHEAD = re.compile(
    r"\s*(?:[\"'“„‘`{\[\]}…]|\.\.\.|-?\d|(?:true|false|null|None|True|False)\b|$)"
)
_CUT_KEY = re.compile(r"[\"'“„‘][^\"'“”‘’\n]{0,2000}[\"'”’]?\s*\Z")
_CUT_TAIL = re.compile(r"\s*[\"'“„‘][\w -]{0,60}[\"'”’]?\s*\Z")
_BARE_KEY = re.compile(r"[^\s\"'{}\[\],:;`][^\"'{}\[\],:;`\n]{0,80}?(?=\s*(?:[:：]|=>))")
_BARE_VALUE = re.compile(r"[^,\]}\n;]*")
_COMMAS = ",;，、；"
_NEXT_PART = re.compile(r"[\"'“„}\]]|,(?=\s*[\"'“„])")
_LITERALS: dict[str, Any] = {
    "true": True, "false": False, "null": None, "none": None, "undefined": None, "nan": None,
    "nil": None, "infinity": None, "-infinity": None, "": None,
}  # fmt: skip
_NUMBER = re.compile(r"[+-]?(?:\d{1,300}(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,4})?")
_CLOSERS = {
    '"': '"', "'": "'’", "“": '”“"‟″', "”": '”"“', "„": '“”"‟', "‘": "’'‘", "`": "`", "«": "»",
}  # fmt: skip
_STOPS = {closers: re.compile(rf"[\\{closers}]") for closers in set(_CLOSERS.values())}


class NotJSONError(ValueError):
    """No document starts here; ``position`` is how far the reader looked."""

    def __init__(self, position: int, deep: bool = False) -> None:
        super().__init__(f"no JSON document (looked up to {position})")
        self.position = position
        self.deep = deep


class Reader:
    """Reads one document of ``text`` from a bracket on; ``position`` is where it stopped."""

    def __init__(self, text: str, start: int) -> None:
        self.text = text
        self.position = start
        self.repaired = False
        self._depth = 0

    def read(self) -> Any:
        """Read the document.

        Raises:
            NotJSONError: what follows is no document, or a bottomless one.
        """
        opening = self.text[self.position]
        rest = self.text[self.position + 1 : self.position + 200].lstrip()
        if opening == "{" and rest and rest[0] not in "\"'“”„‘}`/#" and not _BARE_KEY.match(rest):
            raise NotJSONError(self.position)
        if opening == "[" and rest and rest[0] not in "\"'“”„‘{[]`/#-.0123456789":
            raise NotJSONError(self.position)
        return self._container(opening)

    def _container(self, opening: str) -> Any:
        if self._depth >= MAX_DEPTH:
            raise NotJSONError(self.position, deep=True)
        self._depth += 1
        self.position += 1
        value = self._object() if opening == "{" else self._array()
        self._depth -= 1
        return value

    def _peek(self) -> str:
        """Skip blanks and comments and return the next character, ``""`` at the end.

        A closing fence ends the document as the end of the text does.
        """
        end = _past(_SPACE, self.text, self.position)
        if end > self.position:
            self.repaired = self.repaired or not self.text[self.position : end].isspace()
            self.position = end
        if self.text.startswith("```", self.position):
            return ""
        return self.text[self.position : self.position + 1]

    def _object(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        while True:
            char = self._peek()
            if not char:
                return CutDict(found)
            if char == "}":
                self.position += 1
                return found
            if char in _COMMAS:
                self.position += 1
            elif char in "]{[" or not self._pair(found, char):
                self.repaired = True
                if char in "{[" or (char == "]" and self._depth > 1):
                    return found
                if not self._resync():
                    return CutDict(found)

    def _pair(self, found: dict[str, Any], char: str) -> bool:
        """Read ``key: value`` into ``found``; ``False`` when there is no key."""
        start = self.position
        key = self._key(char)
        if key is None:
            return False
        mark = self._peek()
        if mark == "=":
            self.position += 1
            mark = self._peek()
        if mark not in {":", "：", ">"}:
            self.position = start if mark else self.position
            return False
        self.position += 1
        value = self._value(in_object=True)
        if key not in found or found[key] in (None, "", [], {}):
            found[key] = value
        else:
            self.repaired = True
            found[key] = _merged(found[key], value)
        return True

    def _key(self, char: str) -> str | None:
        if char in _CLOSERS:
            return self._quoted_key(char)
        bare = _BARE_KEY.match(self.text, self.position)
        if not bare:
            return None
        self.repaired = True
        self.position = bare.end()
        return bare[0].strip()

    def _quoted_key(self, opener: str) -> str | None:
        ahead = _KEY_AHEAD.match(self.text, self.position)
        if ahead is None:
            if _CUT_KEY.match(self.text, self.position):
                self.position = len(self.text)
            return None
        self.repaired = self.repaired or opener != '"'
        raw = ahead[0].rstrip(":：=> \t\n\r\f\v")
        self.position += len(raw)
        return decode_escapes(raw[1:-1])

    def _array(self) -> list[Any]:
        found: list[Any] = []
        while True:
            char = self._peek()
            if not char:
                return CutList(found)
            if char == "]":
                self.position += 1
                return found
            if char == "}":
                self.repaired = True
                if self._depth > 1:
                    return found
                self.position += 1
                return found
            if char in _COMMAS or char in ":：":
                self.position += 1
                continue
            value = self._value(in_object=False)
            if value != "...":
                found.append(value)

    def _value(self, in_object: bool) -> Any:
        char = self._peek()
        if not char:
            return CutStr()
        if char in "{[":
            return self._container(char)
        if self.text.startswith('"""', self.position):
            return self._triple()
        if char in _CLOSERS:
            return self._string(char, in_object=in_object)
        return self._bare()

    def _bare(self) -> Any:
        bare = _BARE_VALUE.match(self.text, self.position)
        raw = bare[0] if bare else ""
        self.position += len(raw)
        word = raw.split("//")[0].strip().rstrip(")")
        if _NUMBER.fullmatch(word):
            return float(word) if set(word) & set(".eE") else int(word)
        self.repaired = self.repaired or word not in {"true", "false", "null"}
        if word.lower() in _LITERALS:
            return _LITERALS[word.lower()]
        return CutStr(word) if self.position >= len(self.text) else word.rstrip("…") or "..."

    def _triple(self) -> str:
        self.repaired = True
        start = self.position + 3
        end = self.text.find('"""', start)
        self.position = len(self.text) if end < 0 else end + 3
        return CutStr(self.text[start:]) if end < 0 else self.text[start:end]

    def _string(self, opener: str, in_object: bool) -> str:
        """Read a string; a quote closes it only where the structure goes on behind it."""
        self.repaired = self.repaired or opener != '"'
        start = self.position + 1
        scan = start
        stops = _STOPS[_CLOSERS[opener]]
        while True:
            stop = stops.search(self.text, scan)
            if stop is None:
                self.position = len(self.text)
                return CutStr(decode_escapes(without_cut_escape(self.text[start:])))
            scan = stop.end()
            if stop[0] == "\\":
                scan += 1
            elif self._closes(scan, in_object):
                self.position = scan
                return decode_escapes(self.text[start : scan - 1])
            else:
                self.repaired = True

    def _closes(self, after: int, in_object: bool) -> bool:
        """Whether the structure goes on behind a quote, so that the quote is a closing one."""
        at = _past(_BEHIND_QUOTE, self.text, after)
        char = self.text[at : at + 1]
        if char in {"", "}", "]"} or self.text.startswith("```", at):
            return True
        if char in _COMMAS:
            return self._goes_on(_past(_SPACE, self.text, at + 1), in_object)
        if in_object:
            return char in _CLOSERS and _KEY_AHEAD.match(self.text, at) is not None
        return char in "\"'“{[" and at > after

    def _goes_on(self, at: int, in_object: bool) -> bool:
        """Whether a comma is followed by the next item of an array, or the next key."""
        if not in_object:
            return _VALUE_AHEAD.match(self.text, at) is not None
        if self.text[at : at + 1] in {"", "}", "]", "{"}:
            return True
        return bool(_KEY_AHEAD.match(self.text, at) or _CUT_TAIL.match(self.text, at))

    def _resync(self) -> bool:
        """Skip to where the structure can go on; ``False`` at the end of the text."""
        part = _NEXT_PART.search(self.text, self.position + 1)
        self.position = part.start() if part else len(self.text)
        return part is not None


def _past(pattern: re.Pattern[str], text: str, at: int) -> int:
    found = pattern.match(text, at)
    return found.end() if found else at


def _merged(first: Any, second: Any) -> Any:
    """Join the values of a key that came twice: lists add up, otherwise the last one stands."""
    if isinstance(first, list) and isinstance(second, list):
        joined = [*first, *second]
        return CutList(joined) if is_cut(second) else joined
    return second
