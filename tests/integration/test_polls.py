"""Polling: what a thousand browsers do all day costs next to nothing."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event
from sqlalchemy.engine import Engine

from igny8_flask import site_keys
from igny8_flask.crypto import new_site_key, read_site_key
from igny8_flask.models import AITaskLog
from igny8_flask.services import current
from igny8_flask.work_status import share
from tests.factories import ConnectedSite, make_site
from tests.integration.jobs_by_hand import submit_article

pytestmark = pytest.mark.redis


class Poller:
    """The plugin asking for the status of one run."""

    def __init__(self, app: Flask, connected: ConnectedSite, run: AITaskLog) -> None:
        self.client = app.test_client()
        self.path = f"/v1/system/tasks/{run.id}/status/"
        self.headers = dict(connected.headers)
        self.statements: list[str] = []

    def ask(self, **headers: str) -> Any:
        """Poll once, noting every SQL statement."""

        def note(_c: Any, _cursor: Any, statement: str, *_more: Any) -> None:
            self.statements.append(statement)

        self.statements.clear()
        event.listen(Engine, "before_cursor_execute", note)
        try:
            return self.client.get(self.path, headers={**self.headers, **headers})
        finally:
            event.remove(Engine, "before_cursor_execute", note)


@pytest.fixture
def connected(app: Flask) -> ConnectedSite:
    return make_site()


def test_an_unchanged_poll_asks_no_sql(app: Flask, connected: ConnectedSite) -> None:
    poller = Poller(app, connected, submit_article(connected.site))
    first = poller.ask()
    assert first.status_code == 200
    assert poller.statements
    second = poller.ask(**{"If-None-Match": first.headers["ETag"]})
    assert second.status_code == 304
    assert poller.statements == []


def test_the_short_way_answers_as_the_route_does(app: Flask, connected: ConnectedSite) -> None:
    poller = Poller(app, connected, submit_article(connected.site))
    etag = poller.ask().headers["ETag"]
    short = poller.ask(**{"If-None-Match": etag, "X-Request-ID": "the-same-one"})
    several = {"If-None-Match": f'"other", {etag}', "X-Request-ID": "the-same-one"}
    route = poller.ask(**several)
    assert (short.status_code, route.status_code) == (304, 304)
    passing = {"Date", "Server"}
    told = [
        {name: value for name, value in one.headers if name not in passing}
        for one in (short, route)
    ]
    assert told[0] == told[1]


def test_a_changed_status_is_told_to_who_has_the_old_one(
    app: Flask, connected: ConnectedSite
) -> None:
    run = submit_article(connected.site)
    poller = Poller(app, connected, run)
    etag = poller.ask().headers["ETag"]
    run.message = "Something else."
    share(current().cache, run)
    changed = poller.ask(**{"If-None-Match": etag})
    assert changed.status_code == 200
    assert changed.headers["ETag"] != etag


def test_an_etag_alone_opens_nothing(app: Flask, connected: ConnectedSite) -> None:
    run = submit_article(connected.site)
    etag = Poller(app, connected, run).ask().headers["ETag"]
    stranger = Poller(app, make_site(), run)
    assert stranger.ask(**{"If-None-Match": etag}).status_code == 404
    assert stranger.ask(**{"If-None-Match": etag}).status_code == 404
    nobody = stranger.client.get(stranger.path, headers={"If-None-Match": etag})
    assert nobody.status_code == 401


def test_a_revoked_key_polls_no_more(app: Flask, connected: ConnectedSite) -> None:
    poller = Poller(app, connected, submit_article(connected.site))
    first = poller.ask()
    assert first.status_code == 200
    site_keys.revoke(read_site_key(connected.key).public_id)
    assert poller.ask().status_code == 401
    assert poller.ask(**{"If-None-Match": first.headers["ETag"]}).status_code == 401


def test_a_disconnected_site_polls_no_more(app: Flask, connected: ConnectedSite) -> None:
    poller = Poller(app, connected, submit_article(connected.site))
    assert poller.ask().status_code == 200
    assert app.test_client().delete("/v1/sites/me/", headers=poller.headers).status_code < 300
    assert poller.ask().status_code == 401


def test_a_remembered_caller_is_held_against_the_whole_key(
    app: Flask, connected: ConnectedSite
) -> None:
    poller = Poller(app, connected, submit_article(connected.site))
    assert poller.ask().status_code == 200
    public_id = read_site_key(connected.key).public_id
    other = new_site_key()
    forged = other.text.replace(other.public_id, public_id)
    assert poller.ask(Authorization=f"Bearer {forged}").status_code == 401


def test_another_sites_key_reads_nothing(app: Flask, connected: ConnectedSite) -> None:
    run = submit_article(connected.site)
    stranger = Poller(app, make_site(), run)
    assert Poller(app, connected, run).ask().status_code == 200
    assert stranger.ask().status_code == 404
    assert stranger.ask().status_code == 404
