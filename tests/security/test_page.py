"""The page of requirements is whole, and what it names exists."""

import re
from collections import Counter

import pytest

from tests.lab.places import REPO

TEXT = (REPO / "docs/security.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| (\d+\.\d+\.\d+) \| (.+?) \| (.+?) \|$", TEXT, re.M)
THREATS = re.findall(r"^\| (T\d+) \| (.+?) \| (.+?) \| (.+?) \| (.+?) \|$", TEXT, re.M)
# Requirements of level 1 and 2 in each chapter of ASVS 5.0.0.
CHAPTERS = {1: 27, 2: 11, 4: 10, 5: 9, 8: 7, 11: 14, 12: 9, 13: 13, 14: 9, 15: 13, 16: 16}
REASONS = ("Does not apply: ", "By the operator: ")


def test_every_requirement_has_its_line() -> None:
    assert len({row[0] for row in ROWS}) == len(ROWS) == 138
    assert Counter(int(row[0].split(".")[0]) for row in ROWS) == CHAPTERS


@pytest.mark.parametrize(("number", "named"), [(row[0], row[2]) for row in ROWS])
def test_a_line_names_a_test_a_page_or_a_reason(number: str, named: str) -> None:
    if named.startswith(REASONS):
        assert len(named.split(": ", 1)[1]) > 4
        return
    check_named(number, named)


def test_every_threat_has_its_control_its_test_and_its_figure() -> None:
    assert [row[0] for row in THREATS] == [f"T{number}" for number in range(1, 33)]
    for number, _, control, named, _ in THREATS:
        if not control.startswith(REASONS):
            check_named(number, named)


def check_named(number: str, named: str) -> None:
    path, _, test = named.strip("`").partition("::")
    text = (REPO / path).read_text(encoding="utf-8")
    if path.endswith(".md"):
        assert not test
    else:
        assert re.search(rf"(?:def|function) {re.escape(test)}\(", text), f"{number}: {named}"
