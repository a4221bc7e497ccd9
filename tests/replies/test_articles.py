"""Messy article replies end as the right article or the right named error."""

import pytest

from igny8_flask.ai.replies import parse_article
from tests.replies.collection import Case, load


@pytest.mark.parametrize("case", load("articles"), ids=lambda case: case.name)
def test_every_messy_reply_ends_as_the_right_article_or_the_right_error(case: Case) -> None:
    reply = parse_article(case.text, **case.asked)
    if isinstance(case.expected, str):
        assert reply.error is not None
        assert (reply.error.kind, reply.rows) == (case.expected, ())
        return
    assert reply.error is None
    article = reply.article
    assert article is not None
    got = {
        "title": article.title,
        "body": article.body,
        "format": article.body_format,
        "excerpt": article.excerpt,
        "meta_title": article.meta_title,
        "meta_description": article.meta_description,
        "focus": article.focus_keyphrase,
        "slug": article.slug,
        "tags": list(article.tags),
        "categories": list(article.categories),
        "faq": [[entry.question, entry.answer] for entry in article.faq],
        "missing": list(article.missing_sections),
        "complete": article.body_complete,
        "partial": reply.partial,
    }
    assert {key: got[key] for key in case.expected} == case.expected


PARAGRAPH = "Good shoes carry you a long way, and nobody who has run far doubts it. "


@pytest.mark.parametrize("text", [PARAGRAPH * 40, f"<p>{PARAGRAPH}</p>\n" * 40, "shoes " * 300])
def test_an_article_that_repeats_one_sentence_is_degenerate(text: str) -> None:
    error = parse_article("# Shoes\n\n" + text).error
    assert error is not None
    assert error.kind == "degenerate"
