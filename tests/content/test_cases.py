"""Every kind of reply that models write, with what must come of it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from html import unescape
from pathlib import Path

import pytest

from igny8_flask.content import NormalizedContent, normalize

_BLOCK_NAME = re.compile(r"<!-- (/?)wp:([a-z-]+)(?: [^\n]*?)? (/?)-->")
_BLOCK_TAG = re.compile(
    r"</?(?:p|h\d|li|ul|ol|td|th|tr|dt|dd|dl|pre|figure|table|thead|tbody|blockquote|details|summary"
    r"|figcaption|br|hr|cite)\b[^>]*>|<!--more-->"
)
_KNOWN = {
    "paragraph",
    "heading",
    "list",
    "list-item",
    "table",
    "code",
    "quote",
    "image",
    "separator",
    "details",
    "embed",
    "more",
}


@dataclass(frozen=True)
class Case:
    name: str
    reply: str
    expectations: tuple[tuple[str, str], ...]


def read_cases() -> Iterator[Case]:
    for path in sorted(Path(__file__).parent.joinpath("cases").glob("*.md")):
        name = reply = ""
        for part in path.read_text(encoding="utf-8").split("%%% ")[1:]:
            if part.startswith("expect\n"):
                lines = (line.partition(": ") for line in part.split("\n")[1:] if line.strip())
                expectations = tuple((key, value) for key, _, value in lines)
                yield Case(f"{path.stem}: {name}", reply, expectations)
            else:
                name, _, reply = part.partition("\n")


CASES = list(read_cases())


@cache
def article_of(case: Case) -> NormalizedContent:
    return normalize(case.reply)


def text_of(html: str) -> str:
    apart = _BLOCK_TAG.sub(" ", html)
    return " ".join(unescape(re.sub(r"<[^>]*>", "", apart)).split())


def top_level_blocks(markup: str) -> list[str]:
    names: list[str] = []
    depth = 0
    for match in _BLOCK_NAME.finditer(markup):
        if match[1]:
            depth -= 1
        else:
            names += [match[2]] if depth == 0 else []
            depth += 1
    assert depth == 0
    return names


def holds(result: NormalizedContent, key: str, value: str) -> bool:
    checks = {
        "html": lambda: value in result.html,
        "not": lambda: value not in result.html,
        "text": lambda: value in text_of(result.html),
        "title": lambda: result.title == value,
        "blocks": lambda: top_level_blocks(result.blocks) == value.split(),
        "faq": lambda: len(result.faq) == int(value),
    }
    if key.startswith("meta."):
        return str(result.meta.get(key[5:])) == value
    return checks[key]()


def test_the_collection_is_large_enough() -> None:
    assert len(CASES) >= 400
    assert len({case.name for case in CASES}) == len(CASES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_reply_becomes_what_its_case_expects(case: Case) -> None:
    result = article_of(case)
    failed = [
        f"{key}: {value}" for key, value in case.expectations if not holds(result, key, value)
    ]
    assert not failed, f"{failed}\n{result.html}\n{result.meta}"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_clean_html_is_left_alone_the_second_time(case: Case) -> None:
    once = article_of(case).html
    assert normalize(once).html == once


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_only_known_blocks_are_written_and_each_is_closed(case: Case) -> None:
    markup = article_of(case).blocks
    top_level_blocks(markup)
    assert {match[2] for match in _BLOCK_NAME.finditer(markup)} <= _KNOWN
