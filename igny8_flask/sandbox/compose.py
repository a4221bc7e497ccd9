"""The whole text of an answer: what the function asks for, in the form that was asked.

The seed is the model, the function, the data and the sandbox's own seed: the same question always
gets the same answer, and a continuation, however it is worded, continues the same text.
"""

import hashlib
import json
from collections.abc import Callable
from typing import Any

from igny8_flask.sandbox import planning, revisions
from igny8_flask.sandbox.article import (
    plan_sections,
    render_html,
    render_markdown,
    write_article,
    write_faq,
)
from igny8_flask.sandbox.question import Question
from igny8_flask.sandbox.shape import Shaper
from igny8_flask.sandbox.writer import Writer

_TAILS = (200, 120, 60, 30, 16)
GENERIC_WORDS = 80


def compose(question: Question, model: str, seed: int) -> str:
    """Write the answer to a question."""
    write = _FUNCTIONS.get(question.function or "") or _FUNCTIONS[_guess(question)]
    digest = seed_of(question, model, seed)
    if question.continues and write is _article and not question.continues_reply:
        return _rest_of_article(question, digest)
    whole = write(question, _writer(question, digest))
    return _rest([whole], question.continues) if question.continues else whole


def _writer(question: Question, digest: str) -> Writer:
    return Writer(digest, question.title, question.keywords, question.language)


def seed_of(question: Question, model: str, seed: int) -> str:
    """Name a question by a digest."""
    known = ("title", "keywords", "clusters", "headings", "outline", "sections", "word_count")
    wished = ("instruction", "section", "article")
    data = {name: question.data.get(name) for name in known}
    data |= {name: question.data[name] for name in wished if name in question.data}
    parts = [model, question.function, question.title, data, seed]
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()


def _guess(question: Question) -> str:
    """Choose a function by the data when nothing names it."""
    data = question.data
    if data.get("clusters"):
        return "generate_ideas"
    if data.get("headings"):
        return "image_prompts"
    if data.get("outline") or data.get("word_count"):
        return "generate_content"
    keywords = data.get("keywords")
    if isinstance(keywords, list) and keywords and isinstance(keywords[0], dict):
        return "auto_cluster"
    return "generic"


def _article(question: Question, writer: Writer) -> str:
    question = revisions.as_wished(question)
    if revisions.is_section(question):
        return _print(question, writer, revisions.write_section(question, writer))
    if not question.wants_json:
        with_faq = not question.data.get("outline")
        body = _body(question, writer, with_faq, question.markdown)
        return f"# {question.title}\n\n{body}" if question.markdown else body
    content = _body(question, writer, with_faq=False, markdown=question.markdown)
    first = question.keywords[0] if question.keywords else question.title
    answer = {
        "title": question.title,
        "content": content,
        "excerpt": writer.line("excerpt", k=first),
        "meta_title": question.title[:60],
        "meta_description": _shorten(writer.line("meta", k=first), 155),
        "focus_keyphrase": first,
        "tags": question.keywords[:5],
        "categories": writer.pack["categories"],
        "faq": [{"question": asked, "answer": answer} for asked, answer in write_faq(writer)],
        "outline": [
            {"heading": heading, "key_points": points}
            for heading, points in plan_sections(question, writer)
        ],
        "word_count": question.word_count,
    }
    if question.schema is None:
        del answer["outline"], answer["word_count"]
    return _print(question, writer, answer)


def _shorten(text: str, limit: int) -> str:
    if len(text) <= limit:
        return text
    return text[: limit - 1].rsplit(" ", 1)[0].rstrip(" ,;:") + "…"


def _planned(plan: Callable[[Question, Writer], dict[str, Any]]) -> Callable[..., str]:
    def answer(question: Question, writer: Writer) -> str:
        found = plan(question, writer)
        if question.schema is None:
            for item in found.get("clusters", []):
                item.pop("keyword_ids")
        return _print(question, writer, found)

    return answer


def _generic(question: Question, writer: Writer) -> str:
    sentences = [*writer.pack["generic"], writer.line("notice"), *writer.sentences(GENERIC_WORDS)]
    text = writer.join([writer.fill(sentences[0]), *sentences[1:]])
    if not question.wants_json:
        return text
    return _print(question, writer, {"title": question.title, "text": text})


def _print(question: Question, writer: Writer, answer: Any) -> str:
    if question.schema is not None:
        answer = Shaper(question.schema, writer).fit(answer)
    return json.dumps(answer, ensure_ascii=False)


_FUNCTIONS: dict[str, Callable[[Question, Writer], str]] = {
    "generate_content": _article,
    "auto_cluster": _planned(planning.cluster),
    "generate_ideas": _planned(planning.ideas),
    "image_prompts": _planned(planning.image_prompts),
    "generic": _generic,
}


def _rest_of_article(question: Question, digest: str) -> str:
    """Continue an article's body, whichever form its beginning was asked in."""
    bodies = [
        _body(question, _writer(question, digest), with_faq, markdown)
        for markdown in (question.markdown, not question.markdown)
        for with_faq in (False, True)
    ]
    rest = _rest(bodies, question.continues)
    if not question.wants_json:
        return rest
    answer = {"title": question.title, "content": rest}
    return _print(question, _writer(question, digest), answer)


def _body(question: Question, writer: Writer, with_faq: bool, markdown: bool) -> str:
    parts = write_article(question, writer, with_faq)
    return render_markdown(parts) if markdown else render_html(parts)


def _rest(wholes: list[str], given: list[str]) -> str:
    """Return what follows the text already given, or the last third when it is not ours."""
    for text in given:
        for length in _TAILS:
            tail = text.rstrip(" …\n")[-length:]
            for wanted in (tail, json.dumps(tail, ensure_ascii=False)[1:-1]):
                for whole in wholes if len(wanted) >= _TAILS[-1] else []:
                    at = whole.rfind(wanted)
                    if 0 <= at < len(whole) - len(wanted):
                        return whole[at + len(wanted) :]
    return wholes[0][len(wholes[0]) * 2 // 3 :]
