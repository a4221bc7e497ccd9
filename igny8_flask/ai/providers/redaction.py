"""Provider texts without keys: providers echo parts of keys in their errors."""

import re

_MAX_CHARS = 300
_SECRETS = re.compile(
    r"\b(?:sk|rk|pk|gsk|xai|key|hf|AIza)[-_][A-Za-z0-9*._-]{6,}"
    r"|\bAIza[A-Za-z0-9_-]{10,}"
    r"|(?i:\b(?:bearer|basic)\s+[A-Za-z0-9._~+/=*-]{6,})"
    r"|(?i:(?<=[?&])(?:api[-_]?)?key=[^&\s\"']+)"
    r"|(?i:\bapi[-_ ]?key[\"']?\s*[:=]\s*[\"']?[A-Za-z0-9*._-]{6,})"
    r"|[A-Za-z0-9+/]{80,}={0,2}"
)
_HIDDEN = "[hidden]"


def redact(text: str, secret: str = "") -> str:
    """Return one short line without the key, key-like words, markup and long encoded data."""
    if len(secret) >= 8:
        text = text.replace(secret, _HIDDEN)
    text = _SECRETS.sub(_HIDDEN, text)
    text = re.sub(r"<[^>]{0,200}>", " ", text)
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return line if len(line) <= _MAX_CHARS else line[: _MAX_CHARS - 1] + "…"
