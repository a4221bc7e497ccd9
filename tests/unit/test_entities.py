"""Entities whose number Python refuses to read stop nothing."""

import json

import pytest

from igny8_flask import differences, documents
from igny8_flask.ai.replies import parse_article
from igny8_flask.content import normalize
from igny8_flask.entities import unescape

ENDLESS = f"&#{'1' * 5000};"
PLACES = (
    "Words {} more.",
    "<p>Words {} more.</p>",
    "Words `{}` and <code>{}</code> more.",
    "Words\n\n```\n{}\n```",
    'Words [more](https://e.com/?{}) and ![x {}](https://e.com/a.png "{}").',
    '<p>Words <a href="https://e.com/?{}" title="{}">more</a></p>',
    "<pre>{}</pre><p>Words</p>",
    "*[HTML]: {}\n\nWords of HTML.",
    "<meta_description>{}</meta_description>\n\nWords.",
    "<html><head><title>{}</title></head><body><p>Words</p></body></html>",
    "&lt;p&gt;Words {}&lt;/p&gt;&lt;p&gt;more&lt;/p&gt;",
    "&amp;lt;p&amp;gt;Words {}&amp;lt;/p&amp;gt;&amp;lt;p&amp;gt;more&amp;lt;/p&amp;gt;",
)


def test_other_entities_are_undone() -> None:
    assert unescape("&lt;&#65;&#x41;&eacute; &amp;lt;") == "<AAé &lt;"
    assert unescape(f"a{ENDLESS}b&#{'1' * 5000}") == "a\ufffdb\ufffd"


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("number", [ENDLESS, ENDLESS.replace("&", "&amp;")])
def test_a_reply_with_an_endless_number_is_an_article(place: str, number: str) -> None:
    reply = place.replace("{}", number)
    assert "Words" in normalize(reply).html
    told = {"title": f"Soil {number}", "content": reply, "excerpt": number, "tags": [number]}
    assert parse_article(json.dumps(told))


def test_a_post_with_an_endless_number_is_compared() -> None:
    post = {"title": ENDLESS, "content": f'<p title="{ENDLESS}">x {ENDLESS}</p>', "excerpt": ""}
    assert documents.in_words(post)["title"] == "\ufffd"
    assert "-x \ufffd" in differences.compare({"content": "<p>x</p>"}, post)["text"]
