"""Keeps finished pieces of the article out of the Markdown engine's sight.

A piece is replaced by a token of private-use characters (the reply's own are removed beforehand)
and comes back as HTML once the engine is done.
"""

import re
from html import escape

BLOCK_OPEN = "\ue000"
INLINE_OPEN = "\ue002"
CLOSE = "\ue001"
EMPTY_TOKEN = f"{BLOCK_OPEN}{CLOSE}"
BLOCK_TOKEN = re.compile(f"{BLOCK_OPEN}(\\d+){CLOSE}")
ANY_TOKEN = re.compile(f"[{BLOCK_OPEN}{INLINE_OPEN}](\\d+){CLOSE}")
_ALONE = re.compile(f"<p>\\s*({BLOCK_OPEN}\\d+{CLOSE})\\s*</p>")
_ROUNDS = 4


class Stash:
    """Pieces of HTML (or plain text) by token."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._sources: list[str] = []

    def block(self, html: str, source: str = "") -> str:
        """Store block-level ``html`` and return its token; ``source`` is how it was written."""
        return BLOCK_OPEN + self._put(html, source) + CLOSE

    def inline(self, html: str, source: str = "") -> str:
        """Store inline ``html`` and return its token; ``source`` is how it was written."""
        return INLINE_OPEN + self._put(html, source) + CLOSE

    def text(self, text: str) -> str:
        """Store literal ``text`` that nothing may read as markup."""
        return self.inline(escape(text, quote=False), text)

    def restore(self, html: str) -> str:
        """Put every stored piece back into rendered ``html``."""
        html = _ALONE.sub(r"\1", html.replace(f"<p>{EMPTY_TOKEN}</p>", ""))
        return self._replace(html, self._pieces)

    def source(self, text: str) -> str:
        """Put every piece back as it was written, for text that turns out to be code."""
        return self._replace(text, self._sources)

    def _put(self, html: str, source: str) -> str:
        self._pieces.append(html)
        self._sources.append(source)
        return str(len(self._pieces) - 1)

    def _replace(self, text: str, pieces: list[str]) -> str:
        for _ in range(_ROUNDS):
            if not ANY_TOKEN.search(text):
                break
            text = ANY_TOKEN.sub(lambda match: pieces[int(match[1])], text)
        return text
