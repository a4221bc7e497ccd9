"""Attacks that need repetition: replays, guesses, rotation and revocation under load."""

import base64
import json
import random
import threading
import time
import uuid
from typing import Any

from sqlalchemy import func, select

from igny8_flask import handshake, site_keys
from igny8_flask.cache import CALLER_TTL_S
from igny8_flask.crypto import new_site_key
from igny8_flask.db import db
from igny8_flask.models import Site, SiteKey, Task
from tests.security.conftest import Teller
from tests.security.ground import Ground, revive

TASKS, ME = "/v1/writer/tasks/", "/v1/sites/me/"


def tasks_of(place: Ground) -> int:
    counted = select(func.count()).select_from(Task).where(Task.site_id == place.ours.site.id)
    return db.session.scalar(counted) or 0


def mutated(body: bytes, chance: random.Random) -> bytes:
    """The body as it is, or with a piece of it changed, dropped or doubled."""
    at = chance.randrange(len(body))
    return chance.choice(
        (body, body[:at] + bytes([chance.randrange(256)]) + body[at + 1 :], body[:at], body * 2)
    )


def test_no_replayed_or_changed_call_has_a_second_effect(
    place: Ground, full: bool, tell: Teller
) -> None:
    client, chance = place.app.test_client(), random.Random(7)
    headers = {**place.ours.headers, "Idempotency-Key": f"replayed-{uuid.uuid4().hex}"}
    body = json.dumps({"items": [{"title": "Written once", "keywords": ["soil"]}]}).encode()

    def send(data: bytes) -> Any:
        return client.post(TASKS, data=data, content_type="application/json", headers=headers)

    first, before = send(body), tasks_of(place)
    calls = 1000 if full else 150
    for _ in range(calls):
        changed = mutated(body, chance)
        answer = send(changed)
        if changed == body:
            assert (answer.status_code, answer.json) == (201, first.json)
        else:
            assert answer.status_code in (400, 422), answer.text
    assert tasks_of(place) == before
    tell("T3 replayed and changed calls, second effects", f"0 of {calls}")


def test_guessed_connect_codes_are_locked(place: Ground, full: bool, tell: Teller) -> None:
    client = place.app.test_client()
    text = handshake.new_connect_code("https://guessed.example.com")
    code = json.loads(base64.urlsafe_b64decode(text[6:] + "==="))["code"]
    said = {
        "site_uuid": str(uuid.uuid4()),
        "home_url": "https://guessed.example.com",
        "rest_url": "https://guessed.example.com/wp-json/",
    }
    guesses, statuses = 10_000 if full else 300, []
    for number in range(guesses):
        guess = code[:-1] + "!" if number % 2 else new_site_key().text[:32]
        answer = client.post("/v1/sites/connect/", json={"code": guess, **said})
        statuses.append(answer.status_code)
    assert set(statuses) == {422, 429}
    assert statuses.count(422) <= 10 + guesses * 0.05
    assert client.post("/v1/sites/connect/", json={"code": code, **said}).status_code == 429
    elsewhere = client.post(
        "/v1/sites/connect/",
        json={"code": code, **said},
        environ_base={"REMOTE_ADDR": "198.51.100.7"},
    )
    assert elsewhere.status_code == 201
    tell("T6 guessed connect codes, hits", f"0 of {guesses:,}, locked after 10")


def test_guessed_site_keys_are_slowed(place: Ground) -> None:
    client = place.app.test_client()
    caller = {"environ_base": {"REMOTE_ADDR": "198.51.100.8"}}
    statuses = [
        client.get(
            ME, headers={"Authorization": f"Bearer {new_site_key().text}"}, **caller
        ).status_code
        for _ in range(90)
    ]
    assert statuses[0] == 401
    assert statuses[-1] == 429
    assert client.get(ME, headers=place.ours.headers, **caller).status_code == 200


def test_a_rotation_under_load_fails_no_call(place: Ground, full: bool, tell: Teller) -> None:
    key, statuses, stop = [place.ours.key], [], threading.Event()

    def call() -> None:
        client = place.app.test_client()
        while not stop.is_set():
            answer = client.get(ME, headers={"Authorization": f"Bearer {key[0]}"})
            statuses.append(answer.status_code)
            stop.wait(0.02)

    callers = [threading.Thread(target=call) for _ in range(3)]
    for caller in callers:
        caller.start()
    client = place.app.test_client()
    for _ in range(10 if full else 3):
        answer = client.post("/v1/sites/rotate_key/", headers={"Authorization": f"Bearer {key[0]}"})
        stop.wait(0.2)  # the old key is still in use while the new one is on its way
        key[0] = json.loads(answer.text)["site_key"]
        stop.wait(0.2)
    stop.set()
    for caller in callers:
        caller.join()
    assert set(statuses) == {200}
    revive(place.app)
    tell("T5 failed calls while the key rotates", f"0 of {len(statuses)}")


def test_a_revoked_key_is_refused_at_once(place: Ground, tell: Teller) -> None:
    site = db.session.get_one(Site, place.ours.site.id)
    text = site_keys.issue(site)
    db.session.commit()
    client, headers = place.app.test_client(), {"Authorization": f"Bearer {text}"}
    assert client.get(ME, headers=headers).status_code == 200
    public_id = db.session.scalars(
        select(SiteKey.public_id).where(SiteKey.digest == site_keys.digest(text))
    ).one()
    site_keys.revoke(public_id)
    started = time.monotonic()
    assert "key_revoked" in client.get(ME, headers=headers).text
    tell("T5 seconds until a revoked key is refused", f"{time.monotonic() - started:.2f}")
    assert CALLER_TTL_S <= 5, "polls may believe Redis for no longer"
    revive(place.app)
