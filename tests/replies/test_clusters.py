"""Messy clustering replies end as the right clusters or the right named error."""

import pytest

from igny8_flask.ai.replies import ClusterReply, parse_clusters
from tests.replies.collection import Case, load

KEYWORDS = ["running shoes", "trail shoes", "best socks", "wool socks"]
CASES = load("clusters")


def parsed(case: Case) -> ClusterReply:
    return parse_clusters(case.text, **{"keywords": KEYWORDS, **case.asked})


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_every_messy_reply_ends_as_the_right_clusters_or_the_right_error(case: Case) -> None:
    reply = parsed(case)
    if isinstance(case.expected, str):
        assert reply.error is not None
        assert (reply.error.kind, reply.rows) == (case.expected, ())
        return
    expected = case.expected if "rows" in case.expected else {"rows": case.expected}
    assert reply.error is None
    assert {row.name: list(row.keywords) for row in reply.rows} == expected["rows"]
    assert reply.partial == expected.get("partial", reply.partial)
    assert list(reply.unassigned) == expected.get("unassigned", list(reply.unassigned))
