"""Links that a model makes up never reach an article; those to real pages do."""

import json

import pytest
from flask import Flask

from igny8_flask.ai.functions.generate_content import GenerateContentFunction
from igny8_flask.db import db, utcnow
from igny8_flask.models import Content, Site, SitePost
from tests.factories import make_site, make_task


@pytest.fixture
def site(app: Flask) -> Site:
    return make_site(url="https://site.example.com").site


def tell(site: Site, url: str) -> None:
    owner = {"account_id": site.account_id, "site_id": site.id}
    db.session.add(SitePost(**owner, post_id=1, url=url, headings=[], seen_at=utcnow()))
    db.session.commit()


def written(site: Site, body: str) -> Content:
    """The article that this reply of a model becomes."""
    function = GenerateContentFunction()
    task = make_task(site)
    reply = function.parse_response(json.dumps({"title": "Soil", "content": body}))
    saved = function.save_output([reply], {"items": [task], "provenance": {}})
    return db.session.query(Content).filter_by(title=saved["title"]).one()


BODY = (
    '<p>See <a href="http://site.example.com/soil">soil</a>, <a href="/made-up/">beds</a> and'
    ' <a href="https://other.example.com/x/">more</a>.</p>'
)


def test_links_to_pages_that_do_not_exist_are_taken_out_and_told(site: Site) -> None:
    tell(site, "https://site.example.com/soil/")
    article = written(site, BODY)
    assert "site.example.com/soil" in article.html
    assert "other.example.com" in article.html
    assert "made-up" not in article.html
    assert "beds" in article.html
    (words,) = [one for one in article.warnings if "taken out" in one]
    assert "https://site.example.com/made-up/" in words


def test_without_an_index_nobody_can_tell(site: Site) -> None:
    assert "made-up" in written(site, BODY).html
