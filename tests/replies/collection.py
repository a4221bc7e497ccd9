"""Loads the messy replies: ``## name | asked`` as JSON, the reply, ``-> expected``."""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

DIRECTORY = Path(__file__).parent / "collection"


@dataclass(frozen=True)
class Case:
    name: str
    asked: dict[str, Any]
    text: str
    expected: Any


def load(function: str) -> list[Case]:
    cases: list[Case] = []
    text = (DIRECTORY / f"{function}.txt").read_text(encoding="utf-8")
    for part in re.split(r"\n\n(?=## [^\n]* \| \{)", text):
        head, _, rest = part.removeprefix("## ").partition("\n")
        name, _, asked = head.partition(" | ")
        reply, _, expected = rest.rpartition("\n-> ")
        expected = expected.strip()
        outcome = json.loads(expected) if expected[:1] in "{[" else expected
        cases.append(Case(name, json.loads(asked), reply, outcome))
    return cases
