"""Messy replies with ideas and image prompts end as the right rows or the right named error."""

import pytest

from igny8_flask.ai.replies import parse_ideas, parse_image_prompts
from tests.replies.collection import Case, load

CLUSTERS = [{"id": 7, "name": "Running"}, {"id": 9, "name": "Trail"}]
KEYWORDS = ["running shoes", "marathon shoes", "trail shoes"]


@pytest.mark.parametrize("case", load("ideas"), ids=lambda case: case.name)
def test_every_messy_reply_ends_as_the_right_ideas_or_the_right_error(case: Case) -> None:
    reply = parse_ideas(case.text, **{"clusters": CLUSTERS, "keywords": KEYWORDS, **case.asked})
    if isinstance(case.expected, str):
        assert reply.error is not None
        assert (reply.error.kind, reply.rows) == (case.expected, ())
        return
    rows = reply.rows
    got = {
        "titles": [row.title for row in rows],
        "clusters": [row.cluster_id for row in rows],
        "outlines": [[section.heading for section in row.outline] for row in rows],
        "keywords": [list(row.keywords) for row in rows],
        "words": [row.word_count for row in rows],
        "partial": reply.partial,
    }
    assert reply.error is None
    assert {key: got[key] for key in case.expected} == case.expected


@pytest.mark.parametrize("case", load("images"), ids=lambda case: case.name)
def test_every_messy_reply_ends_as_the_right_prompts_or_the_right_error(case: Case) -> None:
    reply = parse_image_prompts(case.text, **case.asked)
    if isinstance(case.expected, str):
        assert reply.error is not None
        assert (reply.error.kind, reply.rows) == (case.expected, ())
        return
    got = {
        "prompts": [row.prompt for row in reply.rows],
        "roles": [row.role for row in reply.rows],
        "headings": [row.heading for row in reply.rows],
        "partial": reply.partial,
    }
    assert reply.error is None
    assert {key: got[key] for key in case.expected} == case.expected
