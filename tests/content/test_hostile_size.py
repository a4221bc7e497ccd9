"""Replies that repeat one thing endlessly end within seconds."""

import time

import pytest

from igny8_flask.content import normalize
from igny8_flask.errors import ReplyError

SIZE = 64_000
LIMIT_S = 10.0  # several times the measured time, far below any quadratic one; see bench/floods.py
FLOODS = [
    "[", "[a](", "*a **b ", "`a ", "```a\n\n## X\n", "> > > a\n", "- a\n", "| a | b |\n|--|--|\n",
    '<a "', "<b id=1><p>x", "[^1]: x\n", "<table><tr><td>", "<!--", '{"content":"', '[{"a":',
    ": a\n", "a\n: b\n", "[a][b] ", "==a", "\\begin{a}", "+--+\n", "a) b\n", ":::a\n",
]  # fmt: skip


def seconds(reply: str) -> float:
    """The processor's time, which other work on the machine does not lengthen."""
    started = time.process_time()
    try:
        normalize(reply)
    except ReplyError as error:
        if error.kind != "empty":
            raise
    return time.process_time() - started


@pytest.mark.parametrize("unit", FLOODS)
def test_a_flood_ends_within_seconds(unit: str) -> None:
    assert seconds(unit * (SIZE // len(unit))) < LIMIT_S


def test_a_quarter_megabyte_of_lists_tables_and_code_ends_within_seconds() -> None:
    part = "## H\n\n- a\n  - b\n\n| a | b |\n|--|--|\n| 1 | 2 |\n\n```js\nx\n```\n\n**Text** [x](http://e.com).\n\n"
    assert seconds(part * (250_000 // len(part))) < LIMIT_S
