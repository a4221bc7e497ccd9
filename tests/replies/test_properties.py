"""What holds for any text whatever: no exception, nothing invented, no half item, linear time."""

import json
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from igny8_flask.ai.replies import (
    extract_json,
    parse_article,
    parse_clusters,
    parse_ideas,
    parse_image_prompts,
)

KEYWORDS = ["running shoes", "trail shoes", "best socks", "wool socks", "running"]
CLUSTERS = [
    {"name": "Shoes", "description": 'On "good" {shoes}, [x]', "keywords": KEYWORDS[:2]},
    {"name": "Socken für 👟", "keywords": KEYWORDS[2:]},
]
IDEAS = [
    {"title": "Ten good shoes", "outline": [{"heading": "Why", "key_points": ["a", "b"]}]},
    {"title": "Nine good socks", "keywords": ["best socks"], "outline": ["How"]},
]
PROMPTS = [{"heading": "Why", "prompt": "A runner at dawn"}, {"prompt": "A sock on a line"}]
FORMS = {
    "compact": lambda rows, key: json.dumps({key: rows}),
    "pretty": lambda rows, key: json.dumps({key: rows}, indent=2, ensure_ascii=False),
    "fenced": lambda rows, key: f"Sure:\n```json\n{json.dumps({key: rows}, indent=1)}\n```\nBye.",
    "python": lambda rows, key: repr({key: rows}),
    "encoded twice": lambda rows, key: json.dumps(json.dumps({key: rows})),
    "escaped": lambda rows, key: json.dumps(json.dumps({key: rows}))[1:-1],
    "root list": lambda rows, key: json.dumps(rows),
    "lines": lambda rows, key: "\n".join(json.dumps(row) for row in rows),
}
FRAGMENTS = st.sampled_from(
    [
        '{"clusters":[',
        '{"name":"',
        "keywords",
        '":["',
        '"]}',
        "]",
        "}",
        "{",
        "[",
        '"',
        "'",
        "\\",
        "running shoes",
        ",",
        ":",
        "\n",
        "```json\n",
        "```",
        "<think>",
        "</think>",
        "- ",
        "## ",
        "| ",
        "null",
        "1",
        "“",
        "”",
        "<li>",
        "&quot;",
        "=> ",
        "\ud800",
        "\x00",
        "跑",
        "…",
    ]
)
SOUP = st.lists(FRAGMENTS | st.text(max_size=6), max_size=40).map("".join)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("reason", ["length", None, "stop"])
def test_a_cluster_reply_cut_anywhere_gives_whole_clusters_only(form: str, reason: str) -> None:
    text = FORMS[form](CLUSTERS, "clusters")
    full = parse_clusters(text, keywords=KEYWORDS).rows
    assert len(full) == 2
    for end in range(len(text)):
        reply = parse_clusters(text[:end], keywords=KEYWORDS, finish_reason=reason)
        assert reply.rows == full[: len(reply.rows)]
        assert bool(reply.rows) == (reply.error is None)


@pytest.mark.parametrize("form", FORMS)
def test_an_idea_reply_cut_anywhere_gives_whole_ideas_only(form: str) -> None:
    text = FORMS[form](IDEAS, "ideas")
    full = parse_ideas(text, keywords=KEYWORDS).rows
    assert len(full) == 2
    for end in range(len(text)):
        reply = parse_ideas(text[:end], keywords=KEYWORDS, finish_reason="length")
        assert reply.rows == full[: len(reply.rows)]
        assert bool(reply.rows) == (reply.error is None)


@pytest.mark.parametrize("form", FORMS)
def test_an_image_reply_cut_anywhere_gives_whole_prompts_only(form: str) -> None:
    text = FORMS[form](PROMPTS, "prompts")
    full = parse_image_prompts(text, headings=["Why"]).rows
    assert len(full) == 2
    for end in range(len(text)):
        reply = parse_image_prompts(text[:end], headings=["Why"], finish_reason="length")
        assert reply.rows == full[: len(reply.rows)]


def test_an_article_cut_anywhere_gives_the_text_so_far_marked_partial() -> None:
    body = (
        '<h2 class="a">Why</h2><p>Good "shoes", as we say, carry you &amp; me a long way.</p>' * 3
    )
    text = json.dumps({"title": "Best Shoes", "content": body, "tags": ["a"]})
    for end in range(len(text)):
        reply = parse_article(text[:end], finish_reason="length")
        if reply.article is None:
            assert reply.error is not None
            assert reply.error.kind == "truncated"
        else:
            assert reply.partial
            assert body.startswith(reply.article.body)
            assert reply.article.body == body or not reply.article.body_complete


@given(SOUP, st.sampled_from([None, "stop", "length"]))
@settings(max_examples=400, deadline=None)
def test_no_text_raises_and_nothing_is_invented(text: str, reason: str | None) -> None:
    clusters = parse_clusters(text, keywords=KEYWORDS, finish_reason=reason)
    given_back = [keyword for row in clusters.rows for keyword in row.keywords]
    assert sorted([*given_back, *clusters.unassigned]) == sorted(KEYWORDS)
    replies: list[Any] = [
        clusters,
        parse_clusters(text, finish_reason=reason),
        parse_ideas(text, clusters=["Shoes"], keywords=KEYWORDS, finish_reason=reason),
        parse_article(text, finish_reason=reason, outline=["Why"]),
        parse_image_prompts(text, headings=["Why"], finish_reason=reason),
    ]
    for reply in replies:
        assert bool(reply.rows) == (reply.error is None)
        json.dumps(reply.to_dict()).encode()


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=12),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=20,
)


@given(st.dictionaries(st.text(min_size=1, max_size=8), JSON_VALUES, min_size=1, max_size=4))
@settings(max_examples=300, deadline=None)
def test_valid_json_is_read_as_it_is(value: dict[str, Any]) -> None:
    for text in (json.dumps(value), f"\ufeff{json.dumps(value, indent=1)}\n"):
        found = extract_json(text)
        assert found is not None
        assert (found.value, found.repaired, found.cut) == (value, False, False)


ASCII = st.text(
    st.characters(min_codepoint=32, max_codepoint=126, exclude_characters="`<"), max_size=12
)
TAME = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | ASCII,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(ASCII, inner, max_size=4),
    max_leaves=20,
)


@given(st.dictionaries(st.from_regex(r"[a-z]{1,8}", fullmatch=True), TAME, min_size=1, max_size=4))
@settings(max_examples=300, deadline=None)
def test_valid_json_in_prose_is_read_as_it_is(value: dict[str, Any]) -> None:
    found = extract_json(f"Here you go:\n\n{json.dumps(value)}\n\nAnything else?")
    assert found is not None
    assert found.value == value


HOSTILE = {
    "brackets": "[" * 1_000_000,
    "objects": '{"a":' * 200_000,
    "mixed": '[{"a":' * 150_000,
    "closed deep": "[" * 300_000 + "]" * 300_000,
    "open string": '{"a":"' + "x" * 1_000_000,
    "quotes": '"' * 1_000_000,
    "commas": '{"a":"' + '","' * 300_000,
    "backslashes": '["' + "\\" * 1_000_000,
    "comments": "[/*" * 300_000,
    "thinking": "<think>" * 140_000,
    "fences": "```\n" * 250_000,
    "bullets": "- a\n" * 250_000,
    "indents": "".join(" " * (i % 900) + "- a: b\n" for i in range(2_000)),
    "pipes": "|a" * 500_000,
    "table": "|a|b|\n|---|---|\n" + "|x|y|\n" * 150_000,
    "tags": "<cluster>" * 110_000 + "</a></b>",
    "colons": "a: " * 330_000,
    "spaces": "a" + " " * 1_000_000 + "b",
    "stars": "*" * 1_000_000,
    "newlines": "\n" * 1_000_000 + "x",
    "less than": "<" * 1_000_000,
    "ampersands": "&" * 1_000_000,
    "dashes": "-" * 1_000_000,
    "equals": "a\n" + "=" * 1_000_000,
    "sorry": "i'm sorry " * 100_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_ends_within_seconds(name: str) -> None:
    text = HOSTILE[name][:250_000]
    for parse in (parse_clusters, parse_ideas, parse_article, parse_image_prompts):
        started = time.process_time()
        reply = parse(text)
        assert time.process_time() - started < 3
        assert bool(reply.rows) == (reply.error is None)


def test_a_hostile_megabyte_ends_within_seconds() -> None:
    started = time.process_time()
    parse_clusters(HOSTILE["brackets"])
    parse_article(HOSTILE["dashes"])
    assert time.process_time() - started < 8


def test_rows_nested_hundreds_deep_do_not_exhaust_the_stack() -> None:
    deep: Any = "x"
    for _ in range(300):
        deep = {"name": "a", "items": [deep, [deep]] if deep == "x" else [deep]}
    lists = "[" * 400 + '"running shoes"' + "]" * 400
    for text in (
        json.dumps(deep),
        json.dumps(json.dumps(deep)),
        f'[{{"name":"A","keywords":{lists}}}]',
    ):
        for parse in (parse_clusters, parse_ideas, parse_article, parse_image_prompts):
            reply = parse(text)
            assert bool(reply.rows) == (reply.error is None)
