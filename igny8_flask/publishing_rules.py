"""When articles of a site may go public: slots or drip in the site's own time zone, with a ceiling.

Pure: rules and the clock come in, a time comes out.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
SLOT = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d")
OFFSET = re.compile(r"(?:UTC)?([+-])(\d{1,2})(?::?([0-5]\d))?")
DAY_STARTS = time(9)  # first post of a day that a ceiling or a weekday pushed it to
HORIZON_DAYS = 400
MAX_SLOTS = 48
MAX_PER_DAY = 500
MAX_DRIP_MINUTES = 30 * 24 * 60
MAX_INTERNAL_LINKS = 10


def zone_of(name: str) -> tzinfo:
    """A time zone as WordPress names it (``Europe/Berlin``, ``+02:00``); UTC for unknown ones."""
    offset = OFFSET.fullmatch(name)
    if offset:
        span = timedelta(hours=int(offset[2]), minutes=int(offset[3] or 0))
        return timezone(-span if offset[1] == "-" else span) if span < timedelta(days=1) else UTC
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC


def is_timed(rules: Mapping[str, Any]) -> bool:
    """Whether articles get a time of their own instead of going out when they are ready."""
    limits = rules["slots"] or rules["drip_minutes"] or rules["daily_max"]
    return rules["status"] == "publish" and bool(limits)


def next_time(
    rules: Mapping[str, Any],
    zone: tzinfo,
    now: datetime,
    planned: Collection[datetime],
    unplanned: Collection[datetime] = (),
) -> datetime:
    """The next free time after ``now``, in UTC; ``planned`` are the times given so far,
    ``unplanned`` those of posts that went public without one.

    A slot takes one article; the drip keeps its distance from the latest; no local day gets more
    than ``daily_max`` of both kinds. ValueError when the rules leave no time within 400 days.
    """
    days: dict[date, int] = {}
    for one in (*planned, *unplanned):
        day = one.astimezone(zone).date()
        days[day] = days.get(day, 0) + 1
    taken = {one.astimezone(UTC) for one in planned}
    for candidate in _candidates(rules, zone, now, planned):
        day = candidate.astimezone(zone).date()
        is_full = rules["daily_max"] and days.get(day, 0) >= rules["daily_max"]
        if not is_full and _on_weekday(rules, day) and candidate.astimezone(UTC) not in taken:
            return candidate.astimezone(UTC)
    raise ValueError("no time is left by these rules")


def _candidates(
    rules: Mapping[str, Any], zone: tzinfo, now: datetime, planned: Collection[datetime]
) -> Iterator[datetime]:
    start = now.astimezone(zone)
    if rules["slots"]:
        yield from _slots(sorted(rules["slots"]), zone, start)
        return
    step = timedelta(minutes=rules["drip_minutes"])
    first = max([start, *(one + step for one in planned)]) if step else start
    first = first.astimezone(zone)
    yield first
    for days in range(HORIZON_DAYS):
        day = first.date() + timedelta(days=days)
        opening = datetime.combine(day, DAY_STARTS, zone)
        for offset in range(MAX_PER_DAY):
            candidate = opening + offset * (step or timedelta(minutes=1))
            if candidate.date() != day:
                break
            if candidate > first:
                yield candidate


def _slots(slots: list[str], zone: tzinfo, start: datetime) -> Iterator[datetime]:
    for days in range(HORIZON_DAYS):
        day = start.date() + timedelta(days=days)
        for slot in slots:
            candidate = datetime.combine(day, time.fromisoformat(slot), zone)
            # through UTC and back: a time that the clocks skip becomes the one after the gap
            candidate = candidate.astimezone(UTC).astimezone(zone)
            if candidate > start:
                yield candidate


def _on_weekday(rules: Mapping[str, Any], day: date) -> bool:
    return not rules["weekdays"] or WEEKDAYS[day.weekday()] in rules["weekdays"]


def problem(name: str, value: Any) -> str | None:
    """What is wrong with the value of a setting of the right type, in words."""
    if name == "slots" and not (len(value) <= MAX_SLOTS and all(map(SLOT.fullmatch, value))):
        return f"Must be up to {MAX_SLOTS} times like 09:30."
    if name == "weekdays" and not set(value) <= set(WEEKDAYS):
        return f"Must be some of {', '.join(WEEKDAYS)}."
    if name == "internal_links" and not 0 <= value <= MAX_INTERNAL_LINKS:
        return f"Must be a whole number from 0 to {MAX_INTERNAL_LINKS}."
    if name == "daily_max" and not 0 <= value <= MAX_PER_DAY:
        return f"Must be a whole number from 0 to {MAX_PER_DAY}."
    if name == "drip_minutes" and not 0 <= value <= MAX_DRIP_MINUTES:
        return f"Must be a whole number from 0 to {MAX_DRIP_MINUTES}."
    return None
