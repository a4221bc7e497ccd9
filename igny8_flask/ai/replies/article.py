"""Parsing of an article reply."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from igny8_flask.ai.replies.article_fields import assembled_body, faq_entries, string_list
from igny8_flask.ai.replies.article_text import read_text_article
from igny8_flask.ai.replies.cuts import is_cut
from igny8_flask.ai.replies.extract import Document, ExtractedJSON, extract_json
from igny8_flask.ai.replies.outlines import read_outline
from igny8_flask.ai.replies.prose import (
    body_format,
    count_words,
    ends_properly,
    missing_headings,
    prose_words,
    trimmed_cut,
)
from igny8_flask.ai.replies.results import ArticleReply, ArticleRow, listed
from igny8_flask.ai.replies.shapes import decoded, fields_of, pick, words
from igny8_flask.ai.replies.text import clean_reply, one_line, unfence
from igny8_flask.ai.replies.verdicts import (
    fault,
    is_filtered,
    is_loop,
    is_refusal,
    verdict_after,
    verdict_before,
    was_cut,
)
from igny8_flask.entities import unescape
from igny8_flask.errors import ReplyError

_BODY = (
    "content", "body", "html", "articlebody", "articlecontent", "articlehtml", "contenthtml",
    "htmlcontent", "bodyhtml", "posttext", "postcontent", "markdown", "contentmarkdown",
    "markdowncontent", "bodymarkdown", "fulltext", "fullarticle", "article", "text", "post",
    "blogpost", "maincontent", "articletext", "sections", "blocks", "draft", "paragraphs",
)  # fmt: skip
_WRAPPED = (
    "article", "data", "result", "response", "output", "post", "blogpost", "content", "message",
    "choices", "arguments", "parameters", "answer", "results", "articles", "json", "payload",
    "posts", "root", "function", "toolcalls", "items",
)  # fmt: skip
_LISTED = {"choices", "articles", "posts", "results", "items", "toolcalls", "data", "response"}
_TITLE = ("title", "articletitle", "posttitle", "headline", "h1", "heading", "blogtitle", "name")
_EXCERPT = ("excerpt", "summary", "postexcerpt", "teaser", "abstract", "shortdescription", "intro")
_META_TITLE = ("metatitle", "seotitle", "titletag", "pagetitle")
_META_ABOUT = ("metadescription", "seodescription", "metadesc", "description", "searchdescription")
_FOCUS = ("focuskeyphrase", "focuskeyword", "primarykeyword", "mainkeyword", "targetkeyword",
          "keyphrase", "keyword", "seokeyword")  # fmt: skip
_SECOND = ("secondarykeywords", "keywords", "relatedkeywords", "keywordsused", "seokeywords")
_TAGS = ("tags", "posttags", "suggestedtags", "tag")
_CATEGORIES = ("categories", "category", "suggestedcategories", "postcategories")
_FAQ = ("faq", "faqs", "frequentlyaskedquestions", "questions", "faqsection", "qa", "qanda")
_PROMISE = re.compile(
    r"\A\W*(?:sure|certainly|of course|absolutely|okay|ok|here(?:'s| is|’s)|i(?:'ll| will)|let me|"
    r"understood|got it|\[[^\]]*\]|lorem ipsum|todo|tbd|insert|your article|article content)\b",
    re.IGNORECASE,
)
_FEW_WORDS = 12


def parse_article(
    text: str | None,
    *,
    title: str | None = None,
    outline: Any = (),
    finish_reason: str | None = None,
    word_count: int | None = None,
) -> ArticleReply:
    """Turn a reply into one article; a reply that broke off gives the text so far as partial.

    ``title`` stands in where the reply names none, ``outline`` is what every section is checked
    against, ``word_count`` the length asked for.
    """
    error = verdict_before(text, finish_reason)
    if error is not None or text is None:
        return ArticleReply(error=error)
    length = was_cut(finish_reason)
    cleaned = clean_reply(text)
    extracted = extract_json(text, notations=False)
    draft = _from_json(extracted) or _from_text(cleaned.text, extracted, finish_reason)
    error = _fault(draft, text, extracted, length or cleaned.unfinished, word_count)
    if error is not None or draft is None:
        return ArticleReply(error=error)
    row = _row(draft, title, outline)
    partial = length or draft.cut or not draft.body_complete
    if length and row.body_complete and not draft.closed:
        row = _row(_Draft(draft.body, draft.fields, body_complete=False), title, outline)
    warnings = [listed("Sections of the outline without a heading", row.missing_sections)]
    return ArticleReply(
        (row,), row.missing_sections, tuple(warnings if row.missing_sections else ()), partial
    )


@dataclass
class _Draft:
    """A body and its fields; ``closed`` when the body's own end was seen."""

    body: str
    fields: dict[str, Any] = field(default_factory=dict)
    body_complete: bool = True
    cut: bool = False
    closed: bool = False
    loose: bool = False


def _from_json(extracted: ExtractedJSON | None) -> _Draft | None:
    """Read the last complete document that carries a body, else the last cut one."""
    if extracted is None:
        return None
    drafts: list[_Draft] = []
    for document in extracted.documents:
        fields = _article_fields(document.value, 0)
        draft = _draft(fields) if fields and _leads(document, extracted.text) else None
        if draft is not None:
            draft.cut = document.cut
            drafts.append(draft)
    whole = [draft for draft in drafts if draft.body_complete and not draft.cut]
    best = whole or drafts
    return best[-1] if best else None


def _leads(document: Document, text: str) -> bool:
    """Whether a document is the reply itself rather than a sample inside a written article."""
    around = text[: document.start]
    return document.end - document.start > len(text) * 0.4 or not re.search(
        r"^#{1,6} |<h[1-6]|<p>", around, re.MULTILINE
    )


def _article_fields(value: Any, depth: int) -> dict[str, Any] | None:
    """Find the object that carries a body, through wrappers and encodings."""
    value = decoded(value)
    if depth > 6:
        return None
    if isinstance(value, list):
        found = (_article_fields(item, depth + 1) for item in value)
        return next((fields for fields in found if fields is not None), None)
    if not isinstance(value, dict):
        return None
    fields = fields_of(value)
    for key in _WRAPPED:
        wrapped = decoded(fields.get(key))
        if isinstance(wrapped, dict) or (isinstance(wrapped, list) and key in _LISTED):
            inner = _article_fields(wrapped, depth + 1)
            if inner is not None:
                return {**{name: item for name, item in fields.items() if name != key}, **inner}
    return fields if any(_is_body(key, fields.get(key)) for key in _BODY) else None


def _is_body(key: str, value: Any) -> bool:
    if isinstance(value, str):
        return bool(value.strip()) and not isinstance(decoded(value), dict)
    return isinstance(value, list | dict) and bool(assembled_body(value)) and key != "choices"


def _draft(fields: dict[str, Any]) -> _Draft | None:
    bodies = {key: _body(fields[key]) for key in _BODY if _is_body(key, fields.get(key))}
    if not bodies:
        return None
    key, body = max(bodies.items(), key=lambda pair: len(pair[1]))
    opening, closing = (
        str(fields.get(name, "")) if key == "sections" else ""
        for name in ("introduction", "conclusion")
    )
    cut = is_cut(fields[key])
    body = "\n\n".join(
        part for part in (opening, trimmed_cut(body) if cut else body, closing) if part
    )
    rest = {name: item for name, item in fields.items() if name != key}
    return _Draft(body, rest, body_complete=not cut, closed=not cut)


def _body(value: Any) -> str:
    """The body as text: assembled from parts, unfenced, once too often escaped no more."""
    body = str(value) if isinstance(value, str) else assembled_body(value)
    body = unfence(body)
    if "\n" not in body and body.count("\\n") >= 2:
        body = body.replace("\\r", "").replace("\\n", "\n").replace('\\"', '"')
    if re.search(r"&lt;(?:p|h[1-6]|ul|div)\b", body) and not re.search(
        r"<(?:p|h[1-6]|ul|div)\b", body
    ):
        body = unescape(body)
    return body.strip()


def _from_text(
    text: str, extracted: ExtractedJSON | None, finish_reason: str | None
) -> _Draft | None:
    """Read a reply that is text itself; a reply that is JSON without a body is none."""
    if extracted is not None and _is_all_json(unfence(text), extracted):
        return None
    article = read_text_article(text)
    stopped = bool(finish_reason) and not was_cut(finish_reason)
    complete = not article.open and (stopped or ends_properly(article.body))
    body = article.body if complete else trimmed_cut(article.body)
    return _Draft(body, fields_of(article.fields), body_complete=complete, loose=True)


def _is_all_json(text: str, extracted: ExtractedJSON) -> bool:
    first, last = extracted.documents[0], extracted.documents[-1]
    if not isinstance(extracted.value, list | dict):
        return True
    return text[:1] in {"{", "["} and first.start < 20 and last.end >= len(text) * 0.5


def _fault(
    draft: _Draft | None,
    text: str,
    extracted: ExtractedJSON | None,
    cut: bool,
    word_count: int | None,
) -> ReplyError | None:
    """Name what makes a draft no article."""
    if draft is None:
        value = extracted.value if extracted else None
        fields = fields_of(value) if isinstance(value, dict) else {}
        cut = cut or bool(extracted and extracted.cut)
        recognised = any(key in fields for key in _BODY[:6])
        return verdict_after(
            text, value, recognised=recognised, cut=cut, found_json=bool(extracted)
        )
    verdicts = (
        (is_filtered(draft.body), "content_filter"),
        (is_refusal(draft.body), "refusal"),
        (is_loop(draft.body), "degenerate"),
    )
    kind = next((kind for holds, kind in verdicts if holds), None)
    return fault(kind) if kind else _thin(draft, cut, word_count)


def _thin(draft: _Draft, cut: bool, word_count: int | None) -> ReplyError | None:
    """Name the fault of a body that is hardly there: headings alone, a promise, a few words."""
    prose, total = prose_words(draft.body), count_words(draft.body)
    cut = cut or draft.cut
    bare = draft.loose and not draft.fields and body_format(draft.body) == "text"
    promise = bool(_PROMISE.match(draft.body)) and total < 40
    short = prose < 4 or prose * 40 < (word_count or 0)
    unsaid = promise or (bare and total < _FEW_WORDS)
    verdicts = (
        (cut and (short or unsaid), "truncated"),
        (unsaid, "unparseable" if draft.loose else "no_results"),
        (total == 0, "no_results"),
        (short, "wrong_shape"),
    )
    kind = next((kind for holds, kind in verdicts if holds), None)
    return fault(kind, f"It has {total} words.") if kind else None


def _row(draft: _Draft, title: str | None, outline: Any) -> ArticleRow:
    fields: Mapping[str, Any] = {
        key: value for key, value in draft.fields.items() if not is_cut(value)
    }
    asked: Iterable[str] = [section.heading for section in read_outline(outline or None)]
    return ArticleRow(
        title=words(fields, _TITLE, 300) or one_line(title, 300),
        body=draft.body,
        body_format=body_format(draft.body),
        excerpt=words(fields, _EXCERPT, 1000),
        meta_title=words(fields, _META_TITLE, 300),
        meta_description=words(fields, _META_ABOUT, 1000),
        focus_keyphrase=words(fields, _FOCUS, 200),
        secondary_keywords=string_list(pick(fields, _SECOND)),
        slug=words(fields, ("slug", "urlslug", "permalink"), 200),
        tags=string_list(pick(fields, _TAGS)),
        categories=string_list(pick(fields, _CATEGORIES)),
        faq=faq_entries(pick(fields, _FAQ)),
        missing_sections=missing_headings(asked, draft.body),
        word_count=count_words(draft.body),
        body_complete=draft.body_complete,
    )
