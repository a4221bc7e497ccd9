"""Times by the site's rules, on the site's own clock."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from igny8_flask.publishing_rules import is_timed, next_time, problem, zone_of
from igny8_flask.site_settings import DEFAULTS

BERLIN = zone_of("Europe/Berlin")
MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=BERLIN)


def rules(**changes: Any) -> dict[str, Any]:
    return {**DEFAULTS["publishing"], "status": "publish", **changes}


def times(count: int, given: dict[str, Any], now: datetime = MONDAY) -> list[str]:
    planned: list[datetime] = []
    for _ in range(count):
        planned.append(next_time(given, BERLIN, now, planned))
    return [one.astimezone(BERLIN).strftime("%a %d %H:%M") for one in planned]


def test_a_slot_takes_one_article() -> None:
    found = times(3, rules(slots=["15:00", "09:00"]))
    assert found == ["Mon 23 15:00", "Tue 24 09:00", "Tue 24 15:00"]


def test_slots_keep_to_their_weekdays() -> None:
    found = times(2, rules(slots=["09:00"], weekdays=["sat", "mon"]))
    assert found == ["Sat 28 09:00", "Mon 30 09:00"]


def test_a_day_gets_no_more_than_its_maximum() -> None:
    found = times(3, rules(slots=["11:00", "12:00", "13:00"], daily_max=2))
    assert found == ["Mon 23 11:00", "Mon 23 12:00", "Tue 24 11:00"]


def test_the_drip_keeps_its_distance_and_moves_on_when_the_day_is_full() -> None:
    found = times(3, rules(drip_minutes=90, daily_max=2))
    assert found == ["Mon 23 10:00", "Mon 23 11:30", "Tue 24 09:00"]


def test_a_maximum_alone_lets_the_first_ones_out_at_once() -> None:
    assert times(2, rules(daily_max=1)) == ["Mon 23 10:00", "Tue 24 09:00"]


def test_slots_mean_the_sites_clock_on_both_sides_of_a_clock_change() -> None:
    friday = datetime(2027, 3, 26, 12, 0, tzinfo=BERLIN)
    planned: list[datetime] = []
    for _ in range(3):
        planned.append(next_time(rules(slots=["09:00"]), BERLIN, friday, planned))
    assert [one.hour for one in planned] == [8, 7, 7], "in UTC; summer time begins on the 28th"


def test_a_time_that_the_clocks_skip_comes_after_the_gap() -> None:
    night = datetime(2027, 3, 28, 0, 0, tzinfo=BERLIN)
    when = next_time(rules(slots=["02:30"]), BERLIN, night, [])
    assert when.astimezone(BERLIN).strftime("%d %H:%M") == "28 03:30"


def test_no_time_ever_lies_in_the_past() -> None:
    for given in (rules(slots=["00:00"]), rules(drip_minutes=5), rules(daily_max=1)):
        old = [MONDAY - timedelta(days=3)]
        assert next_time(given, BERLIN, MONDAY, old) >= MONDAY.astimezone(UTC)


@pytest.mark.parametrize(
    ("name", "hours"),
    [("+02:00", 2), ("-09:30", -9.5), ("UTC+5", 5), ("UTC", 0), ("Mars/Base", 0), ("", 0)],
)
def test_zones_as_wordpress_names_them(name: str, hours: float) -> None:
    assert zone_of(name).utcoffset(datetime.fromisoformat("2026-01-01")) == timedelta(hours=hours)


def test_only_public_posts_get_a_time() -> None:
    assert is_timed(rules(slots=["09:00"]))
    assert not is_timed({**rules(slots=["09:00"]), "status": "draft"})
    assert not is_timed(rules())


@pytest.mark.parametrize(
    ("name", "wrong", "right"),
    [
        ("slots", ["9:00"], ["09:00"]),
        ("slots", ["24:00"], ["23:59"]),
        ("weekdays", ["monday"], ["mon"]),
        ("daily_max", -1, 0),
        ("drip_minutes", 10**6, 60),
    ],
)
def test_wrong_rules_are_named(name: str, wrong: Any, right: Any) -> None:
    assert problem(name, wrong)
    assert problem(name, right) is None
