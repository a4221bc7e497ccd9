"""Answers to wishes about an article that stands already: one section, or all of it."""

from dataclasses import replace
from html import escape
from typing import Any

from igny8_flask.sandbox.question import Question
from igny8_flask.sandbox.writer import Writer

SHORTER = ("short", "brief", "kürz", "breve", "cort")
LONGER = ("long", "detail", "more", "expand", "läng", "ausführ", "más")
PARAGRAPH_WORDS = 60


def is_section(question: Question) -> bool:
    """Whether one section of an article is to be written again."""
    return isinstance(question.data.get("section"), str)


def as_wished(question: Question) -> Question:
    """The question with the length that the wish asks for."""
    wish = str(question.data.get("instruction") or "").lower()
    factor = 1.0
    if any(word in wish for word in SHORTER):
        factor = 0.5
    elif any(word in wish for word in LONGER):
        factor = 1.5
    return replace(question, word_count=max(20, int(question.word_count * factor)))


def write_section(question: Question, writer: Writer) -> dict[str, Any]:
    """The text under one heading; its first paragraph repeats the wish, so that it can be seen."""
    wish = " ".join(str(question.data.get("instruction") or "").split())
    paragraphs = [f"{question.data.get('heading', '')}: {wish}"] if wish else []
    left = question.word_count
    while left > 0:
        sentences = writer.sentences(min(left, PARAGRAPH_WORDS))
        if not sentences:
            break
        paragraphs.append(writer.join(sentences))
        left -= PARAGRAPH_WORDS
    return {"content": "\n".join(f"<p>{escape(one, quote=False)}</p>" for one in paragraphs)}
