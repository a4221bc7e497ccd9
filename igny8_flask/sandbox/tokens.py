"""Rough counts of words and tokens, good enough to bill and to limit by."""

import re

_IDEOGRAPHS = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
_PIECES = re.compile(
    r"\s*[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]|\s*[^\W_]{1,5}|\s*[^\w\s]|\s+|_+"
)


def split_pieces(text: str) -> list[str]:
    """Cut text into token-sized pieces that join to the same text."""
    return _PIECES.findall(text)


def count_tokens(text: str) -> int:
    """Estimate the tokens of a text."""
    wide = len(_IDEOGRAPHS.findall(text))
    return wide + -(-(len(text) - wide) // 4)


def count_words(text: str) -> int:
    """Count words as a reader does; each Chinese or Japanese character is a word."""
    wide = len(_IDEOGRAPHS.findall(text))
    return wide + len(_IDEOGRAPHS.sub(" ", text).split())
