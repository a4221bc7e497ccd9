"""What models wrap around an article: reasoning, chatter, fences, JSON, labels, whole documents."""

import re
from html import unescape
from typing import Any

from igny8_flask.content.characters import clean_characters
from igny8_flask.content.json_reply import read_json

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
_ARTICLE = re.compile(
    r"^\s{0,3}#{1,6} \S|<(?:h[1-6]|p|article|!doctype|html|body|div)\b|^\s*\{\s*\"|^\*\*",
    re.I | re.M,
)
_HEADING_BEFORE = re.compile(r"\A\s*[#<]|\n#")
_DOCUMENT = re.compile(r"<(?:!doctype\s+html|html[\s>]|body[\s>]|head>)", re.I)
_TITLE = re.compile(r"<title[^<>]*>([^<]*)</title", re.I)
_DESCRIPTION = re.compile(r"<meta\s[^<>]*name=[\"']description[\"'][^<>]*>", re.I)
_BODY = re.compile(r"<body(?:\s[^<>]*)?>", re.I)
_FRONT_MATTER = re.compile(
    r"\A\s*(?:---|\+\+\+)[ \t]*\n(.{0,8000}?)\n(?:---|\+\+\+|\.\.\.)[ \t]*(?:\n|\Z)", re.S
)
_FRONT_FIELD = re.compile(r"^([A-Za-z][\w -]{0,40})[ \t]*[:=][ \t]*(.*)$")
_LABELS = {
    "title": "title", "post title": "title", "article title": "title", "blog title": "title",
    "h1": "title", "headline": "title", "blog post title": "title",
    "seo title": "meta_title", "meta title": "meta_title", "title tag": "meta_title",
    "meta description": "meta_description", "seo description": "meta_description",
    "description": "meta_description", "slug": "slug", "url slug": "slug", "permalink": "slug",
    "url": "slug", "focus keyphrase": "focus_keyphrase", "focus keyword": "focus_keyphrase",
    "primary keyword": "focus_keyphrase", "target keyword": "focus_keyphrase",
    "keyword": "focus_keyphrase", "main keyword": "focus_keyphrase", "tags": "tags",
    "keywords": "tags", "secondary keywords": "tags", "categories": "categories",
    "category": "categories", "excerpt": "excerpt", "word count": "", "reading time": "",
    "estimated reading time": "", "author": "", "date": "", "content": "", "article": "",
    "body": "", "layout": "", "draft": "", "image": "", "permalink url": "",
}  # fmt: skip
_LABEL = re.compile(
    r"\A[ \t]*(?:#{1,3}[ \t]+)?(?:\*\*|__)?([A-Za-z][A-Za-z0-9 ]{2,24}?)[ \t]*"
    r"(?::(?:\*\*|__)?|(?:\*\*|__):)[ \t]*(.*)\Z"
)
_ESCAPED_TAG = re.compile(
    r"&(?:amp;)*lt;/?(?:p|h[1-6]|ul|ol|li|div|strong|article|section|table|br|em|a)\b", re.I
)
_REAL_TAG = re.compile(
    r"</?(?:p|h[1-6]|ul|ol|li|div|article|section|table|pre|code|blockquote)\b", re.I
)


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
    text = _without_fence(text)
    wrapped = _WRAPPER.match(text)
    if wrapped:
        text = wrapped[2]
    text = _front_matter(text, meta)
    text = _unescaped(text)
    text = _body_of_document(text, meta)
    text = without_chatter(text)
    return _labels(text, meta)


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
    opener = _OPEN_FENCE.search(text)
    before = text[: opener.start()] if opener else ""
    if not opener or len(before.strip()) > 400 or _HEADING_BEFORE.search(before):
        return text
    before, inside = text[: opener.start()], text[opener.end() + 1 :]
    if not opener[2] and not (_ARTICLE.search(inside[:3000]) and _may_be_whole(before, inside)):
        return text
    lines = inside.split("\n")
    return _inside_fence(lines, opener, len(before.strip())) or text


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


def _unescaped(text: str) -> str:
    """Undo one level of escaping when the markup of the whole reply is escaped."""
    if len(_ESCAPED_TAG.findall(text)) < 2 or "`" in text:
        return text
    if _REAL_TAG.search(text):
        return text
    return unescape(text.replace("&amp;", "&") if "&amp;lt;" in text else text)


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


def _front_matter(text: str, meta: dict[str, Any]) -> str:
    match = _FRONT_MATTER.match(text)
    if not match:
        return text
    lines = match[1].split("\n")
    fields = [_FRONT_FIELD.match(line) for line in lines if line.strip()]
    if not fields or not fields[0] or sum(f is not None for f in fields) * 2 < len(fields):
        return text
    items: list[str] | None = None
    for line in lines:
        field = _FRONT_FIELD.match(line)
        if field:
            items = _keep(
                meta, _LABELS.get(field[1].strip().lower().replace("_", " "), ""), field[2]
            )
        elif items is not None and line.strip().startswith("- "):
            items.append(line.strip()[2:].strip(" \"'"))
    return text[match.end() :]


def _keep(meta: dict[str, Any], key: str, value: str) -> list[str] | None:
    value = value.strip().strip("*_").strip().strip("\"'").strip()
    if key in {"tags", "categories"}:
        names = [name.strip(" \"'[]") for name in value.split(",")]
        return meta.setdefault(key, [name for name in names if name])  # type: ignore[no-any-return]
    if key and value:
        meta.setdefault(key, value.strip("[]") if key == "slug" else value)
    return None


def _labels(text: str, meta: dict[str, Any]) -> str:
    """Take the lines like ``Title: …`` from the start of the article."""
    lines = text.split("\n")
    index = taken = 0
    while index < len(lines) and index < 40:
        line = lines[index]
        if not line.strip() or (taken and re.fullmatch(r"\s*(?:-{3,}|\*{3,})\s*", line)):
            index += 1
            continue
        match = _LABEL.match(line)
        key = _LABELS.get(match[1].strip().lower()) if match else None
        if match is None or key is None or len(match[2]) > 500:
            break
        if key == "" and not taken and match[2].strip():
            break
        _keep(meta, key, match[2])
        index += 1
        taken = index
    return "\n".join(lines[taken:]) if taken else text


_OPENING = re.compile(
    r"(?:sure|certainly|of course|absolutely|great|okay|ok|here(?:'|’)?s|here is|here are|below is|"
    r"i(?:'|’)ve|i have|i(?:'|’)d be|i(?:'|’)ll|as requested|understood|got it|happy to|"
    r"this is the|the following is|as an ai)\b",
    re.I,
)
_ABOUT = re.compile(
    r"\b(?:article|blog|post|content|draft|version|markdown|html|guide|piece|outline|json|rewrite|copy|"
    r"request|help|write|text)\b",
    re.I,
)
_CLOSING = re.compile(
    r"(?:let me know|i hope (?:this|you)|hope this helps|feel free to|would you like|"
    r"if you(?:'|’)d like|if you would like|if you need|please let me know|is there anything else|"
    r"want me to|"
    r"this (?:article|post|blog post|version|draft|content) (?:is|has been|meets|follows|includes|"
    r"contains|uses)|"
    r"note: this (?:article|post|draft|content)|\(?word count|\[?end of (?:article|post)|happy to)",
    re.I,
)
_TAIL = re.compile(r"\n[ \t]*\n|(?<=>)\n")


def without_chatter(text: str) -> str:
    """Remove what the model says to its user before and after the article."""
    stripped = text.strip()
    head = re.match(r"[^\n<]{1,400}(?=\n[ \t]*\n|\n?<|\n#)", stripped)
    if head and _is_opening(head[0]):
        rest = re.sub(r"\A\s*(?:-{3,}|\*{3,}|_{3,})[ \t]*\n", "", stripped[head.end() :])
        if len(rest.strip()) > len(head[0]) / 2:
            text = stripped = rest.strip()
    for _ in range(2):
        breaks = list(_TAIL.finditer(stripped, max(0, len(stripped) - 1500)))
        if not breaks:
            break
        tail = stripped[breaks[-1].end() :].strip()
        if len(tail) > 500 or not _CLOSING.match(tail.strip("*_- ")):
            break
        text = stripped = re.sub(
            r"\n\s*(?:-{3,}|\*{3,})\s*\Z", "", stripped[: breaks[-1].start()]
        ).rstrip()
    return text


def _is_opening(text: str) -> bool:
    text = text.strip().strip("*_ ")
    if not _OPENING.match(text):
        return False
    ends = text.endswith((":", "!", ".", "…"))
    return (ends and bool(_ABOUT.search(text))) or text.lower().rstrip("!.,") in {
        "sure", "certainly", "of course", "absolutely",
    }  # fmt: skip
