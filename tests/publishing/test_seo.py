"""What search engines read in the head of a post: held against their rules."""

import json
import re
from datetime import datetime
from typing import Any

import pytest
import requests
from bs4 import BeautifulSoup

from igny8_flask.content import normalize
from igny8_flask.models import Content, ContentStatus, ImageKind
from tests.publishing.conftest import Home, illustrate

pytestmark = [pytest.mark.wp]
BREAKOUT = "</script><script>alert(1)</script>"
HTML = (
    "<p>Start.</p><h2>FAQ</h2>"
    '<h3>Why "prune" &amp; when &lt;/script&gt;&lt;script&gt;alert(1)&lt;/script&gt;?</h3>'
    "<p>For <strong>light</strong>, 5 &lt; 6, &lt;!-- and \\u003c/script&gt; فارسی 🌳.</p>"
    "<h3>Is it hard?</h3><p>No.</p><p>Not at all.</p>"
)


def publish(home: Home, **columns: Any) -> Content:
    content = home.article(**{"html": HTML, "status": ContentStatus.APPROVED, **columns})
    illustrate(content, ImageKind.FEATURED, "red")
    delivery = home.deliver(content, status="publish")
    assert content.wp_status == "publish", delivery.error
    return content


def page(url: str) -> BeautifulSoup:
    return BeautifulSoup(requests.get(url, timeout=30).text, "html.parser")


def told(soup: BeautifulSoup) -> dict[str, dict[str, Any]]:
    """Nodes by type, of all JSON-LD on the page."""
    scripts = soup.find_all("script", type="application/ld+json")
    data = [json.loads(script.get_text()) for script in scripts]
    assert all(one["@context"] == "https://schema.org" for one in data)
    nodes = [node for one in data for node in one["@graph"]]
    assert len({node["@type"] for node in nodes}) == len(nodes), "nothing is told twice"
    return {node["@type"]: node for node in nodes}


def is_url(value: object) -> bool:
    return isinstance(value, str) and bool(re.match(r"https?://[^\s<>\"]+\Z", value))


def check_article(node: dict[str, Any]) -> None:
    """What Google and schema.org want of an Article."""
    assert isinstance(node["headline"], str)
    assert node["headline"].strip()
    assert node["image"]
    assert all(map(is_url, node["image"]))
    for name in ("datePublished", "dateModified"):
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d", node[name])
        assert datetime.fromisoformat(node[name]).tzinfo is not None
    assert node["author"]["@type"] in ("Person", "Organization")
    assert node["author"]["name"].strip()
    assert is_url(node["author"]["url"])
    assert node["publisher"]["@type"] == "Organization"
    assert node["publisher"]["name"].strip()
    assert is_url(node["mainEntityOfPage"])


def check_questions(node: dict[str, Any]) -> None:
    """What Google and schema.org want of a FAQPage."""
    assert node["mainEntity"]
    for question in node["mainEntity"]:
        assert question["@type"] == "Question"
        assert question["name"].strip()
        assert question["acceptedAnswer"]["@type"] == "Answer"
        assert question["acceptedAnswer"]["text"].strip()


def test_article_and_questions_are_valid_whatever_they_say(home: Home) -> None:
    title = f'Apples & "pears" {BREAKOUT} <b>5 < 6</b> 🌳'
    content = publish(home, title=title, seo={"description": f"What {BREAKOUT} is"})
    soup = page(str(content.wp_link))
    nodes = told(soup)
    assert set(nodes) == {"Article", "FAQPage"}
    check_article(nodes["Article"])
    check_questions(nodes["FAQPage"])
    assert "Apples & “pears”" in nodes["Article"]["headline"]
    faq = normalize(HTML).faq
    assert [one["name"] for one in nodes["FAQPage"]["mainEntity"]] == [one.question for one in faq]
    first, second = (one["acceptedAnswer"]["text"] for one in nodes["FAQPage"]["mainEntity"])
    assert BeautifulSoup(first, "html.parser").get_text() == faq[0].answer
    assert second == "No. Not at all."
    assert not [script for script in soup.find_all("script") if script.get_text() == "alert(1)"]


def test_lists_drafts_and_locked_posts_tell_nothing(home: Home) -> None:
    content = publish(home, seo={"title": "Own", "description": "Own words"})
    assert told(page(home.wp.url)) == {}
    locked = "wp_update_post( array( 'ID' => %d, 'post_password' => 'x' ) );"
    home.wp.wp_eval(locked % content.wp_post_id, "ed")
    soup = page(str(content.wp_link))
    assert told(soup) == {}
    assert soup.find("meta", attrs={"name": "description"}) is None
