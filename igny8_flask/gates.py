"""Gates before a provider: a breaker and a number of slots per key, shared through Redis.

Without Redis every gate is open: the work itself must go on.
"""

import hashlib
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from redis import Redis
from redis.exceptions import RedisError

from igny8_flask.cache import PREFIX
from igny8_flask.errors import ProviderError
from igny8_flask.log import get_logger

log = get_logger(__name__)

FAILURES_TO_OPEN = 5
FAILURE_WINDOW_S = 60
OPEN_S = 30
OPEN_MAX_S = 600
REFUSED_S = 20  # after a refused key or an empty balance: nobody else needs to hear it again
PROBE_S = 30
SLOT_TTL_S = 660  # longer than any call may take, so that a dead worker's slot comes back
SLOT_WAIT_S = 3.0
REFUSALS = frozenset({"auth", "quota", "permission"})
PASSING = frozenset({"transient", "timeout", "capacity"})

_TAKE = """
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ARGV[1])
if redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[3]) then return 0 end
redis.call('ZADD', KEYS[1], ARGV[2], ARGV[4])
redis.call('EXPIRE', KEYS[1], ARGV[5])
return 1
"""


class ProviderGate:
    """The gate of one (base URL, key); the key itself is stored only as a digest."""

    def __init__(self, redis: Redis, base_url: str, api_key: str, slots: int) -> None:
        digest = hashlib.sha256(f"{base_url} {api_key}".encode()).hexdigest()[:24]
        self._redis = redis
        self._slots = slots
        self._taken = f"{PREFIX}slots:{digest}"
        self._failures = f"{PREFIX}failures:{digest}"
        self._open = f"{PREFIX}open:{digest}"
        self._level = f"{PREFIX}level:{digest}"
        self._probe = f"{PREFIX}probe:{digest}"

    @contextmanager
    def passed(self) -> Iterator[None]:
        """Hold a slot for one call and learn from how it ends.

        Raises ProviderError of kind ``capacity`` while the gate is closed; it costs no attempt.
        """
        slot = self._enter()
        try:
            yield
        except ProviderError as error:
            self._learn(error)
            raise
        else:
            self._forget()
        finally:
            self._leave(slot)

    def _enter(self) -> str | None:
        slot = uuid.uuid4().hex
        try:
            self._check_breaker()
            now = time.time()
            keep = (now, now + SLOT_TTL_S, self._slots, slot, SLOT_TTL_S)
            if not self._redis.eval(_TAKE, 1, self._taken, *keep):
                raise _closed(
                    "All calls that this key may make at a time are under way.", SLOT_WAIT_S
                )
        except RedisError:
            log.info("gate_without_redis")
            return None
        return slot

    def _check_breaker(self) -> None:
        told = self._redis.get(self._open)
        if isinstance(told, bytes):
            kind, _, words = told.decode().partition(" ")
            if kind in REFUSALS:
                raise ProviderError(words, kind)
            raise _closed(words, max(float(self._redis.ttl(self._open)), 1.0))
        half_open = self._redis.exists(self._level)
        if half_open and not self._redis.set(self._probe, b"1", nx=True, ex=PROBE_S):
            raise _closed("The provider is being tried again.", SLOT_WAIT_S)

    def _learn(self, error: ProviderError) -> None:
        try:
            if error.kind in REFUSALS:
                self._close(error, REFUSED_S)
            elif error.kind in PASSING:
                self._count_failure(error)
        except RedisError:
            log.info("gate_without_redis")

    def _count_failure(self, error: ProviderError) -> None:
        now = time.time()
        with self._redis.pipeline() as pipe:
            pipe.zremrangebyscore(self._failures, "-inf", now - FAILURE_WINDOW_S)
            pipe.zadd(self._failures, {uuid.uuid4().hex: now})
            pipe.zcard(self._failures)
            pipe.expire(self._failures, FAILURE_WINDOW_S)
            failures = pipe.execute()[2]
        if failures < FAILURES_TO_OPEN and not self._redis.exists(self._level):
            return
        level = int(self._redis.incr(self._level))
        self._redis.expire(self._level, 2 * OPEN_MAX_S)
        seconds = min(OPEN_S * 2 ** (level - 1), OPEN_MAX_S)
        log.warning("breaker_open", seconds=seconds, code=error.code)
        self._close(error, seconds)

    def _close(self, error: ProviderError, seconds: int) -> None:
        self._redis.set(self._open, f"{error.kind} {error.message}".encode(), ex=seconds)

    def _forget(self) -> None:
        try:
            self._redis.delete(self._failures, self._level, self._probe)
        except RedisError:
            log.info("gate_without_redis")

    def _leave(self, slot: str | None) -> None:
        try:
            if slot:
                self._redis.zrem(self._taken, slot)
        except RedisError:
            log.info("gate_without_redis")


def _closed(words: str, wait_s: float) -> ProviderError:
    return ProviderError(words, "waiting", retryable=True, retry_after_s=wait_s)
