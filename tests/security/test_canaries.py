"""Known secrets go in everywhere; nothing that leaves the product or lies on a disk shows them."""

import base64
import re
import secrets
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from igny8_flask import create_app, handshake, runs, site_keys
from igny8_flask.cli import install_commands
from igny8_flask.config import Settings
from igny8_flask.db import db
from igny8_flask.leases import Ticket, admit
from igny8_flask.log import get_logger
from igny8_flask.models import (
    AITaskLog,
    Delivery,
    IntegrationSettings,
    KeyScope,
    Site,
    WorkState,
)
from igny8_flask.publishing import execute, submit
from igny8_flask.queue import JobQueue
from igny8_flask.services import current
from tests.factories import make_content, make_environ, make_site, make_task, operating
from tests.lab.services import Redis
from tests.security.conftest import Teller
from tests.security.echo import indiscreet_server

pytestmark = pytest.mark.redis

LISTING = (
    *(("sites", "list"), ("keys", "list"), ("runs", "list"), ("settings", "show"), ("doctor",)),
    *(("deliveries", "list"), ("queue",), ("prompts", "list"), ("budgets", "list")),
)


@dataclass
class Canaries:
    """The secrets by kind, none of which has a shape that gives it away."""

    found: dict[str, str]

    def seen_in(self, dump: str) -> list[str]:
        """The kinds whose secret stands in a text, in clear or in base64."""
        return [
            kind
            for kind, secret in self.found.items()
            if secret in dump or base64.b64encode(secret.encode()).decode().rstrip("=") in dump
        ]


def random_words() -> str:
    """A secret like any other: letters and digits."""
    return secrets.token_hex(16)


@pytest.fixture
def locked_redis(redis_server: Redis) -> Iterator[tuple[str, str]]:
    """A Redis that asks for a password, and its URL with it."""
    password, client = random_words(), redis_server.client
    client.flushall()
    client.config_set("requirepass", password)
    yield redis_server.url.replace("redis://", f"redis://:{password}@"), password
    client.config_set("requirepass", "")


@pytest.fixture
def scene(
    tmp_path: Path, locked_redis: tuple[str, str], capfd: pytest.CaptureFixture[str]
) -> Iterator[tuple[Flask, Site, Canaries, str]]:
    """An application whose provider and whose site betray every secret that they are sent."""
    ring = secrets.token_bytes(32)
    given = {
        "operator's provider key": random_words(),
        "Runware key": random_words(),
        "pepper": random_words(),
        "metrics token": random_words(),
        "Redis password": locked_redis[1],
        "key ring": base64.b64encode(ring).decode(),
    }
    with indiscreet_server() as betrayer:
        environ = make_environ(
            DATABASE_URL=f"sqlite:///{tmp_path}/canaries.db",
            REDIS_URL=locked_redis[0],
            OPENAI_API_KEY=given["operator's provider key"],
            OPENAI_BASE_URL=f"{betrayer}/v1",
            RUNWARE_API_KEY=given["Runware key"],
            RUNWARE_BASE_URL=f"{betrayer}/v1",
            IGNY8_PEPPER=given["pepper"],
            IGNY8_METRICS_TOKEN=given["metrics token"],
            IGNY8_KEYS=f"a:{given['key ring']}",
            IGNY8_ALLOW_PRIVATE=betrayer.removeprefix("http://"),
        )
        app = create_app(Settings.from_env(environ))
        install_commands(app)
        with operating(app):
            db.create_all()
            connected = make_site(url=betrayer, rest_url=f"{betrayer}/wp-json/")
            given |= {"site key": connected.key, **_sealed(connected.site)}
            given["key for reading"] = site_keys.issue(connected.site, KeyScope.READ)
            code = handshake.new_connect_code("https://new.example.com")
            given["connect code"] = re.findall(
                r'"code":"([^"]+)"', base64.urlsafe_b64decode(code[6:] + "===").decode()
            )[0]
            yield app, connected.site, Canaries(given), connected.key
            db.session.remove()
            db.engine.dispose()


def _sealed(site: Site) -> dict[str, str]:
    """Secrets that the site handed over."""
    box, made = current().secrets, {}
    for column in ("wp_password_sealed", "webhook_secret_sealed"):
        made[column] = random_words()
        setattr(site, column, box.seal(made[column], site.seal_context(column)))
    site.wp_username = "igny8-publisher"
    row = IntegrationSettings(
        account_id=site.account_id, site_id=site.id, integration_type="openai"
    )
    db.session.add(row)
    db.session.flush()
    made["site's provider key"] = random_words()
    row.secret_sealed = box.seal(made["site's provider key"], row.seal_context())
    db.session.commit()
    return made


def work_that_fails(site: Site, app: Flask) -> list[str]:
    """One run with each provider key and a delivery; every one of them is refused."""
    queue = JobQueue(app.extensions["igny8"].settings.redis_url)
    codes = []
    for _ in range(2):
        task = make_task(site)
        runs.submit(site, "generate_content", [task.id], {"images": False, "publish": False})
        (ticket,) = admit(AITaskLog, 10, 10)
        queue.send(ticket)
        runs.execute(ticket.id, ticket.generation)
        codes.append(_code(ticket))
        db.session.delete(db.session.scalars(select(IntegrationSettings)).first() or task)
        db.session.commit()
    submit(site, [make_content(site).id], {})
    (ticket,) = admit(Delivery, 10, 10)
    queue.send(ticket)
    execute(ticket.id, ticket.generation)
    return [*codes, _code(ticket)]


def _code(ticket: Ticket) -> str:
    model: type[Any] = ticket.model
    row = db.session.get_one(model, ticket.id, populate_existing=True)
    assert row.state is not WorkState.SUCCESS
    return str(row.error_code)


def dump_of_redis(redis: Redis) -> str:
    parts: list[Any] = []
    for key in redis.client.scan_iter():
        kind: Any = redis.client.type(key)
        read: dict[bytes, Any] = {
            b"string": redis.client.get,
            b"hash": redis.client.hgetall,
            b"set": redis.client.smembers,
            b"list": lambda name: redis.client.lrange(name, 0, -1),
            b"zset": lambda name: redis.client.zrange(name, 0, -1),
        }
        parts.append((key, read[kind](key)))
    return repr(parts)


def answers_of(app: Flask, key: str) -> str:
    client, texts = app.test_client(), []
    for rule in app.url_map.iter_rules():
        for headers in ({"Authorization": f"Bearer {key}"}, {}):
            path = re.sub(r"<[^>]+>", str(uuid.uuid4()), rule.rule)
            method = "GET" if "GET" in (rule.methods or ()) else "POST"
            answer = client.open(path, method=method, headers=headers)
            texts.append(f"{answer.headers} {answer.text}")
    return "\n".join(texts)


def test_no_canary_is_found_in_clear(
    scene: tuple[Flask, Site, Canaries, str],
    tmp_path: Path,
    redis_server: Redis,
    capfd: pytest.CaptureFixture[str],
    tell: Teller,
) -> None:
    app, site, canaries, key = scene
    codes = work_that_fails(site, app)
    assert codes[0].startswith("provider_")
    assert codes[2].startswith("wp_")
    client = app.test_client()
    client.post("/v1/sites/connect/", json={"code": canaries.found["connect code"]})
    client.get("/metrics", headers={"Authorization": f"Bearer {canaries.found['metrics token']}"})
    for secret in canaries.found.values():  # what a careless line of ours would write
        get_logger("canary").info("careless", text=f"a {secret} b", password=secret)
    runner = app.test_cli_runner()
    dumps = {
        "HTTP answers": answers_of(app, key),
        "commands": "".join(runner.invoke(args=args).output for args in LISTING),
        "Redis": dump_of_redis(redis_server),
    }
    db.session.commit()
    dumps["database"] = "".join(
        path.read_bytes().decode("latin-1") for path in tmp_path.glob("canaries.db*")
    )
    dumps["logs"] = "".join(capfd.readouterr())
    assert "Incorrect credentials" in dumps["database"], "the betrayals must have come through"
    assert "careless" in dumps["logs"]
    assert "rq:job" in dumps["Redis"]
    assert str(site.url) in dumps["commands"]
    found = {place: canaries.seen_in(text) for place, text in dumps.items()}
    assert found == {place: [] for place in dumps}
    tell("T4 canaries found in clear", f"0 of {len(canaries.found)} in {len(dumps)} dumps")


def test_a_database_password_stays_out_of_logs_and_answers(
    capfd: pytest.CaptureFixture[str],
) -> None:
    password = random_words()
    url = f"postgresql://igny8:{password}@127.0.0.1:1/igny8"
    app = create_app(Settings.from_env(make_environ(DATABASE_URL=url)))
    answer = app.test_client().get("/readyz")
    assert answer.status_code == 503
    assert password not in answer.text + "".join(capfd.readouterr())
    assert password not in repr(replace(app.extensions["igny8"].settings, debug=True))
