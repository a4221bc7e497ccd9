"""Gates before a provider and before a site: breakers, and slots per key, shared through Redis.

Without Redis every gate is open: the work itself must go on.
"""

import hashlib
import math
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from redis import Redis
from redis.exceptions import RedisError

from igny8_flask.cache import PREFIX
from igny8_flask.errors import ProviderError, WordPressError
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
PASSING = frozenset({"transient", "timeout", "capacity", "rate"})

_TAKE = """
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ARGV[1])
local mine = redis.call('ZSCORE', KEYS[1], ARGV[4])
if not mine and redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[3]) then return 0 end
redis.call('ZADD', KEYS[1], ARGV[2], ARGV[4])
redis.call('EXPIRE', KEYS[1], ARGV[5])
return 1
"""


class Breaker:
    """Remembers that somebody does not answer, so that not everybody has to find out.

    Open after FAILURES_TO_OPEN failures in a window, then one probe at a time; each further
    failure doubles the pause. Every method may raise RedisError.
    """

    def __init__(self, redis: Redis, name: str) -> None:
        self._redis = redis
        self._failures = f"{PREFIX}failures:{name}"
        self._open = f"{PREFIX}open:{name}"
        self._level = f"{PREFIX}level:{name}"
        self._probe = f"{PREFIX}probe:{name}"

    def told(self) -> tuple[str, str, float] | None:
        """While it is open: kind and words of the last failure, and seconds to wait."""
        told = self._redis.get(self._open)
        if isinstance(told, bytes):
            kind, _, words = told.decode().partition(" ")
            return kind, words, max(float(self._redis.ttl(self._open)), 1.0)
        half_open = self._redis.exists(self._level)
        if half_open and not self._redis.set(self._probe, b"1", nx=True, ex=PROBE_S):
            return "probing", "It is being tried again.", SLOT_WAIT_S
        return None

    def count_failure(self, kind: str, words: str) -> None:
        """Note a passing failure; opens when there are too many."""
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
        log.warning("breaker_open", seconds=seconds, kind=kind)
        self.open(kind, words, seconds)

    def open(self, kind: str, words: str, seconds: float) -> None:
        """Open at once; a longer wait that is already known stays."""
        whole = max(math.ceil(seconds), 1)
        if int(self._redis.ttl(self._open)) < whole:
            self._redis.set(self._open, f"{kind} {words}".encode(), ex=whole)

    def forget(self) -> None:
        """It works again."""
        self._redis.delete(self._failures, self._level, self._probe)


class ProviderGate:
    """The gate of one (base URL, key); the key itself is stored only as a digest.

    ``holder`` names the run: after a crash it finds the slot that it left behind.
    """

    def __init__(
        self, redis: Redis, base_url: str, api_key: str, slots: int, holder: uuid.UUID
    ) -> None:
        digest = hashlib.sha256(f"{base_url} {api_key}".encode()).hexdigest()[:24]
        self._redis = redis
        self._slots = slots
        self._holder = holder.hex
        self._taken = f"{PREFIX}slots:{digest}"
        self._breaker = Breaker(redis, digest)

    @contextmanager
    def passed(self) -> Iterator[None]:
        """Hold a slot for one call and learn from how it ends.

        Raises ProviderError of kind ``waiting`` while the gate is closed; it costs no attempt.
        """
        held = self._enter()
        try:
            yield
        except ProviderError as error:
            self._learn(error)
            raise
        else:
            _without_redis(self._breaker.forget)
        finally:
            if held:
                _without_redis(lambda: self._redis.zrem(self._taken, self._holder))

    def _enter(self) -> bool:
        try:
            self._check_breaker()
            now = time.time()
            keep = (now, now + SLOT_TTL_S, self._slots, self._holder, SLOT_TTL_S)
            if not self._redis.eval(_TAKE, 1, self._taken, *keep):
                raise _closed(
                    "All calls that this key may make at a time are under way.", SLOT_WAIT_S
                )
        except RedisError:
            log.info("gate_without_redis")
            return False
        return True

    def _check_breaker(self) -> None:
        told = self._breaker.told()
        if told is None:
            return
        kind, words, wait_s = told
        if kind in REFUSALS:
            raise ProviderError(words, kind)
        raise _closed("The provider is being tried again." if kind == "probing" else words, wait_s)

    def _learn(self, error: ProviderError) -> None:
        kind, words, asked_s = error.kind, error.message, error.retry_after_s
        if kind in PASSING and asked_s:
            _without_redis(lambda: self._breaker.open(kind, words, asked_s))
        elif kind in REFUSALS:
            _without_redis(lambda: self._breaker.open(kind, words, REFUSED_S))
        elif kind in PASSING:
            _without_redis(lambda: self._breaker.count_failure(kind, words))


class SiteGate:
    """The gate of one site's WordPress: while it is away its other deliveries do not knock."""

    def __init__(self, redis: Redis, site_id: uuid.UUID) -> None:
        self._breaker = Breaker(redis, site_id.hex)

    @contextmanager
    def passed(self) -> Iterator[None]:
        """Learn from how a delivery ends.

        Raises WordPressError ``wp_waiting`` while the gate is closed; it costs no attempt.
        """
        told: list[tuple[str, str, float] | None] = []
        _without_redis(lambda: told.append(self._breaker.told()))
        if told and told[0]:
            _, words, wait_s = told[0]
            raise WordPressError(words, "wp_waiting", retryable=True, retry_after_s=wait_s)
        try:
            yield
        except WordPressError as error:
            code, words = error.code, error.message
            if error.retryable:
                _without_redis(lambda: self._breaker.count_failure(code, words))
            raise
        else:
            _without_redis(self._breaker.forget)


def _without_redis(step: Callable[[], object]) -> None:
    """Take a step that may be left out while Redis is away."""
    try:
        step()
    except RedisError:
        log.info("gate_without_redis")


def _closed(words: str, wait_s: float) -> ProviderError:
    return ProviderError(words, "waiting", retryable=True, retry_after_s=wait_s)
