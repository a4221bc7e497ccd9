"""Keyword lists as people have them: one phrase a line, or a CSV export of a keyword tool."""

import csv
import io
import re
import unicodedata
from dataclasses import dataclass
from typing import Any

from igny8_flask.errors import InputError

MAX_ROWS = 10_000
MAX_LINES = 100_000  # blank ones among them
MAX_COLUMNS = 100
MAX_CELL_CHARS = 2_000
MAX_KEYWORD_CHARS = 500
_ALIASES = {
    "keyword": "keyword",
    "keywords": "keyword",
    "query": "keyword",
    "volume": "volume",
    "search volume": "volume",
    "avg. monthly searches": "volume",
    "difficulty": "difficulty",
    "kd": "difficulty",
    "kd %": "difficulty",
    "keyword difficulty": "difficulty",
    "intent": "intent",
    "intents": "intent",
    "sector": "sector",
}
_LIMITS = {"volume": 1_000_000_000, "difficulty": 100}
_TEXTS = {"intent": 40, "sector": 200}


@dataclass(frozen=True)
class Line:
    """One line: its number in the file, the keyword's columns, and why it was refused, if so."""

    number: int
    values: dict[str, Any]
    problem: str = ""


def read_lines(text: str) -> list[Line]:
    """Every line that is not blank; raises InputError when the whole cannot be read."""
    text = unicodedata.normalize("NFC", text.removeprefix("\ufeff"))
    reader = csv.reader(io.StringIO(text), delimiter=_delimiter(text))
    columns = ["keyword", "volume", "difficulty", "intent", "sector"]
    lines: list[Line] = []
    try:
        for cells in reader:
            if reader.line_num > MAX_LINES:
                raise InputError(f"The file has more than {MAX_ROWS} lines.", "csv_too_long")
            if not any(cell.strip() for cell in cells):
                continue
            if not lines and _is_header(cells):
                columns = [_ALIASES.get(cell.strip().lower(), "") for cell in cells]
                continue
            if len(lines) >= MAX_ROWS:
                raise InputError(f"The file has more than {MAX_ROWS} lines.", "csv_too_long")
            lines.append(_line(reader.line_num, columns, cells))
    except csv.Error as error:
        raise InputError("The file is not readable as CSV.", "csv_unreadable") from error
    return lines


def clean_keyword(text: str) -> str:
    """A phrase with single blanks and no control characters."""
    return re.sub(r"\s+", " ", text).strip()


def _delimiter(text: str) -> str:
    first = text.lstrip().split("\n", 1)[0]
    return max(",;\t", key=first.count)


def _is_header(cells: list[str]) -> bool:
    return any(_ALIASES.get(cell.strip().lower()) == "keyword" for cell in cells)


def _line(number: int, columns: list[str], cells: list[str]) -> Line:
    if len(cells) > MAX_COLUMNS or any(len(cell) > MAX_CELL_CHARS for cell in cells):
        return Line(number, {}, "The line is too long.")
    raw = {name: cell.strip() for name, cell in zip(columns, cells, strict=False) if name}
    keyword = clean_keyword(raw.get("keyword", ""))
    if not 1 <= len(keyword) <= MAX_KEYWORD_CHARS:
        return Line(
            number, {"keyword": keyword[:MAX_KEYWORD_CHARS]}, "The keyword is missing or too long."
        )
    values: dict[str, Any] = {"keyword": keyword}
    for name, highest in _LIMITS.items():
        found = re.sub(r"[\s,.'’]", "", raw.get(name, ""))
        if not found or found.lower() in ("-", "n/a", "na"):
            continue
        if not re.fullmatch(r"[0-9]{1,12}", found) or int(found) > highest:
            return Line(number, values, f"{name} is not a whole number up to {highest}.")
        values[name] = int(found)
    for name, longest in _TEXTS.items():
        if raw.get(name):
            values[name] = raw[name][:longest]
    return Line(number, values)
