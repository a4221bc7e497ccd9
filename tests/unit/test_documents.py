"""What is sent to a site."""

from typing import Any

import pytest
from flask import Flask

from igny8_flask import documents
from igny8_flask.db import db
from igny8_flask.models import Content, Image, ImageKind, Site, SiteMedia
from igny8_flask.models.enums import ImageState
from tests.factories import make_content, make_site, make_task

RULES = {"status": "draft", "post_type": "post", "create_terms": False, "categories": ["News"]}
HTML = "<p>Start.</p><h2>Soil</h2><p>About soil.</p><h2>Water</h2><p>About water.</p>"


@pytest.fixture
def site(app: Flask) -> Site:
    return make_site().site


def make_image(content: Content, kind: ImageKind, **columns: Any) -> Image:
    image = Image(
        account_id=content.account_id,
        site_id=content.site_id,
        content_id=content.id,
        kind=kind,
        state=ImageState.GENERATED,
        **{"sha256": "a" * 64, "alt": "A spade", "position": 0, "provenance": {}, **columns},
    )
    db.session.add(image)
    db.session.commit()
    return image


def sent(content: Content, *images: Image, **abilities: Any) -> dict[str, Any]:
    media = {
        image.sha256: SiteMedia(wp_media_id=7, source_url="https://site.example.com/w.webp")
        for image in images
        if image.sha256
    }
    return documents.build(content, images, media, RULES, abilities)


def test_blocks_for_the_block_editor_and_html_for_the_classic_one(site: Site) -> None:
    content = make_content(site, html=HTML)
    assert sent(content)["content"].startswith("<!-- wp:paragraph -->")
    classic = sent(content, editor="classic")
    assert classic["format"] == "html"
    assert "<!--" not in classic["content"]


@pytest.mark.parametrize(
    ("abilities", "heading"),
    [
        ({}, '{"anchor":"soil"} -->\n<h2 id="soil" class="wp-block-heading">'),
        ({"wp": "7.0"}, '{"anchor":"soil"} -->\n<h2 id="soil" class="wp-block-heading">'),
        ({"wp": "6.9.1"}, ' -->\n<h2 class="wp-block-heading" id="soil">'),
        ({"wp": "6.1", "blocks": {"details": False}}, ' -->\n<h2 id="soil">'),
    ],
)
def test_blocks_are_written_as_the_sites_own_editor_writes_them(
    site: Site, abilities: dict[str, Any], heading: str
) -> None:
    html = HTML.replace("<h2>Soil", '<h2 id="soil">Soil')
    assert heading in sent(make_content(site, html=html), **abilities)["content"]


def test_the_task_is_named_so_that_a_post_waiting_for_it_is_found(site: Site) -> None:
    content = make_content(site)
    assert "task_id" not in sent(content)
    task = make_task(site)
    content.task_id = task.id
    db.session.commit()
    assert sent(content)["task_id"] == str(task.id)


def test_the_featured_image_is_named_by_its_hash(site: Site) -> None:
    content = make_content(site)
    image = make_image(content, ImageKind.FEATURED)
    assert sent(content, image)["featured"] == {"sha256": "a" * 64}


def test_an_image_stands_in_its_section(site: Site) -> None:
    content = make_content(site, html=HTML)
    image = make_image(
        content,
        ImageKind.DESKTOP,
        heading="Water",
    )
    document = sent(content, image)
    assert document["images"] == [{"sha256": "a" * 64, "id": 7, "alt": "A spade"}]
    blocks = document["content"]
    assert blocks.index("About soil") < blocks.index("About water") < blocks.index("wp-image-7")


@pytest.mark.parametrize(("author", "named"), [("ed", {"author": "ed"}), ("", {})])
def test_the_author_of_the_rule_is_named(site: Site, author: str, named: dict[str, str]) -> None:
    document = documents.build(make_content(site), [], {}, {**RULES, "author": author}, {})
    assert {name: document[name] for name in ("author",) if name in document} == named


def test_no_foreign_image_reaches_a_post(site: Site) -> None:
    html = '<p>Text <img src="https://spy.example.com/p.gif" alt="x"> more.</p>'
    document = sent(make_content(site, html=html))
    assert "spy.example.com" not in document["content"]
    assert "more." in document["content"]


def test_title_excerpt_and_caption_are_words_to_a_site_that_keeps_markup(site: Site) -> None:
    words = 'Use <b> & "&lt;" <img src=x onerror=alert(1) //'
    content = make_content(site, title=words, excerpt=words)
    document = sent(content)
    shown = 'Use &lt;b&gt; &amp; "&amp;lt;" &lt;img src=x onerror=alert(1) //'
    assert (document["title"], document["excerpt"]) == (shown, shown)
    told = documents.in_words(document)
    assert (told["title"], told["excerpt"]) == (words, words)
    assert documents.in_words({"title": "A <em>new</em> R&amp;D"})["title"] == "A new R&D"


def test_the_last_known_text_of_the_site_is_named(site: Site) -> None:
    assert sent(make_content(site, wp_sha="b" * 64))["base_sha"] == "b" * 64
    assert "base_sha" not in sent(make_content(site))


def test_own_categories_come_before_suggested_ones(site: Site) -> None:
    content = make_content(site, terms={"categories": ["Garden"], "tags": ["soil"]})
    assert sent(content)["categories"] == ["News", "Garden"]


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("How to prune an Apple Tree?", "how-to-prune-an-apple-tree"),
        ("Über Äpfel – 10 Tipps", "uber-apfel-10-tipps"),
        ("苹果树如何修剪", ""),
        (
            "word " * 40,
            "word-word-word-word-word-word-word-word-word-word-word-word-word-word-word",
        ),
    ],
)
def test_slugs_are_short_ascii_or_left_to_the_site(title: str, slug: str) -> None:
    assert documents.slug_of(title) == slug
