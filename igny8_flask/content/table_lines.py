"""Pipe tables of Markdown: found without their blank lines, squared, written in one form."""

import re

MAX_COLUMNS = 40
MAX_CELLS = 6_000
_DELIMITER = re.compile(r"[ \t]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-*:?[ \t]*)*$")
_PIPED = re.compile(r"[ \t]*\|.*\|[ \t]*$")


def is_table_start(lines: list[str], index: int) -> bool:
    """Whether a table's header (or a headerless run of rows) starts at ``index``."""
    line = lines[index]
    if "|" not in line:
        return False
    following = _next_row(lines, index)
    if following is None:
        return False
    if _is_delimiter(lines[following]):
        return not _is_delimiter(line)
    is_run = _PIPED.match(line) and _PIPED.match(lines[following]) and following == index + 1
    return bool(is_run and len(_cells(line)) == len(_cells(lines[following])) > 1)


def read_table(lines: list[str], index: int) -> tuple[list[str], int]:
    """Return the table's canonical blocks and the index of the line after it."""
    header = _cells(lines[index])
    following = _next_row(lines, index)
    after = index + 1
    aligns: list[str] = []
    if following is not None and _is_delimiter(lines[following]):
        aligns = [_align(cell) for cell in _cells(lines[following])]
        after = following + 1
    rows: list[list[str]] = []
    while after < len(lines):
        row = after if lines[after].strip() else _next_piped(lines, after)
        if row is None or "|" not in lines[row] or (row > after and _is_header(lines, row)):
            break
        if not _is_delimiter(lines[row]):
            rows.append(_cells(lines[row]))
        after = row + 1
    return _write(header, aligns, rows), after


def _write(header: list[str], aligns: list[str], rows: list[list[str]]) -> list[str]:
    columns = max(len(header), *(len(row) for row in rows)) if rows else len(header)
    while columns > len(header) and all(not cell for row in rows for cell in row[columns - 1 :]):
        columns -= 1
    if columns > MAX_COLUMNS or columns * len(rows) > MAX_CELLS:
        return [
            " ".join(cell for cell in row if cell) or "-" for row in [header, *rows][:MAX_CELLS]
        ]
    marks = (aligns + ["---"] * columns)[:columns]
    return ["\n".join(_row(cells, columns) for cells in (header, marks, *rows))]


def _row(cells: list[str], columns: int) -> str:
    padded = (cells + [""] * columns)[:columns]
    return "| " + " | ".join(cell or " " for cell in padded) + " |"


def _cells(line: str) -> list[str]:
    text = line.strip().removeprefix("|")
    return [cell.strip() for cell in text.removesuffix("|").split("|")]


def _align(cell: str) -> str:
    return f"{':' if cell.startswith(':') else ''}---{':' if cell.endswith(':') else ''}"


def _is_delimiter(line: str) -> bool:
    return "-" in line and "|" in line and bool(_DELIMITER.match(line))


def _is_header(lines: list[str], row: int) -> bool:
    return row + 1 < len(lines) and _is_delimiter(lines[row + 1])


def _next_row(lines: list[str], index: int) -> int | None:
    """Return the next line, or the one after a single blank line when both are piped."""
    if index + 1 < len(lines) and lines[index + 1].strip():
        return index + 1
    return _next_piped(lines, index + 1) if _PIPED.match(lines[index]) else None


def _next_piped(lines: list[str], blank: int) -> int | None:
    row = blank + 1
    return row if row < len(lines) and _PIPED.match(lines[row]) else None
