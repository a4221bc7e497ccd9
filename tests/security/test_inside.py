"""Attacks by somebody who can write to the log, to Redis, or to the database."""

import json
import logging
import pickle
import subprocess
import sys
from pathlib import Path

import pytest
from rq import SimpleWorker
from rq.serializers import JSONSerializer

from igny8_flask.crypto import SecretBox
from igny8_flask.errors import ConfigError
from igny8_flask.log import configure_logging, get_logger
from igny8_flask.queue import QUEUE_NAME
from tests.lab.services import Redis
from tests.security.conftest import Teller
from workers.worker import make_fork_worker, queue_of

BREAKS = (
    *("\n", "\r", "\r\n", "\0", "\x1b[2J", "\x0b", "\x0c", "\x1c", "\x1d", "\x1e", "\x7f", "\x85"),
    *("\x9b31m", "\u2028", "\u2029", "\u202e", "\u2066", "\ufeff", "\ud800", "\udfff", "\b", "\a"),
    '"}\n{"event": "forged", "level": "critical"}',
)


def test_one_event_is_one_line_whatever_it_says(
    capfd: pytest.CaptureFixture[str], tell: Teller
) -> None:
    configure_logging()
    log, sent = get_logger("attack"), 0
    for mark in BREAKS:
        log.info(f"event{mark}", **{f"name{mark}": f"value{mark}x"}, nested={mark: [mark]})
        logging.getLogger("library").warning("said %s", f"a{mark}b")
        try:
            raise ValueError(f"broken{mark}\nTraceback: forged")
        except ValueError:
            log.error("failed", exc_info=True)
        sent += 3
    lines = capfd.readouterr().err.splitlines()
    assert len(lines) == sent
    events = [json.loads(line)["event"] for line in lines]
    assert "forged" not in events
    tell("T26 events with control characters, lines", f"{sent} events, {len(lines)} lines")


class _Bomb:
    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return Path.touch, (self.path,)  # type: ignore[return-value]


@pytest.mark.redis
def test_a_pickle_in_redis_is_never_run(redis_server: Redis, tmp_path: Path, tell: Teller) -> None:
    mark, client = tmp_path / "executed", redis_server.client
    pickle.loads(pickle.dumps(_Bomb(mark)))
    assert mark.exists(), "the control: whoever unpickles it runs it"
    mark.unlink()
    client.flushall()
    for number, data in enumerate((pickle.dumps(_Bomb(mark)), b"\x80\x04junk", b"[]", b"{")):
        client.hset(f"rq:job:bomb{number}", mapping={"data": data, "origin": QUEUE_NAME})
        client.rpush(f"rq:queue:{QUEUE_NAME}", f"bomb{number}")
    queue = queue_of(client)
    worker = SimpleWorker([queue], connection=client, serializer=queue.serializer)
    worker.work(burst=True, logging_level="CRITICAL")
    assert not mark.exists()
    assert make_fork_worker(redis_server.url).serializer is JSONSerializer
    tell("T28 pickles run from Redis", "0 of 4")


def test_a_sealed_secret_moved_anywhere_else_is_refused(tell: Teller) -> None:
    box = SecretBox({"2": bytes(range(32)), "1": bytes(range(1, 33))})
    places = [
        f"{table}.{column}:{account}:{row}"
        for table in ("site", "integration_settings")
        for column in ("wp_password_sealed", "webhook_secret_sealed")
        for account in ("a", "b")
        for row in ("1", "2")
    ]
    tried = 0
    for home in places:
        sealed = box.seal("a secret of sixteen", home)
        assert box.open(sealed, home) == "a secret of sixteen"
        version, _key, nonce, data = sealed.split(".")
        forged = (
            f"{version}.1.{nonce}.{data}",
            f"v2.2.{nonce}.{data}",
            f"{version}.9.{nonce}.{data}",
        )
        for envelope, place in [(sealed, one) for one in places if one != home] + [
            (one, home) for one in forged
        ]:
            with pytest.raises(ConfigError):
                box.open(envelope, place)
            tried += 1
    tell("T29 swapped secrets opened", f"0 of {tried}")


def test_the_memory_of_secrets_is_bounded() -> None:
    """Settings hide their own for good; those of rows give way to newer ones."""
    code = (
        "from igny8_flask import log\n"
        "log.hide_always('operators secret')\n"
        "[log.hide(f'secret number {n}') for n in range(5000)]\n"
        "assert len(log._secrets) == log.MAX_SECRETS\n"
        "assert 'operators secret' not in log.redact('an operators secret')\n"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
