"""Limits on how often somebody may knock: a token bucket each, shared through Redis.

While Redis is away each process keeps its own buckets, so that the limits still hold.
"""

import threading
import time
from collections import OrderedDict
from dataclasses import dataclass, field
from math import ceil
from typing import Any

from redis import Redis

from igny8_flask.cache import PREFIX, Cache
from igny8_flask.errors import RateLimitedError

MAX_BUCKETS = 10_000

_TAKE = """
local kept = redis.call('HMGET', KEYS[1], 'tokens', 'at')
local clock = redis.call('TIME')
local now = tonumber(clock[1]) + tonumber(clock[2]) / 1000000
local burst, rate, amount = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local passed = now - (tonumber(kept[2]) or now)
local tokens = math.min(burst, (tonumber(kept[1]) or burst) + passed * rate)
local missing = amount - tokens
if missing <= 0 then tokens = math.min(burst, tokens - amount) end
redis.call('HSET', KEYS[1], 'tokens', tostring(tokens), 'at', tostring(now))
redis.call('EXPIRE', KEYS[1], math.ceil(burst / rate) + 1)
return tostring(math.max(missing, 0))
"""


@dataclass(frozen=True)
class Limit:
    """``burst`` at once, refilled by ``per_minute``; ``words`` are told to who passes it."""

    name: str
    per_minute: int
    burst: int
    words: str


@dataclass
class Limiter:
    """Takes tokens from the bucket of a limit and a key."""

    cache: Cache
    _own: "OrderedDict[str, tuple[float, float]]" = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, limit: Limit, key: str, amount: int = 1) -> None:
        """Take a token or raise RateLimitedError; a negative amount gives back."""
        name = f"{PREFIX}limit:{limit.name}:{key}"
        numbers = (limit.burst, limit.per_minute / 60, amount)

        def shared(redis: Redis) -> Any:
            return redis.eval(_TAKE, 1, name, *map(str, numbers))

        answer = self.cache.ask(shared)
        missing = self._take_own(name, *numbers) if answer is None else float(answer)
        if missing > 0:
            wait_s = max(ceil(missing / numbers[1]), 1)
            words = f"{limit.words} Try again in {wait_s} seconds."
            raise RateLimitedError(words, retry_after_s=wait_s)

    def _take_own(self, name: str, burst: int, rate: float, amount: int) -> float:
        now = time.monotonic()
        with self._lock:
            tokens, at = self._own.pop(name, (float(burst), now))
            tokens = min(burst, tokens + (now - at) * rate)
            missing = amount - tokens
            self._own[name] = (min(burst, tokens - amount) if missing <= 0 else tokens, now)
            while len(self._own) > MAX_BUCKETS:
                self._own.popitem(last=False)
        return max(missing, 0.0)
