"""HTML entities undone, whoever wrote them."""

import html
import re

_ENDLESS = re.compile(r"&#[0-9]{100,};?")


def bounded(text: str) -> str:
    """Replace numbered entities of so many digits that Python refuses to read the number."""
    return _ENDLESS.sub("\ufffd", text)


def unescape(text: str) -> str:
    """Undo the entities of any text; where ``html.unescape`` raises, a sign for the unreadable."""
    return html.unescape(bounded(text))
