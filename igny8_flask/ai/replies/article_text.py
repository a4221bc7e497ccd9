"""Taking an article out of a reply that is text: markers, front matter, label lines, chatter."""

import re
from dataclasses import dataclass, field
from typing import Any

from igny8_flask.ai.replies.extract import extract_json
from igny8_flask.ai.replies.shapes import fields_of, key_of
from igny8_flask.ai.replies.text import one_line, unfence
from igny8_flask.content.labels import unfolded

_DECORATION = r"[=\-<>\[\]#*~_ \t|%@!]"
_SHORT_LINE = re.compile(r"^[^\n]{3,120}$", re.MULTILINE)
_MARKER = re.compile(
    rf"^[ \t]*(?:<!--|(?=[=\-<\[#*~|%@]{{2,}})){_DECORATION}*(?P<a>begin|start|end|/)?[ _\-:]*"
    r"(?:of[ _])?(?:the[ _])?(?P<n>article|body|content|html|markdown|meta|metadata|json)"
    rf"(?:[ _\-]*(?:body|content|html|text|markdown))?[ _\-:]*(?P<z>begin|start|end)?{_DECORATION}*"
    r"(?:-->)?[ \t]*$",
    re.IGNORECASE | re.MULTILINE,
)
_END_LINE = re.compile(
    r"^[ \t]*[=\-<\[#*~|%@]{2,}[ \t]*(?:end|/)\b[^\n]{0,30}$", re.I | re.MULTILINE
)
_FRONT = re.compile(r"\A---[ \t]*\n(.{1,8000}?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_LABELS = {
    "title", "metatitle", "seotitle", "metadescription", "seodescription", "description", "excerpt",
    "slug", "urlslug", "focuskeyphrase", "focuskeyword", "primarykeyword", "tags", "categories",
    "category", "keywords", "secondarykeywords", "h1", "summary", "author", "date", "wordcount",
    "metakeywords", "url", "keyword", "articletitle", "posttitle",
}  # fmt: skip
_LABEL = re.compile(
    r"^[ \t]*(?:[-*][ \t]+)?[*_]{0,2}([A-Za-z][A-Za-z0-9 _-]{0,30}?)[*_]{0,2}"
    r"[ \t]*:[*_]{0,2}[ \t]*(.*)$"
)
_BODY_LABEL = re.compile(
    r"^[ \t]*[*_#]*[ \t]*(?:content|body|article|article body|post)[ \t]*:[*_]*"
    r"[ \t]*[|>]?[+-]?[ \t]*$",
    re.I,
)
_OPENING = re.compile(
    r"\A\s*(?:sure|certainly|of course|absolutely|great|okay|ok|here(?:'s| is| are|’s)|below is|"
    r"i've|i have|voici|hier ist|gerne|natürlich|aquí (?:está|tienes)|claro|ecco|certo|bien sûr|"
    r"i(?:'ll| will)|let me|as requested|thank you|thanks|following is|the following)\b[^\n]{0,300}"
    r"(?:\n|\Z)",
    re.IGNORECASE,
)
_CLOSING = re.compile(
    r"\n\s*(?:[-*_]{3,}\s*\n\s*)?(?:let me know|i hope this|feel free to|would you like"
    r"|if you(?:'d| would)"
    r" like|is there anything|please let me|word count\s*:|\(?word count|note\s*:\s*this article|"
    r"this article (?:is|has|contains) (?:approximately|about|around|roughly))[^\n]{0,400}\s*\Z",
    re.IGNORECASE,
)
_H1 = re.compile(
    r"\A\s*(?:#[ \t]+([^\n]{1,300}?)[ \t#]*(?:\n|\Z)|([^\n]{3,150})\n=+[ \t]*(?:\n|\Z))"
)
_HTML_H1 = re.compile(r"<h1\b[^<>]*>(.{0,600}?)</h1\s*>", re.IGNORECASE | re.DOTALL)
_HTML_TITLE = re.compile(r"<title\b[^<>]*>(.{0,600}?)</title\s*>", re.IGNORECASE | re.DOTALL)
_DOCUMENT = re.compile(r"<body\b[^<>]*>(.*?)(?:</body\s*>|\Z)", re.IGNORECASE | re.DOTALL)


@dataclass
class TextArticle:
    """A body of text and what stood around it; ``open`` when its end marker never came."""

    body: str
    fields: dict[str, Any] = field(default_factory=dict)
    open: bool = False


def read_text_article(text: str) -> TextArticle:
    """Split a reply in text into body and fields."""
    article = _between_markers(text) or TextArticle(unfence(_without_chatter(text)))
    article.body = unfence(article.body)
    _take_front_matter(article)
    _take_labels(article)
    _take_title(article)
    article.body = article.body.strip()
    return article


def _between_markers(text: str) -> TextArticle | None:
    """Take the body from between marker lines; what stands outside may hold the fields as JSON."""
    marks = [line for line in _SHORT_LINE.finditer(text) if _MARKER.fullmatch(line[0])]
    start = next((line for line in marks if _opens(line[0])), None)
    if start is None:
        return None
    ends = (line for line in _SHORT_LINE.finditer(text, start.end()) if _ends(line[0]))
    end = next(ends, None)
    body = text[start.end() : end.start() if end else len(text)]
    around = text[: start.start()] + "\n" + (text[end.end() :] if end else "")
    outside = extract_json(around, notations=False)
    fields = fields_of(outside.value) if outside and isinstance(outside.value, dict) else {}
    article = TextArticle(body.strip("\n"), fields, open=end is None)
    if not fields:
        labels = TextArticle(around.strip() + "\n\n")
        _take_labels(labels)
        article.fields = labels.fields
    return article


_META = {"meta", "metadata", "json"}


def _opens(line: str) -> bool:
    mark = _MARKER.fullmatch(line)
    if mark is None or mark["n"].lower() in _META:
        return False
    return "end" not in {(mark["a"] or "").lower(), (mark["z"] or "").lower()} and mark["a"] != "/"


def _ends(line: str) -> bool:
    return bool(_MARKER.fullmatch(line) or _END_LINE.fullmatch(line))


def _without_chatter(text: str) -> str:
    text = text.strip()
    opening = _OPENING.match(text)
    rest = text[opening.end() :].strip() if opening else text
    if (
        opening
        and rest
        and (opening[0].rstrip().endswith((":", "!", "…", "...")) or rest[0] in "#<`")
    ):
        text = rest
    return text[:-2000] + _CLOSING.sub("", text[-2000:]).rstrip()


def _take_front_matter(article: TextArticle) -> None:
    front = _FRONT.match(article.body.lstrip("\n"))
    if front is None:
        return
    found = dict(_labelled(unfolded(front[1].splitlines())))
    if found:
        article.fields = {**found, **article.fields}
        article.body = article.body.lstrip("\n")[front.end() :]


def _take_labels(article: TextArticle) -> None:
    """Take ``Title: …`` lines off the top of the body."""
    lines = article.body.split("\n")
    at = 0
    found: dict[str, Any] = {}
    while at < min(len(lines), 40):
        label = _LABEL.match(lines[at])
        if _BODY_LABEL.match(lines[at]) and found:
            at += 1
            break
        if label and key_of(label[1]) in _LABELS and label[2].strip():
            found.setdefault(key_of(label[1]), _value(label[2]))
        elif lines[at].strip() not in {"", "---", "***"}:
            break
        at += 1
    if found:
        article.fields = {**found, **article.fields}
        article.body = "\n".join(lines[at:])


def _labelled(lines: list[str]) -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    for line in lines:
        label = _LABEL.match(line)
        item = re.match(r"\s*-\s+(.+)", line)
        if label and label[1]:
            found.append((key_of(label[1]), _value(label[2])))
        elif item and found:
            key, value = found[-1]
            items = value if isinstance(value, list) else []
            found[-1] = (key, [*items, one_line(item[1]).strip("\"'")])
    return found


def _value(text: str) -> Any:
    text = one_line(text, 1000)
    if text.startswith("[") and text.endswith("]"):
        return [part.strip(" \"'") for part in text[1:-1].split(",") if part.strip(" \"'")]
    return text.strip("\"'“”")


def _take_title(article: TextArticle) -> None:
    """Move a leading h1 out of the body, and an HTML document's body out of its frame."""
    frame = _DOCUMENT.search(article.body)
    title = _HTML_TITLE.search(article.body)
    if frame:
        article.body = frame[1]
    heading = _H1.match(article.body) or _HTML_H1.search(article.body[:3000])
    if heading:
        words = one_line(heading[1] or (heading[2] if heading.re is _H1 else ""))
        article.fields.setdefault("title", words)
        article.body = article.body[: heading.start()] + article.body[heading.end() :]
    elif title:
        article.fields.setdefault("title", one_line(title[1]))
        article.body = article.body.replace(title[0], "", 1)
