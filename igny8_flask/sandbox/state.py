"""What one sandbox remembers between requests."""

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from flask import Flask, current_app

from igny8_flask.sandbox.faults import FaultBook
from igny8_flask.sandbox.journal import Journal
from igny8_flask.sandbox.latency import Latency

KEPT_ITEMS = 2_000
PREFIX_PIECE_CHARS = 512  # about 128 tokens, the step in which prompt caches count
EXTENSION = "igny8_sandbox"


class Shelf:
    """A thread-safe mapping that drops its oldest items beyond a limit."""

    def __init__(self, limit: int = KEPT_ITEMS) -> None:
        self.lock = threading.RLock()
        self._items: OrderedDict[str, Any] = OrderedDict()
        self._limit = limit

    def get(self, name: str) -> Any:
        """Return an item or None."""
        with self.lock:
            return self._items.get(name)

    def put(self, name: str, item: Any) -> None:
        """Keep an item."""
        with self.lock:
            self._items[name] = item
            while len(self._items) > self._limit:
                self._items.popitem(last=False)

    def add(self, name: str, item: Any) -> bool:
        """Keep an item unless the name is taken; tell whether it was free."""
        with self.lock:
            if name in self._items:
                return False
            self.put(name, item)
            return True

    def clear(self) -> None:
        """Forget everything."""
        with self.lock:
            self._items.clear()


@dataclass
class Sandbox:
    """The whole state of one stand-in server."""

    latency: Latency
    default_latency: Latency
    seed: int
    faults: FaultBook = field(default_factory=FaultBook)
    journal: Journal = field(default_factory=Journal)
    hosted: Shelf = field(default_factory=Shelf)
    runware_tasks: Shelf = field(default_factory=Shelf)
    files: Shelf = field(default_factory=Shelf)
    batches: Shelf = field(default_factory=Shelf)
    prefixes: Shelf = field(default_factory=lambda: Shelf(20_000))
    shift: timedelta = timedelta()
    pace_over: threading.Event = field(default_factory=threading.Event)
    refuse_connections: Callable[[float], None] | None = None

    def now(self) -> datetime:
        """Return the sandbox's time, which tests may move."""
        return datetime.now(UTC) + self.shift

    def set_pace(self, latency: Latency) -> None:
        """Answer at this pace from now on, and at once whatever still waits at the old one."""
        self.latency = latency
        over, self.pace_over = self.pace_over, threading.Event()
        over.set()

    def reset(self) -> None:
        """Return to the state of a fresh start."""
        self.faults.clear()
        self.journal.clear()
        for shelf in (self.hosted, self.runware_tasks, self.files, self.batches, self.prefixes):
            shelf.clear()
        self.shift = timedelta()
        self.set_pace(self.default_latency)

    def cached_prefix_tokens(self, model: str, prompt: str) -> int:
        """Count the prompt's tokens that an earlier request began with too (1024 or more)."""
        cached, known, digest = 0, True, hashlib.sha256(model.encode())
        for end in range(PREFIX_PIECE_CHARS, len(prompt) + 1, PREFIX_PIECE_CHARS):
            digest.update(prompt[end - PREFIX_PIECE_CHARS : end].encode())
            name = digest.hexdigest()
            known = known and self.prefixes.get(name) is not None
            if known:
                cached = end // 4
            else:
                self.prefixes.put(name, True)
        return cached if cached >= 1024 else 0


def sandbox_of(app: Flask) -> Sandbox:
    """Return the state of a sandbox app."""
    return cast(Sandbox, app.extensions[EXTENSION])


def current_sandbox() -> Sandbox:
    """Return the state of the sandbox that serves this request."""
    return sandbox_of(current_app)
