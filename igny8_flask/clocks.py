"""How far apart clocks are: this host's, the database's, Redis's and a site's.

A skew is the other clock's time minus ours, in seconds: positive where the other runs ahead.
"""

import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

TOLERATED_S = 30.0  # beyond this people notice: in logs, in plans, in what is due
DATE_STEP_S = 1.0  # an HTTP date is cut off to whole seconds


def skew_s(ask: Callable[[], datetime | None]) -> float | None:
    """The skew of the clock that answers, or None where it tells no time.

    It is held against the middle of the question, so that a slow line counts half at most.
    """
    begun = time.time()
    told = ask()
    if told is None:
        return None
    return told.timestamp() - (begun + time.time()) / 2


def http_date(headers: Mapping[str, str]) -> datetime | None:
    """The middle of the second in which an answer was made; None for kept copies and nonsense."""
    if headers.get("Age", "0").strip() != "0":
        return None
    try:
        told = parsedate_to_datetime(headers.get("Date", ""))
    except ValueError:
        return None
    aware = told if told.tzinfo else told.replace(tzinfo=UTC)
    return datetime.fromtimestamp(aware.timestamp() + DATE_STEP_S / 2, UTC)


def in_words(skew: float, of: str) -> str:
    """``12 s ahead of ours``, ``10 min behind ours``."""
    size = abs(skew)
    told = f"{size:.0f} s" if size < 120 else f"{size / 60:.0f} min"
    return f"{told} {'ahead of' if skew > 0 else 'behind'} {of}"


def is_off(skew: float | None) -> bool:
    """Whether a measured skew is more than people should have to live with."""
    return skew is not None and abs(skew) > TOLERATED_S
