"""Gates before a provider and before a site: a breaker each, and slots per provider key.

Shared through Redis. A process never makes more calls at a time with a key than it has slots, so
that the limit holds within each process while Redis is away.
"""

import hashlib
import threading
import time
import uuid
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager

from redis import Redis
from redis.exceptions import RedisError

from igny8_flask.breakers import PROBING, Breaker
from igny8_flask.cache import PREFIX
from igny8_flask.errors import ProviderError, WordPressError
from igny8_flask.log import get_logger

log = get_logger(__name__)

REFUSED_S = 20  # after a refused key or an empty balance: nobody else needs to hear it again
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


class OwnSlots:
    """The slots that this process holds, by key and holder; as in Redis, a holder has one."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._holders: defaultdict[str, set[str]] = defaultdict(set)

    def take(self, key: str, holder: str, slots: int) -> bool:
        """Take one of so many, or keep the one that the holder has."""
        with self._lock:
            if len(self._holders[key] - {holder}) >= slots:
                return False
            self._holders[key].add(holder)
            return True

    def release(self, key: str, holder: str) -> None:
        """Give it back."""
        with self._lock:
            self._holders[key].discard(holder)
            if not self._holders[key]:
                del self._holders[key]


_own_slots = OwnSlots()


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
        self._check_breaker()
        with self._own_slot(), self._shared_slot():
            try:
                yield
            except ProviderError as error:
                self._learn(error)
                raise
            else:
                self._breaker.forget()

    def _check_breaker(self) -> None:
        told = self._breaker.told()
        if told is None:
            return
        kind, words, wait_s = told
        if kind in REFUSALS:
            raise ProviderError(words, kind)
        raise _closed("The provider is being tried again." if kind == PROBING else words, wait_s)

    @contextmanager
    def _own_slot(self) -> Iterator[None]:
        if not _own_slots.take(self._taken, self._holder, self._slots):
            raise _no_slot()
        try:
            yield
        finally:
            _own_slots.release(self._taken, self._holder)

    @contextmanager
    def _shared_slot(self) -> Iterator[None]:
        held = self._take_shared()
        try:
            yield
        finally:
            if held:
                self._release_shared()

    def _take_shared(self) -> bool:
        """Whether a slot is held in Redis; False while it is away."""
        now = time.time()
        keep = (now, now + SLOT_TTL_S, self._slots, self._holder, SLOT_TTL_S)
        try:
            if not self._redis.eval(_TAKE, 1, self._taken, *keep):
                raise _no_slot()
        except RedisError:
            log.info("gate_without_redis")
            return False
        return True

    def _release_shared(self) -> None:
        try:
            self._redis.zrem(self._taken, self._holder)
        except RedisError:
            log.info("gate_without_redis")  # it runs out by itself

    def _learn(self, error: ProviderError) -> None:
        kind, words, asked_s = error.kind, error.message, error.retry_after_s
        if kind in PASSING and asked_s:
            self._breaker.open(kind, words, asked_s)
        elif kind in REFUSALS:
            self._breaker.open(kind, words, REFUSED_S)
        elif kind in PASSING:
            self._breaker.count_failure(kind, words)


class SiteGate:
    """The gate of one site's WordPress: while it is away its other deliveries do not knock."""

    def __init__(self, redis: Redis, site_id: uuid.UUID) -> None:
        self._breaker = Breaker(redis, site_id.hex)

    @contextmanager
    def passed(self) -> Iterator[None]:
        """Learn from how a delivery ends.

        Raises WordPressError ``wp_waiting`` while the gate is closed; it costs no attempt.
        """
        told = self._breaker.told()
        if told is not None:
            _, words, wait_s = told
            raise WordPressError(words, "wp_waiting", retryable=True, retry_after_s=wait_s)
        try:
            yield
        except WordPressError as error:
            if error.retryable:
                self._breaker.count_failure(error.code, error.message)
            raise
        else:
            self._breaker.forget()


def _no_slot() -> ProviderError:
    words = "All calls that this key may make at a time are under way."
    return _closed(words, SLOT_WAIT_S)


def _closed(words: str, wait_s: float) -> ProviderError:
    return ProviderError(words, "waiting", retryable=True, retry_after_s=wait_s)
