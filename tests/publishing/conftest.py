"""The backend in one process, connected to a real WordPress without going through its screens."""

import base64
import hashlib
import io
import random
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from PIL import Image as Picture
from werkzeug.serving import make_server

from igny8_flask import create_app, publishing
from igny8_flask.db import db
from igny8_flask.models import Content, Delivery, Image, ImageFile, ImageKind, Site
from igny8_flask.models.enums import ImageState
from igny8_flask.services import current
from tests.factories import make_content, make_settings, make_site, operating
from tests.integration.jobs_by_hand import admit_all, execute, reload
from tests.lab.processes import free_port
from tests.lab.wordpress_site import WordPressSite

SERVICE_USER = """
$user = Igny8\\Service_User::ensure();
return Igny8\\Service_User::new_password( $user );
"""
CONNECT = """
Igny8\\Options::set( Igny8\\Options::API_URL, %r );
Igny8\\Options::set( Igny8\\Options::SITE_KEY, %r );
Igny8\\Options::set( Igny8\\Options::STATE, Igny8\\Options::CONNECTED );
"""
HTML = "<p>Start.</p><h2>Soil</h2><p>About soil.</p><h2>Water</h2><p>About water.</p>"


@dataclass
class Home:
    """A site of the backend and the WordPress behind it."""

    site: Site
    wp: WordPressSite
    key: str

    def article(self, **columns: Any) -> Content:
        """An article that was never sent."""
        return make_content(self.site, **{"html": HTML, "excerpt": "Short.", **columns})

    def deliver(self, content: Content, **options: Any) -> Delivery:
        """Ask for the delivery and execute it as a worker would."""
        return self.run(publishing.submit(self.site, [content.id], options)[0])

    def run(self, delivery: Delivery) -> Delivery:
        """Execute a pending delivery."""
        (ticket,) = [one for one in admit_all(Delivery) if one.id == delivery.id]
        execute(ticket)
        row = reload(ticket)
        assert isinstance(row, Delivery)
        return row

    def edit(self, content: Content, text: str) -> None:
        """What a person does in the editor."""
        words = base64.b64encode(text.encode()).decode()
        self.wp.wp_eval(
            f"$id = {content.wp_post_id}; $text = wp_slash( base64_decode( '{words}' ) );"
            "update_post_meta( $id, '_edit_last', get_user_by( 'login', 'ed' )->ID );"
            "wp_update_post( array( 'ID' => $id, 'post_content' => $text ) );",
            "ed",
        )

    def post(self, content: Content) -> dict[str, Any]:
        """The row of the article's post."""
        row: dict[str, Any] = self.wp.wp_eval(f"return get_post( {content.wp_post_id}, ARRAY_A );")
        return row

    def count(self, content: Content) -> int:
        """How many posts the article has, trash included."""
        return int(
            self.wp.wp_eval(
                "return count( get_posts( array( 'meta_key' => '_igny8_content_id', 'fields' =>"
                f" 'ids', 'meta_value' => '{content.id}', 'posts_per_page' => -1,"
                " 'post_status' => array( 'any', 'trash' ) ) ) );"
            )
        )


@pytest.fixture
def app(tmp_path: Path, lab_site: WordPressSite) -> Iterator[Flask]:
    """An application in its context, on a database of its own, without Redis."""
    app = create_app(
        make_settings(
            DATABASE_URL=f"sqlite:///{tmp_path}/publishing.db",
            IGNY8_ALLOW_PRIVATE=lab_site.host_port,
        )
    )
    with operating(app):
        db.create_all()
        yield app
        db.session.remove()
        db.engine.dispose()


def connect_site(wp: WordPressSite) -> Home:
    """A row for the WordPress with its own service user's password."""
    told = wp.wp_eval(SERVICE_USER)
    uuid = wp.wp_eval("return Igny8\\Options::site_uuid();")
    made = make_site(
        url=wp.url,
        rest_url=f"{wp.url}/wp-json/",
        site_uuid=uuid,
        connection={"mode": "push", "checks": [], "site": {"timezone": "Europe/Berlin"}},
    )
    site = made.site
    site.wp_username = told["username"]
    context = site.seal_context("wp_password_sealed")
    site.wp_password_sealed = current().secrets.seal(told["password"], context)
    db.session.commit()
    return Home(site, wp, made.key)


@pytest.fixture
def home(app: Flask, wp: WordPressSite) -> Home:
    """A site that can be pushed to."""
    return connect_site(wp)


@pytest.fixture
def api_url(app: Flask, home: Home) -> Iterator[str]:
    """The API on a port, known to the plugin of ``home``."""
    server = make_server("127.0.0.1", free_port(), app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    address = f"http://127.0.0.1:{server.port}"
    home.wp.wp_eval(CONNECT % (address, home.key))
    yield address
    server.shutdown()
    thread.join(timeout=10)
    server.server_close()


def illustrate(
    content: Content, kind: ImageKind, colour: str, *, noisy: bool = False, **columns: Any
) -> Image:
    """Give the article a picture; a noisy one has tens of thousands of bytes."""
    out = io.BytesIO()
    picture = Picture.new("RGB", (64, 48), colour)
    if noisy:
        noise = random.Random(colour).randbytes(160 * 120 * 3)
        picture = Picture.frombytes("RGB", (160, 120), noise)
    picture.save(out, "PNG")
    data = out.getvalue()
    sha256 = hashlib.sha256(data).hexdigest()
    if db.session.get(ImageFile, (content.account_id, sha256)) is None:
        size = {"width": picture.width, "height": picture.height, "mime": "image/png"}
        db.session.add(ImageFile(account_id=content.account_id, sha256=sha256, data=data, **size))
    image = Image(
        account_id=content.account_id,
        site_id=content.site_id,
        content_id=content.id,
        kind=kind,
        state=ImageState.GENERATED,
        sha256=sha256,
        alt=f"Something {colour}",
        **columns,
    )
    db.session.add(image)
    db.session.commit()
    db.session.refresh(content)
    return image
