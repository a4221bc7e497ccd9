"""One megabyte of anything ends within seconds."""

import time

import pytest

from igny8_flask.content import normalize
from igny8_flask.errors import ReplyError

MEGABYTE = 1_000_000
LIMIT_S = 60.0  # an order of magnitude above the measured time, far below any quadratic one
FLOODS = [
    "[", "[a](", "*a **b ", "`a ", "```a\n\n## X\n", "> > > a\n", "- a\n", "a\n\n",
    "| a | b |\n|--|--|\n", '<a "', "<b id=1><p>x", "[^1]: x\n", "<table><tr><td>", "<!--",
    '{"content":"',
]  # fmt: skip


@pytest.mark.parametrize("unit", FLOODS)
def test_a_flood_ends_within_seconds(unit: str) -> None:
    started = time.monotonic()
    try:
        normalize(unit * (MEGABYTE // len(unit)))
    except ReplyError as error:
        if error.kind != "empty":
            raise
    assert time.monotonic() - started < LIMIT_S
