"""Inline pieces of Markdown that the engine must not touch: code, maths, escapes, tags, addresses.

Each becomes a token (see stash.py). Floods of emphasis marks, for which the engine would need more
than linear time, become literal here as well.
"""

import re
from collections import defaultdict
from html import escape

from igny8_flask.content.characters import unescape_attribute
from igny8_flask.content.stash import INLINE_OPEN, Stash
from igny8_flask.content.tag_names import KNOWN_TAGS
from igny8_flask.content.tags import Tag, rewrite_tags

_TICKS = re.compile(r"(?<!\\)(?:\\\\)*+(\\?)(`+)")
_PARAGRAPH = re.compile(r"(?:[^\n]*\S[^\n]*(?:\n|\Z))+")
_ENVIRONMENT = re.compile(r"\\begin\{(\w{1,20}\*?)\}")
_MATH_OPEN = re.compile(r"\\\[|\\\(|\$\$|(?<![\w$\\])\$(?=[^\s$])")
_MATH_ENDS = {"\\[": ("\\]", 2000), "\\(": ("\\)", 600), "$$": ("$$", 2000), "$": ("$", 200)}
_BLANK_LINE = re.compile(r"\n[ \t]*\n")
_MATH_SIGN = re.compile(r"[\\^_={}<>]|\d\s*[-+*/]|[A-Za-z]\s*[-+*/]\s*\w")
_DOLLAR_SIGN = re.compile(r"[\\^_={}|]|\A[A-Za-z]\Z")
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
_HARD_BREAK = re.compile(r"(?:(?<!\\)\\|(?<! ) {2,10})\n(?=[ \t>]*\S)")
_AUTOLINK = re.compile(r"<(https?://[^\s<>]+|[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+)>", re.I)
_ANGLED = re.compile(r"\]\(<((?:https?://|/)[^<>\n]{0,2000})>")
_BARE_URL = re.compile(
    r"(?<![\w/\[])(?<!\]\()(?<!\]\(<)(?<!\]: )(https?://[^\s<>\"`|*\[\]\ue000-\ue00f]+)", re.I
)
_TRAILING = re.compile(r"[.,;:!?'*_~)]{1,50}\Z")
_MARK_RUN = re.compile(r"\*{4,}|_{4,}|~{3,}")
_MARK = re.compile(r"[*_~]+")
_BOLD = re.compile(r"(?<!\*)\*\*(?=[^\s*])([^*\n]{1,400}?)(?<=[^\s*])\*\*(?!\*)")
_MAX_MARKS = 400
_NO_MARK = re.compile(r"(?<=\d)\*(?=\d)|\*\*(?=/)|(?<![\w*])\*(?=\.\w)|(?<=/)\*(?=\.\w)")
_LOOSE_BOLD = re.compile(
    r"(?<![^\s(\[\ue001])\*\*[ \t]{1,3}(?=[^\W\d_])([^*\n]{1,200}?)[ \t]{1,3}\*\*(?![\w*])"
)
_STRAY_BOLD = re.compile(r"\*\*(?=[\w\"“‘'(\[])|(?<=[\w\"”’').!?:\]])\*\*")
_MORE_MARKS = (
    ("mark", re.compile(r"(?<![=\w])==(?=[^\s=])([^=\n]{1,300}?)(?<=[^\s=])==(?![=\w])")),
    ("ins", re.compile(r"(?<![+\w])\+\+(?=[^\s+])([^+\n]{1,300}?)(?<=[^\s+])\+\+(?![+\w])")),
    ("sub", re.compile(r"(?<=[\w)\]])~([\w+-]{1,12})~(?!~)")),
    ("sup", re.compile(r"(?<=[\w)\]])\^([\w+-]{1,12})\^")),
)


def protect_code(text: str, stash: Stash) -> str:
    """Return ``text`` with code spans and maths as tokens; the first step, before any tag."""
    if "`" in text:
        text = _PARAGRAPH.sub(lambda match: _code_spans(match[0], stash), text)
    if "\\begin{" in text:
        text = _environments(text, stash)
    if "$" in text or "\\" in text:
        text = _maths(text, stash)
    return text


def protect_inline(text: str, stash: Stash) -> str:
    """Return ``text`` with line breaks, escapes, tags and bare addresses as tokens."""
    text = _ANGLED.sub(lambda match: f"]({match[1].strip().replace(' ', '%20')}", text)
    text = _HARD_BREAK.sub(lambda _: stash.inline("<br>", "\n") + "\n", text)
    text = _ESCAPE.sub(lambda match: stash.text(match[1]), text)
    if "<" in text:
        text = _AUTOLINK.sub(lambda match: _autolink(match[1], stash), text)
        text = rewrite_tags(text, lambda tag: _inline_tag(tag, stash), stash.text("<"))
    return _BARE_URL.sub(lambda match: _bare_url(match, stash), text)


def bold_to_tags(text: str, stash: Stash) -> str:
    """Return ``text`` with plain bold as tags; the engine misses it beside Chinese punctuation."""
    text = _NO_MARK.sub(lambda match: stash.text(match[0]), text)
    opened, closed = stash.inline("<strong>", "**"), stash.inline("</strong>", "**")
    for pattern in (_BOLD, _LOOSE_BOLD):
        text = pattern.sub(lambda match: f"{opened}{match[1]}{closed}", text)
    return text


def marks_to_tags(text: str, stash: Stash) -> str:
    """Return ``text`` with ``==marked==``, ``++new++``, ``H~2~O`` and ``x^2^`` as tags."""
    for name, pattern in _MORE_MARKS:
        if pattern.search(text):
            opened, closed = stash.inline(f"<{name}>"), stash.inline(f"</{name}>")
            text = pattern.sub(rf"{opened}\1{closed}", text)
    return text


def limit_marks(text: str, stash: Stash) -> str:
    """Make emphasis marks literal where no author would have written them."""
    text = _MARK_RUN.sub(lambda match: _mark_run(match, stash), text)
    if "**" in text:
        text = _PARAGRAPH.sub(lambda match: _without_stray_bold(match[0]), text)
    return _PARAGRAPH.sub(lambda match: _limit_paragraph(match[0], stash), text)


def _limit_paragraph(text: str, stash: Stash) -> str:
    marks = _MARK.findall(text)
    if len(marks) <= _MAX_MARKS or len(marks) * 25 < len(text):
        return text
    return _MARK.sub(lambda match: stash.text(match[0]), text)


def _without_stray_bold(text: str) -> str:
    """A paragraph with an odd number of bold marks has lost one; its last mark goes."""
    found = list(_STRAY_BOLD.finditer(text))
    if text.count("**") % 2 == 0 or not found:
        return text
    last = found[-1]
    return text[: last.start()] + text[last.end() :]


def _mark_run(match: re.Match[str], stash: Stash) -> str:
    text = match.string
    before, after = text[: match.start()][-1:], text[match.end() : match.end() + 1]
    is_rule = not before.strip() and not after.strip()
    if match[0][0] == "*" and len(match[0]) <= 6 and not is_rule:
        return "**"
    return match[0] if is_rule else stash.text(match[0])


def _code_spans(text: str, stash: Stash) -> str:
    runs = [match.span(2) for match in _TICKS.finditer(text)]
    escaped = [bool(match[1]) for match in _TICKS.finditer(text)]  # may close, but opens nothing
    by_length: dict[int, list[int]] = defaultdict(list)
    for number in range(len(runs) - 1, -1, -1):
        by_length[runs[number][1] - runs[number][0]].append(number)
    parts: list[str] = []
    position = number = 0
    while number < len(runs):
        start, end = runs[number]
        same = by_length[end - start]
        while same and same[-1] <= number:
            same.pop()
        if same and not escaped[number]:
            number = same[-1]
            close_start, close_end = runs[number]
            parts.append(text[position:start])
            parts.append(_code_span(text[end:close_start], text[start:close_end], stash))
            position = close_end
        number += 1
    return "".join(parts) + text[position:]


def _code_span(code: str, source: str, stash: Stash) -> str:
    code = re.sub(r"[ \t]*\n[ \t>]*", " ", code)
    if code.startswith(" ") and code.endswith(" ") and code.strip():
        code = code[1:-1]
    if not code.strip():
        return source
    return stash.inline(
        f"<code>{escape(code.replace(chr(92) + '|', '|'), quote=False)}</code>", source
    )


def _environments(text: str, stash: Stash) -> str:
    parts: list[str] = []
    position = 0
    for match in _ENVIRONMENT.finditer(text):
        mark = f"\\end{{{match[1]}}}"
        end = text.find(mark, match.end(), match.end() + 3000)
        if match.start() < position or end < 0:
            continue
        source = " ".join(text[match.start() : end + len(mark)].split())
        parts += [text[position : match.start()], stash.text(source)]
        position = end + len(mark)
    return "".join(parts) + text[position:]


def _maths(text: str, stash: Stash) -> str:
    parts: list[str] = []
    position = 0
    for match in _MATH_OPEN.finditer(text):
        mark, limit = _MATH_ENDS[match[0]]
        end = text.find(mark, match.end(), match.end() + limit)
        if match.start() < position or end < 0:
            continue
        inside = text[match.end() : end]
        end += len(mark)
        if _is_math(match[0], inside, text[end : end + 1]):
            source = re.sub(r"\s*\n\s*", " ", text[match.start() : end])
            parts += [text[position : match.start()], stash.text(source)]
            position = end
    return "".join(parts) + text[position:]


def _is_math(mark: str, inside: str, after: str) -> bool:
    if INLINE_OPEN in inside or not inside.strip() or _BLANK_LINE.search(inside):
        return False
    if mark == "$$":
        return True
    if mark == "$":
        edges = "\n" in inside or inside[-1].isspace() or after.isalnum()
        return not edges and bool(_DOLLAR_SIGN.search(inside))
    if mark == "\\(" and inside.strip().isalpha() and len(inside.strip()) <= 2:
        return True
    return bool(_MATH_SIGN.search(inside))


def _autolink(address: str, stash: Stash) -> str:
    href = address if "://" in address else f"mailto:{address}"
    return stash.inline(f'<a href="{escape(href)}">{escape(address)}</a>', address)


def _bare_url(match: re.Match[str], stash: Stash) -> str:
    url = match[1]
    found = _TRAILING.search(url)
    cut = found.start() if found else len(url)
    if url[cut : cut + 1] == ")" and url[:cut].count("(") > url[:cut].count(")"):
        cut += 1
    url, tail = url[:cut], url[cut:]
    if not url.partition("://")[2]:
        return match[0]
    shown = escape(unescape_attribute(url))
    return stash.inline(f'<a href="{shown}">{shown}</a>', url) + tail


def _inline_tag(tag: Tag, stash: Stash) -> str:
    return stash.inline(tag.source, tag.source) if tag.name in KNOWN_TAGS else ""
