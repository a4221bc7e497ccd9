"""Questions and answers that an article holds."""

import itertools
import re
from collections.abc import Iterator

from bs4 import Tag

from igny8_flask.content.model import Question
from igny8_flask.content.nodes import HEADINGS, first_of, plain_text, tags_in, text_of

MAX_QUESTIONS = 50
_FAQ_HEADING = re.compile(
    r"\bfaqs?\b|frequently asked|common questions|(?:people|you) (?:also )?ask"
    r"|questions? (?:and|&) answers?|\bq ?& ?a\b|häufig(?:e| gestellte) fragen"
    r"|preguntas frecuentes|questions fréquentes"
    r"|foire aux questions|domande frequenti|perguntas frequentes|veelgestelde vragen"
    r"|часто задаваемые|常见问题|常見問題|よくある(?:ご)?質問|자주 묻는"
    r"|الأسئلة الشائعة|سوالات متداول",
    re.I,
)
_QUESTION_END = re.compile(r"[?？؟;]\s*\Z")
_LABEL_Q = re.compile(r"\A(?:Q(?:uestion)?\s*\d{0,2}\s*[:.)]|\d{1,2}[.)])\s*", re.I)
_LABEL_A = re.compile(r"\A(?:A(?:nswer)?\s*\d{0,2}\s*[:.)])\s*", re.I)


def find_questions(blocks: list[Tag]) -> list[Question]:
    """Return the questions of the article's FAQ sections and of its details blocks, in order."""
    found = list(_details(blocks))
    level = 0
    section: list[Tag] = []
    for block in blocks:
        if block.name in HEADINGS:
            depth = int(block.name[1])
            if level and depth <= level:
                found += _pairs(section)
                level, section = 0, []
            if not level and _FAQ_HEADING.search(plain_text(block)):
                level = depth
                continue
        if level:
            section.append(block)
    found += _pairs(section)
    return list(dict.fromkeys(found))[:MAX_QUESTIONS]


def _details(blocks: list[Tag]) -> Iterator[Question]:
    for block in blocks:
        if block.name == "details":
            summary, *inner = list(tags_in(block))
            question = plain_text(summary)
            if _QUESTION_END.search(question):
                yield Question(question, " ".join(text_of(child) for child in inner))


def _pairs(section: list[Tag]) -> list[Question]:
    found: list[Question] = []
    question = ""
    answer: list[str] = []
    for block in section:
        if block.name in {"details", "hr"}:
            continue
        asked, rest = _asked(block)
        if asked:
            found += _pair(question, answer)
            question, answer = asked, [rest] if rest else []
        elif question:
            answer.append(_LABEL_A.sub("", text_of(block)))
        else:
            found += _definitions(block)
    return found + _pair(question, answer)


def _pair(question: str, answer: list[str]) -> list[Question]:
    text = " ".join(answer).strip()
    return [Question(question, text)] if question and text else []


def _asked(block: Tag) -> tuple[str, str]:
    """Return the question that the block asks and the answer that stands in the same block."""
    text = plain_text(block)
    if block.name in HEADINGS:
        return _LABEL_Q.sub("", text), ""
    if block.name != "p":
        return "", ""
    strong = first_of(block, "strong")
    lead = plain_text(strong) if isinstance(strong, Tag) else ""
    if lead and text.startswith(lead) and _QUESTION_END.search(lead):
        return _LABEL_Q.sub("", lead), _LABEL_A.sub("", text[len(lead) :].strip())
    if not _LABEL_Q.match(text):
        return "", ""
    asked, mark, rest = re.sub(r"(?<=[?？؟])", "\0", text, count=1).partition("\0")
    return (_LABEL_Q.sub("", asked), _LABEL_A.sub("", rest.strip())) if mark else ("", "")


def _definitions(block: Tag) -> list[Question]:
    found: list[Question] = []
    if block.name == "dl":
        entries = list(tags_in(block))
        for term, answer in itertools.pairwise(entries):
            if term.name == "dt" and answer.name == "dd":
                found.append(Question(plain_text(term), plain_text(answer)))
    if block.name in {"ul", "ol"}:
        for item in tags_in(block):
            strong = first_of(item, "strong")
            lead = plain_text(strong) if isinstance(strong, Tag) else ""
            if lead and _QUESTION_END.search(lead):
                found.append(Question(lead, plain_text(item)[len(lead) :].strip()))
    return found
