"""Redis as a cache and a bell: ready status bodies for pollers, and a nudge for the dispatcher.

Nothing here is the truth; every call answers within a second and says False or None when Redis
is away.
"""

import hashlib
import json
import uuid
from dataclasses import dataclass
from typing import Any

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from igny8_flask.log import get_logger

log = get_logger(__name__)

PREFIX = "igny8:"
BELL = f"{PREFIX}bell"
LIVE_TTL_S = 20  # a body of unfinished work that nobody renews gives way to the database
FINAL_TTL_S = 3600


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


def connect(redis_url: str) -> Redis:
    """Client that fails fast: for everything but a worker's blocking pop."""
    return Redis.from_url(
        redis_url,
        socket_timeout=1.0,
        socket_connect_timeout=0.5,
        retry=Retry(NoBackoff(), 1),
        health_check_interval=30,
    )


class Cache:
    """Status bodies and the dispatcher's bell."""

    def __init__(self, redis_url: str) -> None:
        self.redis = connect(redis_url)

    def is_up(self) -> bool:
        """Whether Redis answers now."""
        try:
            return bool(self.redis.ping())
        except RedisError:
            return False

    def put_status(
        self, site_id: uuid.UUID, work_id: uuid.UUID, status: StatusBody, final: bool
    ) -> bool:
        """Store the body pollers get; the site travels with it so that others never see it."""
        value = b" ".join((site_id.hex.encode(), status.etag.encode(), status.body))
        try:
            self.redis.set(_status_key(work_id), value, ex=FINAL_TTL_S if final else LIVE_TTL_S)
        except RedisError:
            return False
        return True

    def get_status(self, site_id: uuid.UUID, work_id: uuid.UUID) -> StatusBody | None:
        """The stored body when it is that site's; None = ask the database."""
        try:
            value = self.redis.get(_status_key(work_id))
        except RedisError:
            return None
        if not isinstance(value, bytes):
            return None
        owner, etag, body = value.split(b" ", 2)
        return StatusBody(body, etag.decode()) if owner.decode() == site_id.hex else None

    def drop_status(self, work_id: uuid.UUID) -> None:
        """Forget a body that no longer tells the truth."""
        try:
            self.redis.delete(_status_key(work_id))
        except RedisError:
            log.info("cache_away", work_id=str(work_id))

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
        try:
            self.redis.publish(BELL, b"1")
        except RedisError:
            return False
        return True


def _status_key(work_id: uuid.UUID) -> str:
    return f"{PREFIX}status:{work_id.hex}"
