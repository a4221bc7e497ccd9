"""What was asked of the sandbox: one entry a request, without secrets."""

import hashlib
import threading
from collections import deque
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

KEPT_ENTRIES = 50_000


@dataclass
class Entry:
    """One request: ``status`` is None while it runs, and stays so when no answer was sent."""

    number: int
    at: str
    request_id: str
    method: str
    path: str
    profile: str
    key: str | None = None
    key_leaked: bool = False
    function: str | None = None
    model: str | None = None
    stream: bool = False
    fault: str | None = None
    prompt_hash: str | None = None
    status: int | None = None
    error_code: str | None = None
    prompt_tokens: int = 0
    cached_tokens: int = 0
    completion_tokens: int = 0
    reasoning_tokens: int = 0
    images: int = 0
    billed: bool = False
    expected_cost_usd: float | None = 0.0
    ms: int | None = None
    disconnected: bool = False


class Journal:
    """A bounded, thread-safe list of entries."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._entries: deque[Entry] = deque(maxlen=KEPT_ENTRIES)
        self._count = 0

    def start(self, at: datetime, method: str, path: str, profile: str) -> Entry:
        """Open an entry for a request that has just arrived."""
        with self._lock:
            self._count += 1
            digest = hashlib.sha256(f"request {self._count}".encode()).hexdigest()[:24]
            entry = Entry(self._count, at.isoformat(), f"req_{digest}", method, path, profile)
            self._entries.append(entry)
        return entry

    def clear(self) -> None:
        """Forget all entries; numbers start at 1 again."""
        with self._lock:
            self._entries.clear()
            self._count = 0

    def matching(self, wanted: dict[str, str]) -> list[dict[str, Any]]:
        """List the entries whose fields read as wanted, oldest first."""
        with self._lock:
            rows = [asdict(entry) for entry in self._entries]
        return [
            row
            for row in rows
            if all(str(row[name]).lower() == value.lower() for name, value in wanted.items())
        ]


FIELDS = frozenset(Entry.__dataclass_fields__)


def mask_key(key: str) -> str:
    """Show a key's kind and its last four characters."""
    return f"{key[:3]}…{key[-4:]}" if len(key) > 8 else "…"


def hash_prompt(text: str) -> str:
    """Name a prompt by the first 16 hex digits of its SHA-256."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]
