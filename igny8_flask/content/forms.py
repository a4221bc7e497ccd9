"""Which form a reply's body has, and how HTML gets ready for the parser."""

import re
from enum import Enum
from html import escape

from igny8_flask.content.fences import code_html, stash_fences
from igny8_flask.content.protect import protect_code
from igny8_flask.content.stash import Stash
from igny8_flask.content.tags import strip_unwanted
from igny8_flask.entities import unescape

_BLOCK = re.compile(
    r"<(?:p|h[1-6]|ul|ol|table|div|section|article|blockquote|pre|figure|main|header|details|dl)"
    r"(?:\s[^<>]*)?>",
    re.I,
)
_LINE_MARK = re.compile(
    r"^[ \t]*(?:#{1,6} +\S|[-*+•] +\S|\d{1,3}[.)] +\S|>(?: |$)|```|~~~|\|[^\n]*\|[ \t]*$"
    r"|(?:\*\*|__)[^\s*_][^\n]*$|[^<\s][^\n]*\*\*[^\s*][^*\n]*\*\*|!?\[[^\]\n]+\]\()",
    re.M,
)
_CODE_END = re.compile(r"</code\s*>", re.I)
_PRE = re.compile(r"<pre\b([^<>]*)>|</pre\s*>", re.I)
_INLINE_CODE = re.compile(r"<code\b[^<>]*>", re.I)
_CODE_TAGS = re.compile(
    r"</?(?:code|span|b|i|em|strong|mark|font|a|u|ins|del|samp)(?:\s[^<>]*)?>", re.I
)
_LANGUAGE = re.compile(r"(?:language-|lang-|brush:\s*)([\w+#.-]{1,40})", re.I)


class Form(Enum):
    """How a body is written."""

    HTML = "html"
    MARKDOWN = "markdown"
    MIXED = "mixed"


def form_of(body: str) -> Form:
    """Tell HTML from Markdown; mixed is read as Markdown."""
    stash = Stash()
    outside = protect_code(stash_code(stash_fences(body, stash), stash), stash)
    if not _BLOCK.search(outside):
        return Form.MARKDOWN
    fenced = "```" in body and "```" not in outside
    return Form.MIXED if fenced or _LINE_MARK.search(outside) else Form.HTML


def prepare_html(body: str, warnings: list[str]) -> str:
    """Return an HTML body with literal code, without comments and unwanted elements."""
    stash = Stash()
    body = stash_code(body, stash)
    body = strip_unwanted(body, warnings.append)
    return stash.restore(_paragraphs_of_loose_text(body))


def _paragraphs_of_loose_text(body: str) -> str:
    """Blank lines between pieces of text that no tag holds part paragraphs."""
    return re.sub(r"(?<=[^\s>])[ \t]*\n[ \t]*\n\s*(?=[^\s<])", "<br><br>", body)


def stash_code(body: str, stash: Stash) -> str:
    """Return ``body`` with what its code elements hold as literal text behind tokens."""
    parts: list[str] = []
    position = 0
    for opener in _PRE.finditer(body):
        if opener.start() < position or opener[0].startswith("</"):
            continue
        end = re.compile(r"</pre\s*>", re.I).search(body, opener.end())
        if not end:
            break
        inside = stash.source(body[opener.end() : end.start()])
        code = _INLINE_CODE.match(inside.lstrip())
        language = _LANGUAGE.search(opener[0] + (code[0] if code else ""))
        parts.append(body[position : opener.start()])
        parts.append(stash.block(code_html(_code_text(inside), language[1] if language else "")))
        position = end.end()
    return _stash_inline_code("".join(parts) + body[position:], stash)


def _stash_inline_code(body: str, stash: Stash) -> str:
    parts: list[str] = []
    position = 0
    for opener in _INLINE_CODE.finditer(body):
        if opener.start() < position:
            continue
        end = _CODE_END.search(body, opener.end(), opener.end() + 5_000)
        if not end:
            continue
        inside = stash.source(body[opener.end() : end.start()])
        text = escape(_code_text(inside), quote=False)
        parts.append(body[position : opener.start()] + stash.inline(f"<code>{text}</code>"))
        position = end.end()
    return "".join(parts) + body[position:]


def _code_text(inside: str) -> str:
    inside = re.sub(r"<br\s*/?>", "\n", inside, flags=re.I)
    return unescape(_CODE_TAGS.sub("", inside))
