"""What models write between the lines of Markdown: callouts, grid tables, emoji lists, labels.

Each idiom is rewritten as plain Markdown, line by line, before anything else reads the text.
"""

import re
from collections.abc import Callable

_CONTENTS = re.compile(r"^[ \t]*(?:\[\[?_?toc_?\]\]?|\{:?\s*toc\s*\}|@\[toc\])[ \t]*$", re.I | re.M)
_WIDE_SPACE = re.compile(r"^([ \t]*(?:#{1,6}|[-*+]|\d{1,3}\.))\u3000+", re.M)
_WIDE_NUMBER = re.compile(r"^([ \t]*)(\d{1,2})[、．][ \t\u3000]*(?=\S)", re.M)
_ALERT = re.compile(r"^([ \t]*(?:>[ \t]*)+)\[!(\w{3,12})\][+-]?[ \t]*(.*)$", re.M)
_FENCED_NOTE = re.compile(
    r"[ \t]*(:{3,})[ \t]*\{?\.?(?:callout-)?([a-zA-Z][\w-]{0,20})\}?[ \t]*\[?(.*?)\]?[ \t]*$"
)
_INDENTED_NOTE = re.compile(r"[ \t]*(?:!!!|\?\?\?\+?)[ \t]+(\w+)(?:[ \t]+\"([^\"]*)\")?[ \t]*$")
_GRID = re.compile(r"[ \t]*\+(?:[-=:]{2,}\+)+[ \t]*$")
_EMOJI = r"[\u2600-\u27bf\u2b50\u2b55\U0001f300-\U0001faff]\ufe0f?"
_PICTURED_LIST = re.compile(rf"[ \t]*(?:{_EMOJI}|—)[ \t]+\S")
_TIGHT_BULLET = re.compile(
    r"[ \t]*(?:[・•●◆◇○◎※▪■□►][ \t\u3000]*|-(?=[^\W\d_]{3})|\*(?=[^\W\d_][^*]*$))(?=\S)"
)
_TIGHT_NUMBER = re.compile(r"([ \t]*\d{1,2})[.)．](?=[^\s\da-z.,)*_`\]])")
_TABBED = re.compile(r"(?!\w{1,3}[.)]\t|[^\t]*:\t)[^\s#>|*+-][^\t|]*(?:\t+[^\t|]*\S)+[ \t]*$")
_LABELLED = re.compile(
    r"[ \t]*(?:(?:\*\*|__)[^*_\n]{1,60}(?::(?:\*\*|__)|(?:\*\*|__)(?::|[ \t]+[–—-][ \t]))"
    r"|[（(]\d{1,2}[）)](?=[^\x00-\x7f])|[①-⑳]|\(?(?:[a-zA-Z]|"
    r"[ivx]{1,5}|\d{1,2})\)[ \t]|[a-z]\.[ \t]|\d{1,2}(?:\.\d{1,2}){1,3}\.?[ \t]"
    r"|(?:[ivx]{1,5}|[IVX]{1,5})\.[ \t]|\[\d{1,3}\][ \t]"
    r"|\d\ufe0f?\u20e3|🔟|(?:\*\*)?[QA]\d{0,2}[:.][ \t]"
    r"|[^\W\d_][\w /&()-]{0,30}:[ \t]+\S[^\n]{0,60}$)"
)
_COUNTED = re.compile(
    r"[ \t]+(?:[a-z]\.|\d{1,2}(?:\.\d{1,2}){1,3}\.?)[ \t]|\d{1,2}(?:\.\d{1,2}){1,3}\.?[ \t]"
)
_CLOSED_LINE = re.compile(r"[|\\>]\s*$|^\s*#|^\s*(?:[-=*_]{3,})\s*$| {2}$")
_SENTENCE = re.compile(r"[.!?…][ \t]+\S.*[.!?…]$")
_BOLD_LINE = re.compile(r"[ \t]*(?:\*\*[^*\n]{2,90}[^*\n.,;]\*\*|__[^_\n]{2,90}[^_\n.,;]__)[ \t]*$")
_OPEN_BLOCK = re.compile(r"[ \t]*(?:[#>|*+=-]|\d{1,3}[.)][ \t]|<)")
_SIZE = re.compile(
    r"(!\[[^\[\]\n]{0,300}\]\([^()\s]{1,2000}?)[ \t]{1,3}=\d{0,5}x\d{0,5}(?=[ \t]{0,3}[)\"])"
)
_ATTRIBUTES = re.compile(r"(?<=\))\{[^{}\n]{1,100}\}|(?<![ \t])[ \t]*+\{:[^{}\n]{1,100}\}")
_ATTRIBUTION = re.compile(
    r"^([ \t]*>[ \t]*+[^\s][^\n]*+\n)(?=[ \t]*>[ \t]*(?:—|–|--)[ \t]*\S)", re.M
)
_CUT_LINK = re.compile(r"!?\[([^\[\]\n]{1,300})\]\([^()\s]{0,2000}\s*\Z")


def rewrite_idioms(text: str) -> str:
    """Return ``text``, whose code is already out of sight, with the idioms as plain Markdown."""
    text = text[:-3000] + _CUT_LINK.sub(r"\1", text[-3000:])
    if "[" in text or "{" in text:
        text = _CONTENTS.sub("", text)
        text = _ALERT.sub(_alert, text)
        text = _ATTRIBUTES.sub("", _SIZE.sub(r"\1", text))
    text = _ATTRIBUTION.sub(r"\1>\n", text)
    text = _WIDE_NUMBER.sub(r"\1\2. ", _WIDE_SPACE.sub(r"\1 ", text))
    lines = text.split("\n")
    for rewrite in (
        _notes, _grid_tables, _pictured_lists, _tight_lists, _tight_numbers, _tabbed_tables,
        _labelled_lines,
    ):  # fmt: skip
        lines = rewrite(lines)
    return "\n".join(lines)


def _alert(match: re.Match[str]) -> str:
    name = match[2].capitalize()
    return f"{match[1]}**{match[3].strip() or name}**\n{match[1]}"


def _notes(lines: list[str]) -> list[str]:
    """Callouts between ``:::`` lines, or indented below ``!!!``, become quotes."""
    kept: list[str] = []
    until = ""
    indented = False
    for line in lines:
        text = line.strip()
        opened = _FENCED_NOTE.match(line) or _INDENTED_NOTE.match(line)
        if until and text and set(text) == {":"}:
            until = ""
            kept.append("")
        elif opened and opened.re is _FENCED_NOTE and not until:
            until = opened[1]
            kept += ["", f"> **{opened[3] or opened[2].capitalize()}**", ">"]
        elif opened and opened.re is _INDENTED_NOTE:
            indented = True
            kept += ["", f"> **{opened[2] or opened[1].capitalize()}**", ">"]
        elif until:
            kept.append(f"> {line}")
        else:
            indented = indented and (not text or line.startswith(("    ", "\t")))
            kept.append(f"> {line[4:] if line.startswith('    ') else text}" if indented else line)
    return kept


def _grid_tables(lines: list[str]) -> list[str]:
    """The ruled lines of a drawn table go; the one below its head becomes the delimiter."""
    kept: list[str] = []
    rows = 0
    for line in lines:
        if not _GRID.match(line):
            rows = rows + 1 if line.strip().startswith("|") else 0
            kept.append(line)
        elif rows == 1:
            kept.append(re.sub("=", "-", line.strip().replace("+", "|")))
    return kept


def _runs(
    lines: list[str], belongs: Callable[[str], object], rewrite: Callable[[list[str]], list[str]]
) -> list[str]:
    """Rewrite each run of at least two neighbouring lines that ``belongs`` accepts."""
    kept: list[str] = []
    run: list[str] = []
    for line in [*lines, ""]:
        if belongs(line):
            run.append(line)
            continue
        kept += rewrite(run) if len(run) > 1 else run
        run = []
        kept.append(line)
    return kept[:-1]


def _pictured_lists(lines: list[str]) -> list[str]:
    return _runs(lines, _PICTURED_LIST.match, lambda run: ["", *map(_as_item, run), ""])


def _tight_lists(lines: list[str]) -> list[str]:
    """Bullets without a blank behind them, as Japanese writes them and as models forget it."""

    def rewrite(run: list[str]) -> list[str]:
        items = (_TIGHT_BULLET.sub("", line) for line in run)
        return ["", *(f"- {item.strip()}" for item in items), ""]

    return _runs(lines, _TIGHT_BULLET.match, rewrite)


def _tight_numbers(lines: list[str]) -> list[str]:
    return _runs(
        lines, _TIGHT_NUMBER.match, lambda run: [_TIGHT_NUMBER.sub(r"\1. ", line) for line in run]
    )


def _tabbed_tables(lines: list[str]) -> list[str]:
    """Lines with tabs between their cells, as they are copied out of a sheet, become a table."""

    def rewrite(run: list[str]) -> list[str]:
        rows = [[cell.strip() for cell in re.split("\t+", line.strip())] for line in run]
        if len({len(row) for row in rows}) > 1:
            return run
        rule = ["---"] * len(rows[0])
        return ["", *(f"| {' | '.join(row)} |" for row in (rows[0], rule, *rows[1:])), ""]

    return _runs(lines, _TABBED.match, rewrite)


def _as_item(line: str) -> str:
    text = line.strip()
    return f"- {text.removeprefix('—').strip()}"


def _labelled_lines(lines: list[str]) -> list[str]:
    """Lines that start with a label keep their line breaks; a bold line is a block of its own."""
    kept: list[str] = []
    labelled = False
    for line in lines:
        before = kept[-1] if kept else ""
        is_label = _is_labelled(line)
        if is_label and before.strip() and (labelled or _COUNTED.match(line)):
            kept[-1] = before if _CLOSED_LINE.search(before) else f"{before.rstrip()}\\"
        elif line.strip() and _BOLD_LINE.match(before) and not _OPEN_BLOCK.match(line):
            kept.append("")
        kept.append(line)
        labelled = is_label
    return kept


def _is_labelled(line: str) -> bool:
    return len(line) < 200 and bool(_LABELLED.match(line)) and not _SENTENCE.search(line)
