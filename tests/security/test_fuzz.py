"""The parsers of foreign input under generated input: an answer or their own error, nothing else.

What once broke one of them is kept as an ``@example``.
"""

import csv
import io
import json
from collections.abc import Callable
from functools import wraps
from typing import Any

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from igny8_flask.ai.replies import (
    Reply,
    parse_article,
    parse_clusters,
    parse_ideas,
    parse_image_prompts,
)
from igny8_flask.api.json_door import read_json
from igny8_flask.content import normalize
from igny8_flask.crypto import BASE62, new_site_key, read_site_key
from igny8_flask.errors import AuthError, BadRequestError, InputError, OutboundError, ReplyError
from igny8_flask.keyword_csv import MAX_KEYWORD_CHARS, read_lines
from igny8_flask.outbound import addresses, parse_url
from tests.content.test_attacks import dangers
from tests.security.conftest import Teller

LONG, SHORT = 20_000, 150
KEY = new_site_key().text
URL_PARTS = st.sampled_from(
    [
        *(
            "http",
            "https",
            "HTTPS",
            "ftp",
            "://",
            ":",
            "/",
            "//",
            "\\",
            "@",
            "#",
            "?",
            "%",
            ".",
            "..",
            "[",
        ),
        *(
            "]",
            "::1",
            "127.0.0.1",
            "0x7f",
            "localhost",
            "example.com",
            "xn--",
            "ü",
            "。",
            "８０",
            ":80",
            ":0",
        ),
        *(
            "::ffff:",
            "169.254.169.254",
            "%2e",
            "%00",
            "\t",
            "\n",
            " ",
            "user:pass@",
            "2130706433",
            "\ud800",
        ),
    ]
)
JSON_PARTS = st.sampled_from(
    [
        *(
            "{",
            "}",
            "[",
            "]",
            ",",
            ":",
            '"',
            "\\",
            '"a"',
            "null",
            "true",
            "NaN",
            "-Infinity",
            "1e999",
            "0",
        ),
        *(
            '{"a":',
            '"\\ud800"',
            "\\u0000",
            "[" * 40,
            "9" * 5000,
            "\ufeff",
            "\u2028",
            " ",
            "\n",
            "-",
            ".",
        ),
    ]
)
MARKS = st.sampled_from(
    [
        *(
            "<",
            ">",
            "<script>",
            "</script>",
            "<svg onload=",
            "[gallery]",
            "[[x]]",
            "<!-- wp:html -->",
            "![",
            "](",
        ),
        *(
            "javascript:",
            "data:text/html,",
            "&#",
            "&lt;",
            '"',
            "'",
            "`",
            "```",
            "\n",
            "|",
            "#",
            "- ",
            "<a href=",
        ),
        *(
            "<img src=x onerror=",
            "<style>",
            "{{",
            "\u2060",
            "\x00",
            "<math>",
            "<table>",
            "<p",
            "word ",
        ),
    ]
)

CELLS = st.sampled_from(
    [
        *("keyword", "Search Volume", "KD %", "intent", ",", ";", "\t", "\n", "\r\n", "\r", '"'),
        *('""', '"a,b"', "1.000", "9" * 20, "-1", "n/a", "=1+1", "@x", "١٢", "\ufeff", "\u2028"),
        *("é", "e\u0301", " ", "\u00a0", "soil", "x" * 600, "y" * 2001, "," * 101),
    ]
)
SPEECH = st.sampled_from(
    [
        *('{"title":"', '{"content":"', '{"clusters":[', '{"ideas":[', '{"prompts":["', '"]}'),
        *('"keywords":', '"name":"Soil"', '"outline":[', "soil", "worms", ",", ":", "[", "]", "{"),
        *("}", '"', "'", "\\", "\\u", "\\ud800", "```json\n", "```", "<think>", "</think>"),
        *("## ", "- ", "1. ", "| a | b |\n|---|---|\n", "<p>", "</p>", "<script>", "&quot;"),
        *("\n", "\n\n", "…", "\ud800", "\x00", "null", "NaN", "[" * 300, '{"a":' * 60, "Sorry, "),
    ]
)
ASKED = ["soil", "worms", "compost at home"]


def no_surprise(work: Callable[[Any], Any], given_: Any, *expected: type[Exception]) -> Any:
    """What came out, or None where the parser refused in its own way."""
    try:
        return work(given_)
    except expected:
        return None


def run(check: Callable[..., None], strategy: st.SearchStrategy[Any], full: bool) -> int:
    """Check generated values, many in the long run; how many were checked."""
    wanted = LONG if full else SHORT
    checked = 0

    @wraps(check)
    def counted(**value: Any) -> None:
        nonlocal checked
        checked += 1
        check(**value)

    quiet = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
    settings(max_examples=wanted, deadline=None, database=None, suppress_health_check=quiet)(
        given(strategy)(counted)
    )()
    assert checked >= wanted
    return checked


def check_json(body: bytes) -> None:
    read = no_surprise(read_json, body, BadRequestError)
    if read is not None:
        assert read == json.loads(body)
        json.dumps(read, allow_nan=False).encode("utf-8")


def check_url(text: str) -> None:
    target = no_surprise(parse_url, text, OutboundError)
    if target is None:
        return
    assert parse_url(target.url) == target, "read again it is the same"
    assert target.host.isascii()
    assert not set(target.host) & set("@/\\%?# \t\n")
    if addresses.is_literal(target.host):
        no_surprise(addresses.judge, target.host, OutboundError)


def check_key(text: str) -> None:
    assert no_surprise(read_site_key, text, AuthError) is None or text == KEY


def check_reply(text: str) -> None:
    result = no_surprise(normalize, text, ReplyError)
    if result is not None:
        assert not dangers(result.html)
        assert not dangers(result.blocks)


def check_list(text: str) -> None:
    """What was read from a list is read the same from our own CSV of it."""
    lines = no_surprise(read_lines, text, InputError) or []
    good = [line.values for line in lines if not line.problem]
    for values in good:
        assert 1 <= len(values["keyword"]) <= MAX_KEYWORD_CHARS
    written = io.StringIO()
    rows = csv.DictWriter(written, ["keyword", "volume", "difficulty", "intent", "sector"])
    rows.writeheader()
    rows.writerows(good)
    again = read_lines(written.getvalue())
    assert [(line.values, line.problem) for line in again] == [(values, "") for values in good]


def check_answer(text: str) -> None:
    """Each reader gives rows or a reason, all of it storable, and no keyword that was not asked."""
    clusters = parse_clusters(text, keywords=ASKED)
    told = [keyword for row in clusters.rows for keyword in row.keywords]
    assert sorted([*told, *clusters.unassigned]) == sorted(ASKED)
    replies: list[Reply[Any]] = [
        *(clusters, parse_ideas(text, keywords=ASKED), parse_article(text, outline=["Soil"])),
        parse_image_prompts(text, headings=["Soil"]),
    ]
    for reply in replies:
        assert bool(reply.rows) == (reply.error is None)
        json.dumps(reply.to_dict()).encode("utf-8")


def test_the_json_door(full: bool, tell: Teller) -> None:
    parts = (
        st.lists(JSON_PARTS, max_size=12)
        .map("".join)
        .map(lambda t: t.encode("utf-8", "surrogatepass"))
    )
    tell("Fuzz: JSON door", f"{run(check_json, parts | st.binary(max_size=200), full):,} inputs")


def test_addresses(full: bool, tell: Teller) -> None:
    parts = st.lists(URL_PARTS, max_size=10).map("".join)
    tell("Fuzz: addresses", f"{run(check_url, parts | st.text(max_size=80), full):,} inputs")


def test_keys(full: bool, tell: Teller) -> None:
    near = st.tuples(st.integers(0, len(KEY) - 1), st.sampled_from(BASE62 + "_-é ")).map(
        lambda change: KEY[: change[0]] + change[1] + KEY[change[0] + 1 :]
    )
    tell("Fuzz: site keys", f"{run(check_key, near | st.text(max_size=90), full):,} inputs")


def test_lists(full: bool, tell: Teller) -> None:
    parts = st.lists(CELLS, max_size=30).map("".join)
    tell(
        "Fuzz: lists of keywords",
        f"{run(check_list, parts | st.text(max_size=120), full):,} inputs",
    )


def test_answers_of_models(full: bool, tell: Teller) -> None:
    parts = st.lists(SPEECH, max_size=25).map("".join)
    tell(
        "Fuzz: reader of replies",
        f"{run(check_answer, parts | st.text(max_size=200), full):,} inputs",
    )


def test_articles(full: bool, tell: Teller) -> None:
    parts = st.lists(MARKS, max_size=25).map("".join)
    tell("Fuzz: normalizer", f"{run(check_reply, parts | st.text(max_size=200), full):,} inputs")


@example("http://[::1/")
@example("http://①②⑦.⓪.⓪.①/")
@given(st.just("http://example.com/"))
@settings(deadline=None, database=None)
def test_addresses_that_once_broke_a_reader(text: str) -> None:
    check_url(text)
