"""Facts about a body of text: its format, headings, words, and whether it ends properly."""

import re
from collections.abc import Iterable

from igny8_flask.ai.replies.matching import spelled
from igny8_flask.ai.replies.text import one_line
from igny8_flask.entities import unescape

_TAGS = re.compile(
    r"<(?:p|h[1-6]|ul|ol|li|table|div|section|article|blockquote|figure|br)\b[^<>]*>", re.I
)
_ANY_TAG = re.compile(r"<!--.{0,2000}?-->|</?[a-zA-Z][^<>]{0,2000}>", re.DOTALL)
_MARKS = re.compile(
    r"^\s{0,3}(?:#{1,6}\s|[-*+]\s|\d{1,3}[.)]\s|>\s|```|\|)|\*\*[^*\n]+\*\*|\]\(", re.MULTILINE
)
_HTML_HEADING = re.compile(r"<h([1-6])\b[^<>]*>(.{0,600}?)</h\1\s*>", re.IGNORECASE | re.DOTALL)
_MD_HEADING = re.compile(
    r"^[ \t]{0,3}(?:(#{1,6})[ \t]*(\S[^\n]{0,300}?)[ \t]*#*|\*\*([^*\n]{1,150}?)\*\*:?)[ \t]*$"
    r"|^([^\n]{1,150})\n[ \t]*(?:={3,}|-{3,})[ \t]*$",
    re.MULTILINE,
)
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\u0e00-\u0e7f]")
_WORD = re.compile(r"[^\W_]+(?:['’\-][^\W_]+)*")
_END = re.compile(r"[.!?…。！？؟۔।:;)\]}>\"'”’»*_`|]\s*$")


def body_format(body: str) -> str:
    """Tell html, markdown and text apart."""
    if _TAGS.search(body):
        return "html"
    return "markdown" if _MARKS.search(body) else "text"


def plain_text(body: str) -> str:
    """The text of a body without its tags."""
    return unescape(_ANY_TAG.sub(" ", body))


def count_words(body: str) -> int:
    """Count words; two characters of a script without blanks make one."""
    text = plain_text(body)
    dense = len(_CJK.findall(text))
    return len(_WORD.findall(_CJK.sub(" ", text))) + (dense + 1) // 2


def headings(body: str) -> list[str]:
    """The headings of an HTML or Markdown body, as text."""
    found = [one_line(mark[2]) for mark in _HTML_HEADING.finditer(body)]
    for mark in _MD_HEADING.finditer(body):
        found.append(one_line(mark[2] or mark[3] or mark[4]))
    return [heading for heading in found if heading]


def prose_words(body: str) -> int:
    """Count the words outside headings and bare list marks."""
    return count_words(_MD_HEADING.sub("\n", _HTML_HEADING.sub(" ", body)))


def missing_headings(asked: Iterable[str], body: str) -> tuple[str, ...]:
    """The asked headings that no heading of the body is, or contains."""
    there = [_bare(heading) for heading in headings(body)]

    def is_there(heading: str) -> bool:
        wanted = _bare(heading)
        return any(wanted == h or wanted in h or (len(h) > 8 and h in wanted) for h in there)

    return tuple(heading for heading in asked if _bare(heading) and not is_there(heading))


def _bare(heading: str) -> str:
    return re.sub(r"^(?:\d{1,2} )+|^(?:step|section|h2|h3) (?:\d{1,2} )?", "", spelled(heading))


def ends_properly(body: str) -> bool:
    """Whether the last line could be the end of an article: a sentence, list, table or tag."""
    last = body.rstrip().rsplit("\n", 1)[-1].strip()
    if not last or _END.search(last) or re.match(r"(?:[-*+#|]|\d+[.)])", last):
        return True
    return len(last.split()) < 4 and not _CJK.search(last)


def trimmed_cut(body: str) -> str:
    """Drop a tag or an entity that the end of the text cut in two."""
    body = re.sub(r"<[^<>]{0,500}$", "", body)
    return re.sub(r"&#?\w{0,10}$", "", body).rstrip()
