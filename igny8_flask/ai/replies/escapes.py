"""Backslash escapes of JSON strings, also wrong and cut ones."""

import json
import re

_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|.)", re.DOTALL)
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r", "b": "", "f": "", "/": "/", "\\": "\\", '"': '"'}
_ESCAPED |= {"'": "'", "`": "`", "_": "_", "\n": "", "“": "“", "”": "”"}


def decode_escapes(raw: str) -> str:
    """Resolve backslash escapes; unknown ones stay as they are written."""
    if "\\" not in raw:
        return raw
    try:
        decoded: str = json.loads(f'"{raw}"', strict=False)
    except ValueError:
        decoded = _ESCAPE.sub(_escape, raw)
    pairs = decoded.encode("utf-16", "surrogatepass")
    return pairs.decode("utf-16", "replace")


def _escape(mark: re.Match[str]) -> str:
    code = mark[1]
    if len(code) == 5:
        return chr(int(code[1:], 16))
    return _ESCAPED.get(code, mark[0])


def without_cut_escape(raw: str) -> str:
    """Drop an escape that the end of the text cut in two."""
    return raw[:-12] + re.sub(r"(?<!\\)((?:\\\\)*)\\(?:u[0-9a-fA-F]{0,3})?$", r"\1", raw[-12:])
