"""What models wrap around an article: reasoning, chatter, fences, JSON, labels, whole documents."""

import re
from typing import Any

from igny8_flask.content.characters import clean_characters
from igny8_flask.content.chatter import without_chatter
from igny8_flask.content.json_reply import read_json
from igny8_flask.content.labels import take_fields, take_front_matter, take_labels
from igny8_flask.entities import unescape

MAX_ROUNDS = 5
_REASONING = re.compile(r"<(think|thinking|reasoning|reflection|scratchpad|analysis)>", re.I)
_REASONING_END = re.compile(r"</(?:think|thinking|reasoning|reflection|scratchpad|analysis)>", re.I)
_WRAPPER = re.compile(
    r"\A\s*<(answer|output|response|result|content|final|blog_post|blogpost|post|artifact)(?:\s[^<>]*)?>"
    r"(.*)</\1>",
    re.S | re.I,
)
_OPEN_FENCE = re.compile(
    r"^[ \t]*(`{3,}|~{3,})[ \t]*(html|markdown|md|mdx|json|jsonc|text|txt|xml|plaintext|)[ \t]*$",
    re.M | re.I,
)
_SEVERAL_FENCES = re.compile(
    r"^```(?:html|markdown|md)[ \t]*\n((?:(?!```)[^\n]*\n)*+)```[ \t]*$", re.M | re.I
)
_ARTICLE = re.compile(
    r"^\s{0,3}#{1,6} \S|<(?:h[1-6]|p|article|!doctype|html|body|div)\b|^\s*\{\s*\"|^\*\*",
    re.I | re.M,
)
_HEADING_BEFORE = re.compile(r"\A\s*[#<]|\n#")
_DOCUMENT = re.compile(r"<(?:!doctype\s+html|html[\s>]|body[\s>]|head>)", re.I)
_TITLE = re.compile(r"<title[^<>]*>([^<]*)</title", re.I)
_DESCRIPTION = re.compile(r"<meta\s[^<>]*name=[\"']description[\"'][^<>]*>", re.I)
_BODY = re.compile(r"<body(?:\s[^<>]*)?>", re.I)
_UNICODE_ESCAPE = re.compile(r"\\u(?!e0)([0-9a-fA-F]{4})")
_ESCAPED_TAG = re.compile(
    r"&(?:amp;)*lt;/?(?:p|h[1-6]|ul|ol|li|div|strong|article|section|table|br|em|a)\b", re.I
)
_REAL_TAG = re.compile(
    r"</?(?:p|h[1-6]|ul|ol|li|div|article|section|table|pre|code|blockquote)\b", re.I
)
_XML_NAMES = {
    "title": "h1", "heading": "h2", "section_title": "h2", "subheading": "h3", "subtitle": "h3",
    "paragraph": "p", "para": "p", "list": "ul", "list_item": "li", "item": "li", "bullet": "li",
    "introduction": "section", "intro": "section", "conclusion": "section",
}  # fmt: skip
_XML_TAG = re.compile(rf"<(/?)({'|'.join(_XML_NAMES)})(?=[\s>])[^<>]*>")
_XML_CLOSER = re.compile(r"</(?:paragraph|para|heading|section_title|list_item|item|bullet)>")
_ESCAPED_MARK = re.compile(r"\\\*\\\*(?=\S)|^\\#{1,6} ", re.M)
_REAL_MARK = re.compile(r"(?<!\\)\*\*|^#{1,6} |`", re.M)
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
_IMPORTS = re.compile(r"\A(?:\s*import [^\n]{1,200} from ['\"][^\n]{1,200}['\"];?[ \t]*\n)+")


def unwrap(text: str) -> tuple[str, dict[str, Any]]:
    """Return the article's own text and the metadata that stood around it."""
    meta: dict[str, Any] = {}
    for _ in range(MAX_ROUNDS):
        before = text
        text = _unwrap_once(text, meta)
        if text == before:
            break
    return text, meta


def _unwrap_once(text: str, meta: dict[str, Any]) -> str:
    text = _without_reasoning(text)
    found = read_json(text)
    if found:
        for key, value in found[1].items():
            meta.setdefault(key, value)
        return clean_characters(found[0])
    text = take_fields(_without_fence(text), meta)
    wrapped = _WRAPPER.match(text)
    if wrapped:
        text = wrapped[2]
    text = _IMPORTS.sub("", take_front_matter(text, meta))
    text = _html_names(_unescaped(_unescaped_marks(_real_line_breaks(text))))
    text = _body_of_document(text, meta)
    return without_chatter(take_labels(text, meta))


def _without_reasoning(text: str) -> str:
    opener = _REASONING.search(text[:2000])
    closers = list(_REASONING_END.finditer(text))
    if opener and not text[: opener.start()].strip():
        if not closers:
            return text[opener.end() :]
        rest = text[closers[0].end() :]
        return rest if rest.strip() else text[opener.end() : closers[0].start()]
    if closers and not _REASONING.search(text[: closers[0].start()]):
        rest = text[closers[-1].end() :]
        return rest if rest.strip() else text
    return text


def _without_fence(text: str) -> str:
    """Return what a fence around the whole reply holds; inner fences stay."""
    joined = _fences_alone(text)
    if joined:
        return joined
    opener = _OPEN_FENCE.search(text)
    before = text[: opener.start()] if opener else ""
    if not opener or not _may_introduce(before, opener[0]):
        return text
    before, inside = text[: opener.start()], text[opener.end() + 1 :]
    if not opener[2] and not (_ARTICLE.search(inside[:3000]) and _may_be_whole(before, inside)):
        return text
    lines = inside.split("\n")
    return _inside_fence(lines, opener, len(before.strip())) or text


def _may_introduce(before: str, opener: str) -> bool:
    """Whether the text before a fence can be a model's words to its user."""
    words = before.strip()
    if not words:
        return True
    indented = opener.startswith(("  ", "\t"))
    is_item = bool(re.search(r"^[ \t]*(?:[-*+]|\d+[.)])[ \t]", words, re.M))
    return not (indented or is_item or len(words) > 400 or _HEADING_BEFORE.search(before))


def _fences_alone(text: str) -> str:
    """Return the insides of several fences of markup with nothing between them."""
    parts = _SEVERAL_FENCES.findall(text)
    if len(parts) < 2 or _SEVERAL_FENCES.sub("", text).strip():
        return ""
    return "\n\n".join(parts)


def _inside_fence(lines: list[str], opener: re.Match[str], before_chars: int) -> str:
    """Return the lines up to the closing fence; empty when the fence is not the whole reply's."""
    bare = _bare_fences(lines, opener[1])
    if not bare:
        return "\n".join(lines)
    last = bare[-1]
    after = len("\n".join(lines[last + 1 :]).strip())
    inside = lines[:last]
    if after > 600 or after + before_chars > sum(map(len, inside)):
        return ""
    if len(bare) % 2 == 0:
        return "\n".join(lines) if opener[2].lower() in {"markdown", "md", "html", "json"} else ""
    return "\n".join(inside)


def _may_be_whole(before: str, inside: str) -> bool:
    return not before.strip() or inside.rstrip().endswith("```")


def _bare_fences(lines: list[str], mark: str) -> list[int]:
    """Lines with a closing-like fence that belong to the outer level."""
    found: list[int] = []
    inner = False
    for number, line in enumerate(lines):
        text = line.strip()
        if not text.startswith(mark):
            continue
        if text.strip(mark[0]):
            inner = True
        elif inner:
            inner = False
        else:
            found.append(number)
    return found


def _real_line_breaks(text: str) -> str:
    """Undo the escapes of JSON strings where the whole reply still has them."""
    if "\\u" in text and "`" not in text:
        text = _UNICODE_ESCAPE.sub(lambda match: chr(int(match[1], 16)), text)
        text = clean_characters(text)
    if text.count("\\n") < 2 or text.strip().count("\n") * 4 > text.count("\\n"):
        return text
    return text.replace("\\n", "\n").replace("\\t", "    ").replace('\\"', '"')


def _unescaped(text: str) -> str:
    """Undo one level of escaping when the markup of the whole reply is escaped."""
    if len(_ESCAPED_TAG.findall(text)) < 2 or "`" in text:
        return text
    if _REAL_TAG.search(text):
        return text
    return unescape(text.replace("&amp;", "&") if "&amp;lt;" in text else text)


def _unescaped_marks(text: str) -> str:
    """Undo the backslashes of a reply whose every Markdown sign was escaped."""
    if len(_ESCAPED_MARK.findall(text)) < 2 or _REAL_MARK.search(text):
        return text
    return _ESCAPE.sub(r"\1", text)


def _html_names(text: str) -> str:
    """Give the elements that a model made up for an article's parts their names in HTML."""
    if "`" in text or _DOCUMENT.search(text) or not _XML_CLOSER.search(text):
        return text
    return _XML_TAG.sub(lambda tag: f"<{tag[1]}{_XML_NAMES[tag[2]]}>", text)


def _body_of_document(text: str, meta: dict[str, Any]) -> str:
    document = _DOCUMENT.search(text)
    if not document or len(text[: document.start()].strip()) > 400:
        return text
    title = _TITLE.search(text)
    if title and title[1].strip():
        meta.setdefault("meta_title", unescape(title[1]).strip())
    description = _DESCRIPTION.search(text)
    content = (
        re.search(r"content=(?:\"([^\"]*)\"|'([^']*)')", description[0]) if description else None
    )
    if content:
        meta.setdefault("meta_description", unescape(content[1] or content[2] or "").strip())
    body = _BODY.search(text)
    if body:
        end = text.lower().rfind("</body")
        return text[body.end() : end if end > body.end() else len(text)]
    head_end = re.search(r"</head\s*>", text, re.I)
    rest = text[head_end.end() if head_end else document.start() :]
    return re.sub(r"<!doctype[^<>]*>|</?html[^<>]*>", "", rest, flags=re.I)
