"""One article and its delivery, played through before the first fork.

SQLAlchemy prepares each statement once in an engine's life. A forked child lives for one job:
what its parent has not prepared it prepares again each time, which took it as long as all its
other work. So the parent does the main job once on a stage: a database in memory, a provider and
a site that answer from here. Nothing leaves the process but what Redis is told of two ids.
"""

import json
import secrets
import sqlite3
import uuid
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import Any

from flask import Flask
from sqlalchemy import event

from igny8_flask import publishing, runs
from igny8_flask.cache import Cache
from igny8_flask.db import db
from igny8_flask.leases import admit
from igny8_flask.log import get_logger
from igny8_flask.models import Account, AITaskLog, Delivery, Site, SiteStatus, Task
from igny8_flask.outbound import Outbound, Reply
from igny8_flask.services import EXTENSION, Services, current
from igny8_flask.tenants import every_tenant

log = get_logger(__name__)

HOME = "http://rehearsal.invalid"
LONG_LEASE_S = 3600  # no renewal meanwhile: a table in shared memory is locked without a wait
SENTENCE = "The words of this article say nothing and are read by nobody. "
SECTIONS, WORDS = 3, 99  # of eleven words a sentence, three sentences a section
ARTICLE = {
    "title": "Rehearsal",
    "content": SECTIONS * f"<h2>Part</h2><p>{3 * SENTENCE}</p><ul><li>{SENTENCE}</li></ul>",
    "excerpt": SENTENCE,
    "meta_title": "Rehearsal",
    "meta_description": SENTENCE,
    "focus_keyphrase": "words",
    "categories": ["News"],
    "tags": ["words"],
    "faq": [{"question": "Who reads this?", "answer": "Nobody."}],
}
TERMS = {"state": "applied", "ignored": []}
RECEIPT = {
    "id": 1,
    "link": f"{HOME}/?p=1",
    "edit_link": "",
    "sha": "0" * 64,
    "fields": {
        **dict.fromkeys(("title", "content", "excerpt", "seo", "faq"), "applied"),
        "categories": TERMS,
        "tags": TERMS,
    },
}


def rehearse(app: Flask) -> None:
    """Play the main job through; only where the engine is SQLite's, whose stage needs no server."""
    with ExitStack() as stage:
        stage.enter_context(app.app_context())
        stage.enter_context(every_tenant())
        if db.engine.dialect.name != "sqlite":
            return
        stage.enter_context(_in_memory())
        stage.enter_context(_among_ourselves(app))
        _play()


@contextmanager
def _in_memory() -> Iterator[None]:
    """The application's engine, on an empty database of its own for this while."""
    place = f"file:{uuid.uuid4().hex}?mode=memory&cache=shared"
    engine = db.engine

    def connect(*_asked: Any) -> sqlite3.Connection:
        return sqlite3.connect(place, uri=True, check_same_thread=False)

    engine.dispose()  # connections to the real one that lie in the pool
    event.listen(engine, "do_connect", connect)
    kept = connect()  # the database lives as long as somebody is connected
    try:
        db.create_all()
        yield
    finally:
        event.remove(engine, "do_connect", connect)
        db.session.remove()
        engine.dispose()
        kept.close()


@contextmanager
def _among_ourselves(app: Flask) -> Iterator[None]:
    """Services that reach nobody; the gates of real providers and sites are not touched."""
    own: Services = app.extensions[EXTENSION]
    key = secrets.token_hex(16)
    base = f"{HOME}/v1"
    settings = replace(own.settings, openai_base_url=base, openai_api_key=key, lease_s=LONG_LEASE_S)
    cache = Cache(settings.redis_url)
    app.extensions[EXTENSION] = replace(own, settings=settings, outbound=_Answers(), cache=cache)
    try:
        yield
    finally:
        app.extensions[EXTENSION] = own
        cache.redis.close()


def _play() -> None:
    site = _site()
    owner = {"account_id": site.account_id, "site_id": site.id}
    task = Task(**owner, title="Rehearsal", word_count=WORDS)
    db.session.add(task)
    db.session.commit()
    runs.submit(site, "generate_content", [task.id], {"images": False, "publish": True})
    for ticket in admit(AITaskLog, 1, 1):
        runs.execute(ticket.id, ticket.generation)
    for ticket in admit(Delivery, 1, 1):
        publishing.execute(ticket.id, ticket.generation)
        end = db.session.get_one(Delivery, ticket.id, populate_existing=True)
        log.info("rehearsed", state=end.state.value)


def _site() -> Site:
    account = Account(name="Rehearsal")
    db.session.add(account)
    db.session.flush()
    site = Site(
        account_id=account.id,
        url=HOME,
        rest_url=f"{HOME}/wp-json/",
        site_uuid=str(uuid.uuid4()),
        status=SiteStatus.CONNECTED,
        connection={"mode": "push", "site": {}},
        wp_username="rehearsal",
    )
    db.session.add(site)
    db.session.flush()
    context = site.seal_context("wp_password_sealed")
    site.wp_password_sealed = current().secrets.seal(secrets.token_hex(16), context)
    db.session.commit()
    return site


class _Answers(Outbound):
    """A provider and a site in one, without a network."""

    def request(self, method: str, url: str, *_more: Any, json: Any = None, **_rest: Any) -> Reply:
        """The receipt of a post; an empty list of models for everything else."""
        receipt = (
            {**RECEIPT, "status": json["status"], "slug": json.get("slug", "")} if json else {}
        )
        return _reply({"data": [], **receipt})

    @contextmanager
    def stream(self, *_asked: Any, **_more: Any) -> Iterator[Any]:
        """The article, in one piece."""
        yield _Stream()


class _Stream:
    status = 200
    headers: Mapping[str, str] = {}

    def lines(self) -> Iterator[bytes]:
        delta = {"content": json.dumps(ARTICLE)}
        choice = {"index": 0, "delta": delta, "finish_reason": "stop"}
        usage = {"prompt_tokens": 1, "completion_tokens": 1}
        yield b"data: " + json.dumps({"choices": [choice], "usage": usage}).encode()
        yield b"data: [DONE]"


def _reply(body: Mapping[str, Any]) -> Reply:
    return Reply(200, {"Content-Type": "application/json"}, json.dumps(body).encode(), 0)
