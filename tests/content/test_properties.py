"""What holds for every reply, however it looks."""

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from igny8_flask.content import NormalizedContent, normalize
from igny8_flask.errors import ReplyError

_PIECES = st.sampled_from(
    [
        "# ",
        "## ",
        "### ",
        "- ",
        "  - ",
        "    - ",
        "1. ",
        "1) ",
        "> ",
        "```",
        "~~~",
        "**",
        "*",
        "_",
        "`",
        "[",
        "]",
        "(",
        ")",
        "![",
        "](http://e.com)",
        "<p>",
        "</p>",
        "<div>",
        "</div>",
        "<ul>",
        "<li>",
        "</ul>",
        "<table>",
        "<td>",
        "<b>",
        "</b>",
        "<!--",
        "-->",
        "<script>",
        "<pre>",
        "</pre>",
        "<code>",
        "<a href='x'>",
        "<details>",
        "<summary>",
        "$$",
        "\\(",
        "\\)",
        "&amp;",
        "&lt;",
        '{"content": "',
        '"}',
        "---",
        ": ",
        "[^1]",
        "[^1]: x",
        ":---",
        "|",
        "\n",
        "\n\n",
        " ",
        "word ",
        "Wort ",
        "字",
        "|--|--|",
        "\u200f",
        "\ue000",
        "\ue0010",
    ]
)
_WORDS = st.lists(
    st.text(alphabet="abcdefghijklmnopqrstuvwxyzäöüß", min_size=1, max_size=9),
    min_size=1,
    max_size=30,
)


def normalized(reply: str) -> NormalizedContent | None:
    """The article, or None where nothing readable is in the reply."""
    try:
        return normalize(reply)
    except ReplyError as error:
        if error.kind != "empty":
            raise
        return None


@given(st.lists(_PIECES, max_size=60).map("".join))
@settings(max_examples=400, deadline=None)
@example("<table><tr><td><table><td>x")
@example("- - - a\n      - b")
def test_any_mixture_of_marks_gives_an_article_or_the_typed_error(reply: str) -> None:
    result = normalized(reply)
    if result is not None:
        assert result.blocks.count("<!-- wp:") >= result.blocks.count("<!-- /wp:")


@given(st.text(max_size=300))
@settings(max_examples=200, deadline=None)
def test_any_text_gives_an_article_or_the_typed_error(reply: str) -> None:
    result = normalized(reply)
    assert result is None or result.html or result.title


@given(st.lists(_WORDS, min_size=1, max_size=12), st.sampled_from(["", "## ", "- ", "1. ", "> "]))
@settings(max_examples=150, deadline=None)
def test_words_of_a_plain_document_are_kept_in_order(parts: list[list[str]], mark: str) -> None:
    reply = "\n\n".join(mark + " ".join(words) for words in [["start"], *parts])
    expected = [word for words in [["start"], *parts] for word in words]
    html = re.sub(r"<[^>]*>", " ", normalize(reply).html)
    assert re.findall(r"[^\W\d_]+", html) == expected


@given(st.lists(_PIECES, max_size=30).map("".join))
@settings(max_examples=200, deadline=None)
def test_the_html_is_safe_to_show_whatever_the_marks(reply: str) -> None:
    try:
        html = normalize(reply).html
    except ReplyError:
        return
    assert not re.search(r"<(?:script|iframe|style|div|b)\b|\bon\w+=\"", html)


@pytest.mark.parametrize(
    "reply", ["", " \n\t ", "\ufeff", "\u200b", "<p></p>", "```\n```", "<!-- x -->"]
)
def test_an_empty_reply_is_refused_as_empty(reply: str) -> None:
    with pytest.raises(ReplyError) as caught:
        normalize(reply)
    assert caught.value.kind == "empty"


def test_a_reply_above_one_megabyte_is_refused() -> None:
    with pytest.raises(ReplyError) as caught:
        normalize("a " * 600_000)
    assert caught.value.kind == "degenerate"


def test_lone_surrogates_are_replaced() -> None:
    assert normalize("a \ud800 b \ud83d\ude00").html == "<p>a \ufffd b 😀</p>"
