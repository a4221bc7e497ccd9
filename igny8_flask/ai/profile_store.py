"""What was learnt of models, shared by all processes; see ``providers.profiles``."""

import hashlib

from igny8_flask.ai.providers import MemoryProfiles, Profile
from igny8_flask.cache import Cache

KEPT_S = 30 * 86_400  # providers change: what was learnt is learnt anew now and then


class SharedProfiles:
    """A profile store for many processes; without Redis it remembers for itself."""

    def __init__(self, cache: Cache) -> None:
        self._cache = cache
        self._own = MemoryProfiles()

    def get(self, base_url: str, model: str) -> Profile | None:
        """Return what was learnt, or None."""
        stored = self._cache.recall(_name(base_url, model))
        return Profile.from_dict(stored) if stored else self._own.get(base_url, model)

    def put(self, base_url: str, model: str, profile: Profile) -> None:
        """Remember a profile."""
        self._own.put(base_url, model, profile)
        self._cache.remember(_name(base_url, model), profile.as_dict(), KEPT_S)


def _name(base_url: str, model: str) -> str:
    digest = hashlib.sha256(f"{base_url} {model}".encode()).hexdigest()
    return f"profile:{digest[:32]}"
