"""Breakers: who does not answer, or asked to be left alone, is left alone for a while by all.

Shared through Redis. While Redis is away each process keeps its own, so that what it learns
itself still counts; nothing new begins without Redis, so that no more is needed.
"""

import math
import threading
import time
import uuid
from collections import OrderedDict, deque
from collections.abc import Callable
from typing import TypeVar

from redis import Redis
from redis.exceptions import RedisError

from igny8_flask.cache import PREFIX
from igny8_flask.log import get_logger

log = get_logger(__name__)

FAILURES_TO_OPEN = 5
FAILURE_WINDOW_S = 60
OPEN_S = 30
OPEN_MAX_S = 600
PROBE_S = 30
PROBE_WAIT_S = 3.0
MAX_OWN = 10_000
PROBING = "probing"
Told = tuple[str, str, float]  # kind and words of the last failure, and seconds to wait
Answer = TypeVar("Answer")


class SharedBreaker:
    """Kept in Redis: open after FAILURES_TO_OPEN failures in a window, then one probe at a time;
    each further failure doubles the pause. Every method may raise RedisError."""

    def __init__(self, redis: Redis, name: str) -> None:
        self._redis = redis
        self._failures = f"{PREFIX}failures:{name}"
        self._open = f"{PREFIX}open:{name}"
        self._level = f"{PREFIX}level:{name}"
        self._probe = f"{PREFIX}probe:{name}"

    def told(self) -> Told | None:
        """While it is open: why, and how long."""
        told = self._redis.get(self._open)
        if isinstance(told, bytes):
            kind, _, words = told.decode().partition(" ")
            return kind, words, max(float(self._redis.ttl(self._open)), 1.0)
        half_open = self._redis.exists(self._level)
        if half_open and not self._redis.set(self._probe, b"1", nx=True, ex=PROBE_S):
            return PROBING, "It is being tried again.", PROBE_WAIT_S
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


class OwnBreaker:
    """Kept by this process alone, for threads; it opens for the same reasons, without probes."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._failures: deque[float] = deque(maxlen=FAILURES_TO_OPEN)
        self._open: tuple[str, str] = ("", "")
        self._until = 0.0

    def told(self) -> Told | None:
        """While it is open: why, and how long."""
        left = self._until - time.monotonic()
        return (*self._open, max(left, 1.0)) if left > 0 else None

    def count_failure(self, kind: str, words: str) -> None:
        """Note a passing failure; opens when there are too many."""
        now = time.monotonic()
        with self._lock:
            self._failures.append(now)
            full = len(self._failures) == FAILURES_TO_OPEN
            many = full and now - self._failures[0] < FAILURE_WINDOW_S
        if many:
            self.open(kind, words, OPEN_S)

    def open(self, kind: str, words: str, seconds: float) -> None:
        """Open at once; a longer wait that is already known stays."""
        with self._lock:
            until = time.monotonic() + seconds
            if until > self._until:
                self._open, self._until = (kind, words), until

    def forget(self) -> None:
        """It works again."""
        with self._lock:
            self._failures.clear()


class Breaker:
    """The shared breaker of a name, and this process's own while Redis is away."""

    def __init__(self, redis: Redis, name: str) -> None:
        self._shared = SharedBreaker(redis, name)
        self._own = _own(name)

    def told(self) -> Told | None:
        """While it is open: why, and how long."""
        return self._either(lambda breaker: breaker.told())

    def count_failure(self, kind: str, words: str) -> None:
        """Note a passing failure; opens when there are too many."""
        self._either(lambda breaker: breaker.count_failure(kind, words))

    def open(self, kind: str, words: str, seconds: float) -> None:
        """Open at once; a longer wait that is already known stays."""
        self._either(lambda breaker: breaker.open(kind, words, seconds))

    def forget(self) -> None:
        """It works again."""
        self._either(lambda breaker: breaker.forget())

    def _either(self, step: Callable[[SharedBreaker | OwnBreaker], Answer]) -> Answer:
        try:
            return step(self._shared)
        except RedisError:
            log.info("breaker_without_redis")
            return step(self._own)


_all_own: "OrderedDict[str, OwnBreaker]" = OrderedDict()
_lock = threading.Lock()


def _own(name: str) -> OwnBreaker:
    with _lock:
        breaker = _all_own.setdefault(name, OwnBreaker())
        _all_own.move_to_end(name)
        while len(_all_own) > MAX_OWN:
            _all_own.popitem(last=False)
    return breaker
