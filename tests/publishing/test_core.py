"""A WordPress without our plugin: the same post over core's own routes, once."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import requests
from flask import Flask
from sqlalchemy import select

from igny8_flask import core_sites, create_app, publishing, scheduling, site_settings, unlinking
from igny8_flask.db import db, utcnow
from igny8_flask.errors import WordPressError
from igny8_flask.models import (
    Content,
    ContentStatus,
    Delivery,
    DeliveryKind,
    ImageKind,
    Site,
    SiteMedia,
    WorkState,
)
from igny8_flask.timetable import zone_name
from tests.conftest import machine_permitting
from tests.factories import make_settings, operating
from tests.lab.wordpress_site import WordPressSite
from tests.publishing.conftest import Home, illustrate

pytestmark = [pytest.mark.wp]


@pytest.fixture(scope="module")
def bare() -> Iterator[WordPressSite]:
    """WordPress as it comes."""
    with machine_permitting():
        site = WordPressSite.up()
    yield site
    site.down()


@pytest.fixture
def app(tmp_path: Path, bare: WordPressSite) -> Iterator[Flask]:
    app = create_app(
        make_settings(
            DATABASE_URL=f"sqlite:///{tmp_path}/core.db", IGNY8_ALLOW_PRIVATE=bare.host_port
        )
    )
    with operating(app):
        db.create_all()
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def core(app: Flask, bare: WordPressSite) -> Home:
    """The site added by an operator."""
    bare.reset()
    user = bare.users["ed"]
    site = core_sites.add(bare.url, "Default", user.login, user.app_password)
    return Home(site, bare, "")


def posts(home: Home, title: str) -> list[int]:
    found = home.wp.wp_eval(
        "return get_posts( array( 'post_status' => array( 'any', 'trash' ), 'fields' => 'ids',"
        f" 'posts_per_page' => -1, 'title' => '{title}' ) );"
    )
    return [int(one) for one in found]


def waiting() -> Delivery:
    """The one delivery that is to be executed."""
    return db.session.scalars(select(Delivery).where(Delivery.state == WorkState.PENDING)).one()


def test_a_wrong_password_connects_nothing(app: Flask, bare: WordPressSite) -> None:
    with pytest.raises(WordPressError, match="application password"):
        core_sites.add(bare.url, "Default", "ed", "wrong wrong")
    assert db.session.scalars(select(Site)).all() == []


@pytest.mark.parametrize(
    ("option", "timezone"),
    [
        ("update_option( 'timezone_string', 'Europe/Berlin' );", "Europe/Berlin"),
        (
            "update_option( 'timezone_string', '' ); update_option( 'gmt_offset', '-3.5' );",
            "-03:30",
        ),
    ],
)
def test_the_site_tells_its_name_its_zone_and_its_blocks(
    app: Flask, bare: WordPressSite, option: str, timezone: str
) -> None:
    bare.reset()
    bare.wp_eval("update_option( 'blogname', 'Soil & Water' );" + option)
    user = bare.users["ed"]
    site = core_sites.add(bare.url, "Default", user.login, user.app_password)
    told = (site.connection or {})["site"]
    assert (site.name, told["timezone"]) == ("Soil & Water", timezone)
    assert told["blocks"] == {"details": True, "accordion": True}
    assert zone_name(site) == timezone


@pytest.mark.parametrize("without", ["details", "accordion"])
def test_a_block_that_the_site_lacks_is_not_written(
    app: Flask, bare: WordPressSite, without: str
) -> None:
    bare.reset()
    plugin = bare.root / "wp-content/mu-plugins/other.php"
    plugin.write_text(
        "<?php add_action( 'init', function () {"
        f" unregister_block_type( 'core/{without}' ); }}, 99 );"
    )
    user = bare.users["ed"]
    try:
        site = core_sites.add(bare.url, "Default", user.login, user.app_password)
    finally:
        plugin.unlink()
    assert (site.connection or {})["site"]["blocks"][without] is False
    content = Home(site, bare, "").article(
        html="<details><summary>Why?</summary><p>So.</p></details>", title=f"No {without}"
    )
    Home(site, bare, "").deliver(content)
    stands = Home(site, bare, "").post(content)["post_content"]
    assert ("wp:details" in stands) is (without != "details")


def test_an_article_arrives_with_pictures_terms_and_address(core: Home) -> None:
    content = core.article(
        title="Whole over core", terms={"categories": ["Uncategorized"], "tags": ["nowhere"]}
    )
    illustrate(content, ImageKind.FEATURED, "red")
    illustrate(content, ImageKind.DESKTOP, "blue", heading="Water", position=1)
    content.seo = {"title": "Search"}
    db.session.commit()
    site_settings.update(core.site, {"publishing": {"author": "ed", "post_type": "page"}})
    delivery = core.deliver(content)
    assert delivery.state is WorkState.SUCCESS, delivery.error
    result = delivery.result or {}
    assert result["receipt"]["slug"] == "whole-over-core"
    assert result["receipt"]["fields"]["featured"]["state"] == "applied"
    for name in ("Search title", "The author", "The post type"):
        assert any(w.startswith(name) and "plugin" in w for w in result["warnings"]), name
    assert any("nowhere" in words for words in result["warnings"])
    assert posts(core, "Whole over core") == [content.wp_post_id]
    assert len(db.session.scalars(select(SiteMedia)).all()) == 2
    assert "wp-image-" in core.post(content)["post_content"]


def test_words_stay_words_also_where_the_user_may_write_any_markup(
    app: Flask, bare: WordPressSite
) -> None:
    bare.reset()
    user = bare.users["admin"]
    home = Home(core_sites.add(bare.url, "Default", user.login, user.app_password), bare, "")
    words = "Use <b> & <img src=x onerror=alert(1) //"
    content = home.article(title=words, excerpt=words, status=ContentStatus.APPROVED)
    illustrate(content, ImageKind.FEATURED, "red", caption=words)
    delivery = home.deliver(content, status="publish")
    assert delivery.state is WorkState.SUCCESS, delivery.error
    stands = "Use &lt;b&gt; &amp; &lt;img src=x onerror=alert(1) //"
    post = home.post(content)
    assert (post["post_title"], post["post_excerpt"]) == (stands, stands)
    assert stands in bare.wp_eval(
        f"return get_post( get_post_thumbnail_id( {content.wp_post_id} ) )->post_excerpt;"
    )
    page = requests.get(str(content.wp_link), timeout=60).text
    assert "alert(1)" in page
    assert "<img src=x" not in page
    assert home.deliver(content).state is WorkState.SUCCESS
    home.edit(content, "<p>Mine.</p>")
    content.html = "<p>Ours.</p>"
    db.session.commit()
    assert publishing.difference(home.site, home.deliver(content).id)["changed"] == ["content"]


def test_any_number_of_repeats_make_one_post_also_after_lost_answers(core: Home) -> None:
    content = core.article(title="Repeated over core")
    for _ in range(3):
        assert core.deliver(content).state is WorkState.SUCCESS
    content.wp_sha = None  # as after an answer that never came
    db.session.commit()
    assert core.deliver(content).state is WorkState.SUCCESS
    assert posts(core, "Repeated over core") == [content.wp_post_id]


def test_a_post_made_by_an_answer_that_was_lost_is_found_again(core: Home) -> None:
    content = core.article(title="Lost over core")
    core.wp.wp_eval(
        "return wp_insert_post( array( 'post_title' => 'Lost over core', 'post_name' =>"
        f" 'igny8-{content.id}', 'post_status' => 'draft' ) );",
        "ed",
    )
    assert core.deliver(content).state is WorkState.SUCCESS
    assert posts(core, "Lost over core") == [content.wp_post_id]


def test_a_picture_is_found_by_its_bytes_when_we_forgot_it(core: Home) -> None:
    content = core.article(title="Pictured over core")
    illustrate(content, ImageKind.FEATURED, "green")
    core.deliver(content)
    first = db.session.scalars(select(SiteMedia)).one()
    number = first.wp_media_id
    db.session.delete(first)
    db.session.commit()
    core.deliver(content)
    assert db.session.scalars(select(SiteMedia)).one().wp_media_id == number


def test_a_persons_edit_survives(core: Home) -> None:
    content = core.article(title="Edited over core")
    core.deliver(content)
    core.edit(content, "<p>Start.</p><p>Mine.</p>")
    content.html = "<p>Start.</p><p>Ours.</p>"
    db.session.commit()
    delivery = core.deliver(content)
    assert delivery.error_code == "wp_changed"
    assert "-Mine." in publishing.difference(core.site, delivery.id)["text"]
    assert "Mine." in core.post(content)["post_content"]
    assert core.deliver(content, force=True).state is WorkState.SUCCESS
    assert "Ours." in core.post(content)["post_content"]


def test_what_a_person_set_beside_the_text_stays(core: Home) -> None:
    content = core.article(title="Set over core", status=ContentStatus.APPROVED)
    core.deliver(content, status="publish")
    core.wp.wp_eval(
        f"wp_update_post( array( 'ID' => {content.wp_post_id}, 'post_status' => 'draft',"
        " 'post_name' => 'theirs' ) );",
        "ed",
    )
    site_settings.update(core.site, {"publishing": {"status": "publish", "moderation": False}})
    for text in ("<p>Second.</p>", "<p>Third.</p>"):
        content.html = text
        db.session.commit()
        delivery = core.deliver(content)
        assert delivery.state is WorkState.SUCCESS, delivery.error
        assert any("person" in words for words in (delivery.result or {})["warnings"])
        post = core.post(content)
        assert (post["post_status"], post["post_name"]) == ("draft", "theirs")
        assert text in post["post_content"]
    core.wp.wp_eval(
        f"wp_update_post( array( 'ID' => {content.wp_post_id}, 'post_title' => 'Mine' ) );", "ed"
    )
    content.html = "<p>Fourth.</p>"
    db.session.commit()
    assert core.deliver(content).error_code == "wp_changed"


def test_the_way_to_the_trash_and_back(core: Home) -> None:
    content: Content = core.article(title="Trashed over core")
    core.deliver(content)
    (trashing,) = publishing.submit(core.site, [content.id], {}, DeliveryKind.TRASH)
    assert core.run(trashing).state is WorkState.SUCCESS
    assert core.post(content)["post_status"] == "trash"
    assert core.deliver(content).error_code == "wp_trashed"
    assert core.deliver(content, force=True).state is WorkState.SUCCESS
    assert core.post(content)["post_status"] == "draft"


def test_a_time_taken_back_is_not_waited_for(core: Home) -> None:
    content = core.article(title="Timed over core", status=ContentStatus.APPROVED)
    for wish, status in ((None, "draft"), ("publish", "publish")):
        scheduling.set_time(core.site, content.id, utcnow() + timedelta(hours=2))
        assert core.run(waiting()).state is WorkState.SUCCESS
        assert core.post(content)["post_status"] == "future"
        if wish is None:
            scheduling.set_time(core.site, content.id, None)
            assert core.run(waiting()).state is WorkState.SUCCESS
        else:
            assert core.deliver(content, status=wish).state is WorkState.SUCCESS
        assert core.post(content)["post_status"] == status


def test_an_article_leads_to_our_own_public_posts(core: Home) -> None:
    html = "<p>Good soil care pays.</p>"
    public = core.article(title="Soil care", status=ContentStatus.APPROVED)
    core.article(title="Never sent")
    core.deliver(public, status="publish")
    content = core.article(title="Linked over core", html=html)
    assert core.deliver(content).state is WorkState.SUCCESS
    link = f'<a href="{public.wp_link}">soil care</a>'
    assert link in core.post(content)["post_content"]
    removal = unlinking.remove(core.site, [content.id])
    assert isinstance(removal.work, Delivery)
    assert core.run(removal.work).state is WorkState.SUCCESS
    assert "<a " not in core.post(content)["post_content"]
