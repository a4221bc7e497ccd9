"""Redis as a cache and a bell: ready status bodies for pollers, and a nudge for the dispatcher.

Nothing here is the truth; every call answers within a second and says False or None when Redis
is away. After a failure Redis is left alone for some seconds, so that one that hangs does not
slow every request down.
"""

import hashlib
import json
import time
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from igny8_flask.log import get_logger

log = get_logger(__name__)

PREFIX = "igny8:"
BELL = f"{PREFIX}bell"
DISPATCHER = f"{PREFIX}dispatcher"
LIVE_TTL_S = 20  # a body of unfinished work that nobody renews gives way to the database
FINAL_TTL_S = 3600
DISPATCHER_TTL_S = 3600
CALLER_TTL_S = 5  # longest time that a revoked key may still read a status
REST_S = 5.0  # how long a Redis that failed is not asked again
Answer = TypeVar("Answer")


@dataclass(frozen=True)
class StatusBody:
    """A ready answer of the status route."""

    body: bytes
    etag: str

    @classmethod
    def of(cls, status: dict[str, Any]) -> "StatusBody":
        """Serialize a status; equal statuses have equal etags."""
        body = json.dumps(status, ensure_ascii=False, sort_keys=True).encode()
        return cls(body, hashlib.blake2b(body, digest_size=12).hexdigest())


@dataclass(frozen=True)
class Caller:
    """Whom a site key belongs to, for polls."""

    public_id: str
    digest: str
    account_id: uuid.UUID
    site_id: uuid.UUID


@dataclass(frozen=True)
class Heartbeat:
    """When a dispatcher made its last pass (Unix time), and how many workers it saw."""

    at: float
    workers: int


def connect(redis_url: str) -> Redis:
    """Client that fails fast: for everything but a worker's blocking pop."""
    return Redis.from_url(
        redis_url,
        socket_timeout=0.5,
        socket_connect_timeout=0.5,
        retry=Retry(NoBackoff(), 1),
        health_check_interval=30,
    )


class Cache:
    """Status bodies, the dispatcher's bell, and when it was last seen."""

    def __init__(self, redis_url: str) -> None:
        self.redis = connect(redis_url)
        self._rests_until = 0.0

    def ask(self, question: Callable[[Redis], Answer]) -> Answer | None:
        """The answer of Redis; None when it is away, or was just now."""
        if time.monotonic() < self._rests_until:
            return None
        try:
            return question(self.redis)
        except RedisError as error:
            self._rests_until = time.monotonic() + REST_S
            log.warning("redis_away", error=str(error))
            return None

    def is_away(self) -> bool:
        """Whether Redis failed to answer now, or just before."""
        return self.ask(lambda redis: redis.ping()) is None

    def is_up(self) -> bool:
        """Whether Redis answers now, however it did before."""
        try:
            up = bool(self.redis.ping())
        except RedisError:
            return False
        self._rests_until = 0.0
        return up

    def put_status(
        self, site_id: uuid.UUID, work_id: uuid.UUID, status: StatusBody, final: bool
    ) -> bool:
        """Store the body pollers get; the site travels with it so that others never see it."""
        value = b" ".join((site_id.hex.encode(), status.etag.encode(), status.body))
        seconds = FINAL_TTL_S if final else LIVE_TTL_S
        return bool(self.ask(lambda redis: redis.set(_status_key(work_id), value, ex=seconds)))

    def get_status(self, site_id: uuid.UUID, work_id: uuid.UUID) -> StatusBody | None:
        """The stored body when it is that site's; None = ask the database."""
        return _body_of(self.ask(lambda redis: redis.get(_status_key(work_id))), site_id)

    def drop_status(self, work_id: uuid.UUID) -> None:
        """Forget a body that no longer tells the truth."""
        self.ask(lambda redis: redis.delete(_status_key(work_id)))

    def put_caller(self, caller: Caller) -> None:
        """Keep for a moment whose key this is."""
        value = f"{caller.digest} {caller.account_id.hex} {caller.site_id.hex}"
        key = _caller_key(caller.public_id)
        self.ask(lambda redis: redis.set(key, value, ex=CALLER_TTL_S))

    def get_polled(
        self, public_id: str, work_id: uuid.UUID
    ) -> tuple[Caller | None, StatusBody | None]:
        """Whose key this was a moment ago, and the status of a work of that site; one request."""
        keys = (_caller_key(public_id), _status_key(work_id))
        known, status = self.ask(lambda redis: redis.mget(keys)) or (None, None)
        if not isinstance(known, bytes):
            return None, None
        try:
            digest, account_id, site_id = known.decode().split()
            caller = Caller(public_id, digest, uuid.UUID(account_id), uuid.UUID(site_id))
        except ValueError:
            return None, None
        return caller, _body_of(status, caller.site_id)

    def drop_callers(self, public_ids: Iterable[str]) -> None:
        """Forget keys that are valid no more."""
        keys = [_caller_key(one) for one in public_ids]
        if keys:
            self.ask(lambda redis: redis.delete(*keys))

    def recall(self, name: str) -> Any:
        """A remembered JSON value, or None."""
        try:
            stored = self.redis.get(PREFIX + name)
        except RedisError:
            return None
        return json.loads(stored) if isinstance(stored, bytes) else None

    def remember(self, name: str, value: Any, seconds: int) -> bool:
        """Keep a JSON value for all processes for a while."""
        try:
            self.redis.set(PREFIX + name, json.dumps(value), ex=seconds)
        except RedisError:
            return False
        return True

    def ring(self) -> bool:
        """Wake the dispatcher: there is new work."""
        return self.ask(lambda redis: redis.publish(BELL, b"1")) is not None

    def note_dispatcher(self, workers: int) -> None:
        """Say that the dispatcher has made a pass now and saw so many workers."""
        value = f"{time.time()} {workers}"
        self.ask(lambda redis: redis.set(DISPATCHER, value, ex=DISPATCHER_TTL_S))

    def dispatcher(self) -> Heartbeat | None:
        """The last sign of life of a dispatcher; None when nobody knows."""
        value = self.ask(lambda redis: redis.get(DISPATCHER))
        if not isinstance(value, bytes):
            return None
        at, workers = value.split()
        return Heartbeat(float(at), int(workers))


def _body_of(value: Any, site_id: uuid.UUID) -> StatusBody | None:
    if not isinstance(value, bytes):
        return None
    owner, etag, body = value.split(b" ", 2)
    return StatusBody(body, etag.decode()) if owner.decode() == site_id.hex else None


def _caller_key(public_id: str) -> str:
    return f"{PREFIX}caller:{public_id}"


def _status_key(work_id: uuid.UUID) -> str:
    return f"{PREFIX}status:{work_id.hex}"
