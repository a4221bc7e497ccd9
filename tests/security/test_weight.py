"""Foreign JSON that would become a hundred times its size is not parsed."""

import pytest

from igny8_flask.ai.providers.endpoint import read_json
from igny8_flask.ai.providers.sse import read_events
from igny8_flask.outbound import is_too_dense
from igny8_flask.wordpress.replies import parse_json

MIB = 1024 * 1024
DENSE = (b'{"a":[' + b"[]," * MIB + b"1]}", b'{"a":{' + b'"":{},' * MIB + b'"b":1}}')


@pytest.mark.parametrize("body", DENSE, ids=["lists", "objects"])
def test_a_dense_answer_is_not_parsed(body: bytes) -> None:
    assert is_too_dense(body)
    assert is_too_dense(body.decode())
    assert read_json(body) is None
    assert parse_json(body) is None
    assert list(read_events([b"data: " + body, b""])) == [None]


def test_large_texts_and_pictures_are_read() -> None:
    article = ("An article, with commas [and brackets], " * 20_000).encode()
    for body in (b'{"text":"' + article + b'"}', b'{"b64_json":"' + b"QUJD" * 5 * MIB + b'"}'):
        assert read_json(body)
        assert parse_json(body)
