"""What the sandbox writes: length, language, structure, and only the request's own data."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from igny8_flask.sandbox.tokens import count_words, split_pieces

Ask = Callable[..., Any]
WORDS = [
    ("How to choose running shoes", 800),
    ("Best budget laptops for students", 1500),
    ("Gartenarbeit im Frühling für Anfänger", 600),
    ("Guía para elegir bicicletas eléctricas", 1000),
    ("دليل القهوة العربية", 500),
    ("如何选择跑步鞋", 800),
    ("घर पर योग कैसे करें", 400),
]


def visible(html: str) -> str:
    return re.sub(r"<[^>]+>", " ", html)


@pytest.mark.parametrize(("title", "wanted"), WORDS)
def test_an_article_has_the_wanted_length(ask: Ask, title: str, wanted: int) -> None:
    article = ask("generate_content", {"title": title, "keywords": [title], "word_count": wanted})
    assert count_words(visible(article["content"])) == pytest.approx(wanted, rel=0.05)


@pytest.mark.parametrize(
    ("title", "script"),
    [
        ("دليل القهوة العربية", r"[\u0600-\u06ff]"),
        ("如何选择跑步鞋", r"[\u4e00-\u9fff]"),
        ("घर पर योग कैसे करें", r"[\u0900-\u097f]"),
        ("Guía para elegir bicicletas", r"\b(?:el|una|los)\b"),
        ("Kaffee richtig kochen für Anfänger", r"\b(?:und|eine|der)\b"),
    ],
)
def test_an_article_is_in_the_language_of_its_title(ask: Ask, title: str, script: str) -> None:
    article = ask("generate_content", {"title": title, "keywords": [], "word_count": 300})
    assert len(re.findall(script, visible(article["content"]))) >= 6


def test_every_section_of_an_outline_appears_in_order(ask: Ask) -> None:
    outline = [
        {"heading": "Water & temperature", "key_points": ["never boil it"]},
        {"heading": "Steeping time", "key_points": ["two minutes are enough"]},
        "Serving",
    ]
    data = {"title": "Tea", "keywords": ["tea"], "outline": outline, "word_count": 600}
    article = ask("generate_content", data)
    headings = re.findall(r"<h2>(.*?)</h2>", article["content"])
    assert headings == ["Water &amp; temperature", "Steeping time", "Serving"]
    assert "never boil it" in article["content"]


def test_an_article_has_a_list_a_table_and_no_repeated_sentence(ask: Ask) -> None:
    article = ask("generate_content", {"title": "Tea", "keywords": ["tea"], "word_count": 2000})
    text = article["content"]
    assert "<ul><li>" in text
    assert "<table><thead>" in text
    sentences = re.findall(r"[^.<>]{30,}\.", text)
    assert len(sentences) == len(set(sentences))


def test_markdown_is_written_when_asked_for(box: Any) -> None:
    from tests.sandbox.conftest import answer_of, question

    asked = question({"title": "Tea", "keywords": ["tea"], "word_count": 400})
    asked["messages"][0]["content"] += "\nWrite the content in Markdown."
    content = answer_of(box.post("/v1/chat/completions", asked))["content"]
    assert re.search(r"^## ", content, re.M)
    assert "<p>" not in content


def test_a_prompt_without_any_json_gets_a_plain_article(box: Any) -> None:
    messages = [{"role": "user", "content": "Write an article about paper boats, 300 words."}]
    asked = {"model": "gpt-6-luna", "reasoning_effort": "none", "messages": messages}
    text = box.post("/v1/chat/completions", asked).json()["choices"][0]["message"]["content"]
    assert text.startswith("<p>")
    assert count_words(visible(text)) == pytest.approx(300, rel=0.05)


@given(st.text(max_size=300))
def test_a_stream_loses_no_character(text: str) -> None:
    assert "".join(split_pieces(text)) == text


KEYWORDS = [
    *("running shoes", "trail running shoes", "best running shoes", "yoga mat", "yoga mats thick"),
    *("protein bars", "cheap protein bars", "standing desk"),
]


def test_clusters_hold_each_keyword_exactly_once_and_nothing_else(ask: Ask) -> None:
    rows = [{"id": n, "keyword": word, "volume": 10 * n} for n, word in enumerate(KEYWORDS)]
    answer = ask("auto_cluster", {"keywords": rows})
    groups = [cluster["keywords"] for cluster in answer["clusters"]]
    assert sorted(word for group in groups for word in group) == sorted(KEYWORDS)
    assert answer["unassigned"] == []
    together = next(group for group in groups if "yoga mat" in group)
    assert sorted(together) == ["yoga mat", "yoga mats thick"]
    names = [cluster["name"] for cluster in answer["clusters"]]
    assert len(names) == len(set(names))


def test_keywords_join_the_clusters_a_site_already_has(ask: Ask) -> None:
    data = {
        "keywords": [{"id": 1, "keyword": "yoga mat"}, {"id": 2, "keyword": "thick yoga mat"}],
        "existing_clusters": [{"id": 9, "name": "Yoga equipment"}],
    }
    assert [c["name"] for c in ask("auto_cluster", data)["clusters"]] == ["Yoga equipment"]


def test_odd_keywords_come_back_as_they_were(ask: Ask) -> None:
    odd = ['say "hi"', "{curly}", "[IGNY8_X]", "日本茶 種類", "a" * 500, "<b>bold</b>", "2024"]
    answer = ask("auto_cluster", {"keywords": odd})
    assert sorted(k for c in answer["clusters"] for k in c["keywords"]) == sorted(odd)


def test_ideas_cover_each_cluster_as_often_as_asked(ask: Ask) -> None:
    clusters = [
        {"id": "a", "name": "Yoga", "keywords": ["yoga mat", "yoga block"]},
        {"id": "b", "name": "Tee kochen", "keywords": [{"keyword": "grüner Tee"}]},
    ]
    ideas = ask("generate_ideas", {"clusters": clusters, "ideas_per_cluster": 4})["ideas"]
    assert [idea["cluster_id"] for idea in ideas] == ["a"] * 4 + ["b"] * 4
    assert len({idea["title"] for idea in ideas}) == 8
    assert set(ideas[0]["keywords"]) <= {"yoga mat", "yoga block"}
    assert all(len(idea["outline"]) >= 3 and idea["word_count"] >= 300 for idea in ideas)


def test_image_prompts_name_the_given_headings(ask: Ask) -> None:
    data = {"title": "Tea", "headings": ["Water", "Leaves", "Cups"], "count": 2}
    answer = ask("image_prompts", data)
    assert "Tea" in answer["featured_prompt"]
    assert [row["heading"] for row in answer["in_article"]] == ["Water", "Leaves"]
    assert all(row["prompt"] and row["alt"] for row in answer["in_article"])


def test_the_function_may_also_be_named_in_the_metadata(box: Any) -> None:
    from tests.sandbox.conftest import answer_of, question

    asked = question({"keywords": KEYWORDS}, function="something_else")
    asked["messages"][0]["content"] = "JSON please"
    asked["metadata"] = {"function": "auto_cluster"}
    assert "clusters" in answer_of(box.post("/v1/chat/completions", asked))
    assert box.journal()[-1]["function"] == "auto_cluster"
