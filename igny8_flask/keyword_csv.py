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
    "top queries": "keyword",
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
_TITLE_LINES = 5  # exports of keyword tools begin with a name and a span of days
_PLAIN = ["keyword", "volume", "difficulty", "intent", "sector"]
_DELIMITERS = ",;\t"
_ABOVE = "It stands above the line that names the columns."


@dataclass(frozen=True)
class Line:
    """One line: its number in the file, the keyword's columns, and why it was refused, if so."""

    number: int
    values: dict[str, Any]
    problem: str = ""


def read_lines(text: str) -> list[Line]:
    """Every line that is not blank; raises InputError when the whole cannot be read."""
    rows = _rows(unicodedata.normalize("NFC", text.removeprefix("\ufeff")))
    at = _header_at([cells for _, cells in rows[: _TITLE_LINES + 1]])
    titles = [
        Line(number, {"keyword": cells[0][:100]}, _ABOVE) for number, cells in rows[: at or 0]
    ]
    columns = _PLAIN
    if at is not None:
        columns = [_ALIASES.get(_name(cell), "") for cell in rows[at][1]]
        rows = rows[at + 1 :]
    if len(rows) > MAX_ROWS:
        raise InputError(f"The file has more than {MAX_ROWS} lines.", "csv_too_long")
    return titles + [_line(number, columns, cells) for number, cells in rows]


def clean_keyword(text: str) -> str:
    """A phrase with single blanks and no control characters."""
    return re.sub(r"\s+", " ", text).strip()


def _rows(text: str) -> list[tuple[int, list[str]]]:
    """The cells of every line that is not blank, with its number."""
    reader = csv.reader(io.StringIO(text), delimiter=_delimiter(text))
    rows: list[tuple[int, list[str]]] = []
    try:
        for cells in reader:
            if reader.line_num > MAX_LINES:
                raise InputError(f"The file has more than {MAX_ROWS} lines.", "csv_too_long")
            if any(cell.strip() for cell in cells):
                rows.append((reader.line_num, cells))
    except csv.Error as error:
        raise InputError("The file is not readable as CSV.", "csv_unreadable") from error
    return rows


def _delimiter(text: str) -> str:
    """What divides the cells: of the line that names the columns, or else of the first one."""
    first = text.lstrip().split("\n", _TITLE_LINES + 1)[: _TITLE_LINES + 1]
    for sign in _DELIMITERS:
        if any(_known_columns(line.split(sign)) > 1 for line in first):
            return sign
    return max(_DELIMITERS, key=first[0].count)


def _header_at(first: list[list[str]]) -> int | None:
    """Which row names the columns: the first one, or one below a few titles of a single cell."""
    if first and _known_columns(first[0]):
        return 0
    for at, cells in enumerate(first):
        if _known_columns(cells) > 1:
            return at
        if len(cells) > 1:
            return None
    return None


def _known_columns(cells: list[str]) -> int:
    """How many columns a row names that we read; 0 unless the keyword is one of them."""
    known = [_ALIASES.get(_name(cell)) for cell in cells]
    return len(known) - known.count(None) if "keyword" in known else 0


def _name(cell: str) -> str:
    return cell.strip().strip('"').strip().lower()


def _bare(cell: str) -> str:
    """A cell without blanks around it and without the mark by which an export disarms formulas."""
    return re.sub(r"^'(?=[=+@\-＝＋－＠])", "", cell.strip())


def _line(number: int, columns: list[str], cells: list[str]) -> Line:
    if len(cells) > MAX_COLUMNS or any(len(cell) > MAX_CELL_CHARS for cell in cells):
        return Line(number, {}, "The line is too long.")
    raw = {name: _bare(cell) for name, cell in zip(columns, cells, strict=False) if name}
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
