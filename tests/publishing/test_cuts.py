"""Connections cut at random points and within pictures: every article and picture stands once."""

import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import update
from werkzeug.serving import make_server

from igny8_flask import core_sites, create_app, publishing
from igny8_flask.db import db
from igny8_flask.models import Content, Delivery, ImageKind, WorkState
from tests.conftest import machine_permitting
from tests.factories import make_settings, operating
from tests.integration.jobs_by_hand import admit_all, execute
from tests.lab.cutter import Cutter, PictureCutter
from tests.lab.places import PLUGIN
from tests.lab.processes import free_port
from tests.lab.wordpress_site import WordPressSite
from tests.publishing.conftest import CONNECT, Home, connect_site, illustrate

pytestmark = [pytest.mark.wp, pytest.mark.process]
SHARE = 0.3
COUNT = """
global $wpdb;
$found = array();
foreach ( array(
	"FROM $wpdb->posts WHERE post_title LIKE 'Cut %' AND post_type = 'post'",
	"FROM $wpdb->postmeta WHERE meta_key = '_igny8_content_id'",
	"FROM $wpdb->postmeta WHERE meta_key = '_igny8_sha256'",
) as $what ) {
	$found[] = (int) $wpdb->get_var( "SELECT COUNT(*) $what" );
}
return $found;
"""
PICTURES = """
$bytes = static fn( $id ) => hash_file( 'sha256', wp_get_original_image_path( $id ) );
$every = static fn( $type ) => get_posts(
	array(
		'post_type'      => $type,
		'post_status'    => array( 'any', 'trash', 'auto-draft' ),
		'posts_per_page' => -1,
		'orderby'        => 'title',
		'order'          => 'ASC',
	)
);
$posts = array();
foreach ( $every( 'post' ) as $post ) {
	if ( 0 === strpos( $post->post_title, 'Cut ' ) ) {
		$posts[] = array( $post->post_title, $bytes( get_post_thumbnail_id( $post ) ) );
	}
}
return array( $posts, array_map( $bytes, wp_list_pluck( $every( 'attachment' ), 'ID' ) ) );
"""
UPLOAD = re.compile(rb"(?i)\r\ncontent-type: image/")
DOWNLOAD = re.compile(rb"\AGET /v1/publisher/media/")
UPLOADS = (("request", 3_000), ("half", 0), ("answer_lost", 0), ("request", 40_000))
DOWNLOADS = (("answer", 3_000), ("answer_lost", 0), ("answer", 40_000))


@dataclass
class Rough:
    """A site behind two bad lines: ``push`` towards it, ``pull`` from it."""

    home: Home
    push: Cutter
    pull: Cutter


@pytest.fixture
def rough(version: str, database: str, tmp_path: Path) -> Iterator[Rough]:
    with machine_permitting():
        wp = WordPressSite.up(version, database, PLUGIN)
    with wp, Cutter(wp.host_port, SHARE, seed=7) as push:
        app = create_app(
            make_settings(
                DATABASE_URL=f"sqlite:///{tmp_path}/cuts.db",
                IGNY8_ALLOW_PRIVATE=f"{wp.host_port},{push.address}",
                IGNY8_SITE_WRITES="100000",
            )
        )
        server = make_server("127.0.0.1", free_port(), app, threaded=True)
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        with operating(app), Cutter(f"127.0.0.1:{server.port}", SHARE, seed=8) as pull:
            db.create_all()
            home = connect_site(wp)
            home.site.rest_url = f"http://{push.address}/wp-json/"
            db.session.commit()
            wp.wp_eval(CONNECT % (f"http://{pull.address}", home.key))
            yield Rough(home, push, pull)
            db.session.remove()
            db.engine.dispose()
        server.shutdown()
        thread.join(timeout=10)
        server.server_close()


def articles(home: Home, first: int, count: int) -> list[Content]:
    made = []
    for number in range(first, first + count):
        content = home.article(title=f"Cut {number}")
        if number % 10 == 0:
            illustrate(content, ImageKind.FEATURED, ("red", "green")[number % 20 // 10])
        made.append(content)
    return made


def hand_out(home: Home, contents: list[Content]) -> None:
    for start in range(0, len(contents), publishing.MAX_CONTENTS):
        part = contents[start : start + publishing.MAX_CONTENTS]
        publishing.submit(home.site, [one.id for one in part], {})


def work() -> int:
    """Execute what is due now, as if the waiting were over; returns how many are not done."""
    waiting = Delivery.state == WorkState.PENDING
    db.session.execute(update(Delivery).where(waiting).values(not_before=None))
    db.session.commit()
    for ticket in admit_all(Delivery):
        execute(ticket)
    db.session.expire_all()
    unfinished = db.select(db.func.count(Delivery.id)).where(Delivery.state != WorkState.SUCCESS)
    return int(db.session.scalar(unfinished) or 0)


@pytest.mark.parametrize(
    ("version", "database", "pushed", "pulled"),
    [("7.1", "sqlite", 140, 60), ("6.1", "mariadb", 25, 15)],
)
def test_every_article_stands_once_however_often_the_line_breaks(
    rough: Rough, pushed: int, pulled: int
) -> None:
    home = rough.home
    hand_out(home, articles(home, 0, pushed))
    for _ in range(80):
        if work() == 0:
            break
    assert work() == 0, "not all were pushed"
    home.site.connection = {**(home.site.connection or {}), "mode": "pull"}
    db.session.commit()
    hand_out(home, articles(home, pushed, pulled))
    work()
    for _ in range(60):
        home.wp.wp_eval("Igny8\\Sync::run();")
        if work() == 0:
            break
    assert work() == 0, "not all were pulled"
    assert all(rough.push.cuts.values())
    assert sum(rough.pull.cuts.values()) >= 3
    assert home.wp.wp_eval(COUNT) == [pushed + pulled, pushed + pulled, 2]


@pytest.fixture
def line(lab_site: WordPressSite) -> Iterator[PictureCutter]:
    """The way to the site, on which the first uploads of pictures are cut."""
    with PictureCutter(lab_site.host_port, UPLOAD, UPLOADS) as line:
        yield line


@pytest.fixture
def app(tmp_path: Path, lab_site: WordPressSite, line: PictureCutter) -> Iterator[Flask]:
    allowed = f"{lab_site.host_port},{line.address}"
    url = f"sqlite:///{tmp_path}/pictures.db"
    app = create_app(make_settings(DATABASE_URL=url, IGNY8_ALLOW_PRIVATE=allowed))
    with operating(app):
        db.create_all()
        yield app
        db.session.remove()
        db.engine.dispose()


def core_site(wp: WordPressSite) -> Home:
    """The same WordPress, reached over core's own routes."""
    user = wp.users["ed"]
    return Home(core_sites.add(wp.url, "Default", user.login, user.app_password), wp, "")


def pictured(home: Home) -> tuple[list[list[str | None]], set[str | None]]:
    """Hand out three articles with two pictures; what is to stand: posts and pictures."""
    made = [home.article(title=f"Cut {colour}") for colour in ("a red", "b green", "c red")]
    images = [
        illustrate(content, ImageKind.FEATURED, content.title[6:], noisy=True) for content in made
    ]
    hand_out(home, made)
    posts = [[content.title, image.sha256] for content, image in zip(made, images, strict=True)]
    return posts, {image.sha256 for image in images}


@pytest.mark.parametrize("over_core", [False, True])
def test_a_picture_cut_on_its_way_up_stands_once_and_whole(
    app: Flask, wp: WordPressSite, line: PictureCutter, over_core: bool
) -> None:
    home = core_site(wp) if over_core else connect_site(wp)
    home.site.rest_url = f"http://{line.address}/wp-json/"
    db.session.commit()
    posts, pictures = pictured(home)
    for _ in range(5):
        if work() == 0:
            break
    assert work() == 0, "not all were pushed"
    assert line.cuts == {"before": 0, "request": 2, "answer_lost": 1, "answer": 0, "half": 1}
    stand, files = wp.wp_eval(PICTURES)
    assert stand == posts
    assert (len(files), set(files)) == (2, pictures)


def test_a_picture_cut_on_its_way_down_stands_once_and_whole(home: Home, api_url: str) -> None:
    home.site.connection = {**(home.site.connection or {}), "mode": "pull"}
    db.session.commit()
    posts, pictures = pictured(home)
    work()
    with PictureCutter(api_url.removeprefix("http://"), DOWNLOAD, DOWNLOADS) as line:
        home.wp.wp_eval(CONNECT % (f"http://{line.address}", home.key))
        for _ in range(9):
            home.wp.wp_eval("Igny8\\Sync::run();")
            if work() == 0:
                break
    assert work() == 0, "not all were pulled"
    assert (line.cuts["answer"], line.cuts["answer_lost"]) == (2, 1)
    stand, files = home.wp.wp_eval(PICTURES)
    assert stand == posts
    assert (len(files), set(files)) == (2, pictures)
