"""What the attacks run against: an application in this process, with two sites full of rows."""

import re
import tempfile
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from flask import Flask
from flask_migrate import stamp
from sqlalchemy import update

from igny8_flask import create_app
from igny8_flask.db import db, utcnow
from igny8_flask.models import (
    Cluster,
    ContentIdea,
    Delivery,
    Image,
    Keyword,
    Site,
    SiteKey,
    SiteStatus,
)
from igny8_flask.outbound import Outbound
from igny8_flask.services import EXTENSION
from tests.factories import (
    ConnectedSite,
    make_content,
    make_settings,
    make_site,
    make_task,
    operating,
)

# What no answer may tell of the inside.
TRACES = re.compile(
    r"(?i:Traceback|File \"|/igny8_flask/|site-packages|sqlalchemy|sqlite3|psycopg|werkzeug|"
    r"Python/|Flask/|gunicorn|<!doctype)|SELECT |INSERT |UPDATE "
)
ENDING = ("/v1/sites/rotate_key", "/v1/sites/me")


@dataclass(frozen=True)
class Ground:
    """The application and its two sites; ``ids`` are the rows of both."""

    app: Flask
    ours: ConnectedSite
    theirs: ConnectedSite
    ids: tuple[uuid.UUID, ...]


def no_such_name(_host: str, _port: int) -> list[str]:
    """A resolver that knows nobody."""
    raise OSError("no such name")


@contextmanager
def ground(**settings: str) -> Iterator[Ground]:
    """An application on a throw-away database whose outbound calls find nobody."""
    with tempfile.TemporaryDirectory(prefix="igny8-security-") as folder:
        given = {"DATABASE_URL": f"sqlite:///{Path(folder) / 'ground.db'}", **settings}
        app = create_app(make_settings(**given))
        shared = app.extensions[EXTENSION]
        app.extensions[EXTENSION] = replace(shared, outbound=Outbound(resolver=no_such_name))
        with operating(app):
            db.create_all()
            stamp()
            ours, theirs = make_site(), make_site()
            ids = (*_rows(ours.site), *_rows(theirs.site))
            db.session.remove()
            yield Ground(app, ours, theirs, ids)
            db.session.remove()
            db.drop_all()
            db.engine.dispose()


def _rows(site: Site) -> Iterator[uuid.UUID]:
    """One row of each kind."""
    own: dict[str, Any] = {"account_id": site.account_id, "site_id": site.id}
    cluster = Cluster(name=f"Cluster of {site.name}", **own)
    keyword = Keyword(keyword="potting soil", **own)
    idea = ContentIdea(title="An idea", **own)
    task, content = make_task(site), make_content(site)
    db.session.add_all([cluster, keyword, idea])
    db.session.flush()
    image = Image(content_id=content.id, position=0, prompt="A bed of soil", **own)
    delivery = Delivery(content_id=content.id, work_key=content.id.hex, **own)
    db.session.add_all([image, delivery])
    db.session.commit()
    for row in (cluster, keyword, idea, task, content, image, delivery):
        yield row.id


class Reviving:
    """The application, except that a call which ends a site's keys leaves them alive."""

    def __init__(self, app: Flask) -> None:
        self.app = app

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        answer = self.app(environ, start_response)
        if environ["REQUEST_METHOD"] in ("POST", "DELETE") and environ["PATH_INFO"].startswith(
            ENDING
        ):
            revive(self.app)
        return answer


def revive(app: Flask) -> None:
    """Give every site its keys back."""
    with operating(app):
        db.session.execute(update(SiteKey).values(revoked_at=None, expires_at=None))
        db.session.execute(update(Site).values(status=SiteStatus.CONNECTED, connected_at=utcnow()))
        db.session.commit()
        db.session.remove()
