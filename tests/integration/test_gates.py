"""Gates: who does not answer is left alone for a while, and a crash costs no slot."""

import time
import uuid
from contextlib import ExitStack
from types import SimpleNamespace

import pytest

from igny8_flask.breakers import FAILURES_TO_OPEN
from igny8_flask.cache import connect
from igny8_flask.errors import ProviderError, WordPressError
from igny8_flask.gates import ProviderGate, SiteGate

DOOR = ("https://provider.example.com/v1", "sk-test")


def away() -> WordPressError:
    return WordPressError("The site does not answer.", "wp_unreachable", retryable=True)


def fail(gate: SiteGate, error: WordPressError) -> None:
    with pytest.raises(WordPressError), gate.passed():
        raise error


def test_a_silent_site_is_left_alone_and_others_are_not(redis_url: str) -> None:
    redis = connect(redis_url)
    site, other = uuid.uuid4(), uuid.uuid4()
    for _ in range(FAILURES_TO_OPEN):
        fail(SiteGate(redis, site), away())
    with pytest.raises(WordPressError) as told, SiteGate(redis, site).passed():
        pytest.fail("the site was called")
    assert told.value.code == "wp_waiting"
    assert told.value.retryable
    assert 1 <= (told.value.retry_after_s or 0) <= 30
    with SiteGate(redis, other).passed():
        pass


def test_a_refusal_of_one_article_closes_nothing(redis_url: str) -> None:
    redis, site = connect(redis_url), uuid.uuid4()
    for _ in range(2 * FAILURES_TO_OPEN):
        fail(SiteGate(redis, site), WordPressError("Somebody edited this.", "wp_changed"))
    with SiteGate(redis, site).passed():
        pass


def test_after_the_pause_one_tries_and_success_opens_for_all(redis_url: str) -> None:
    redis, site = connect(redis_url), uuid.uuid4()
    for _ in range(FAILURES_TO_OPEN):
        fail(SiteGate(redis, site), away())
    redis.delete(f"igny8:open:{site.hex}")
    with (
        SiteGate(redis, site).passed(),
        pytest.raises(WordPressError) as told,
        SiteGate(redis, site).passed(),
    ):
        pytest.fail("two probes at once")
    assert told.value.code == "wp_waiting"
    with SiteGate(redis, site).passed():
        pass


def test_a_killed_run_finds_the_slot_it_left_behind(redis_url: str) -> None:
    redis, run = connect(redis_url), uuid.uuid4()
    killed = ProviderGate(redis, *DOOR, 1, run).passed()
    killed.__enter__()
    other = ProviderGate(redis, *DOOR, 1, uuid.uuid4())
    with pytest.raises(ProviderError, match="under way"), other.passed():
        pytest.fail("there was no slot left")
    with ProviderGate(redis, *DOOR, 1, run).passed():
        pass
    with ProviderGate(redis, *DOOR, 1, uuid.uuid4()).passed():
        pass


def rate(seconds: float) -> ProviderError:
    return ProviderError("Slow down.", "rate", retryable=True, retry_after_s=seconds)


def test_a_key_is_held_for_the_longest_time_that_was_asked(redis_url: str) -> None:
    redis = connect(redis_url)
    later = ProviderGate(redis, *DOOR, 9, uuid.uuid4()).passed()
    later.__enter__()
    with pytest.raises(ProviderError), ProviderGate(redis, *DOOR, 9, uuid.uuid4()).passed():
        raise rate(90)
    shorter = rate(2)
    later.__exit__(type(shorter), shorter, None)
    with (
        pytest.raises(ProviderError, match="Slow down") as told,
        ProviderGate(redis, *DOOR, 9, uuid.uuid4()).passed(),
    ):
        pytest.fail("the provider was called before its time")
    assert told.value.kind == "waiting"
    assert 80 < (told.value.retry_after_s or 0) <= 90
    with ProviderGate(redis, DOOR[0], "another key", 9, uuid.uuid4()).passed():
        pass


NOWHERE = connect("redis://127.0.0.1:1/0")


def gate_without_redis(key: str, slots: int = 9) -> ProviderGate:
    return ProviderGate(NOWHERE, DOOR[0], key, slots, uuid.uuid4())


def test_without_redis_a_process_still_holds_to_the_slots_of_a_key() -> None:
    key = uuid.uuid4().hex
    with ExitStack() as held:
        for _ in range(2):
            held.enter_context(gate_without_redis(key, 2).passed())
        with (
            pytest.raises(ProviderError, match="under way") as told,
            gate_without_redis(key, 2).passed(),
        ):
            pytest.fail("there was no slot left")
        assert (told.value.kind, told.value.retryable) == ("waiting", True)
        with gate_without_redis("another key", 2).passed():
            pass
    with gate_without_redis(key, 2).passed():
        pass


def test_slots_taken_while_redis_answered_count_when_it_goes(redis_url: str) -> None:
    key = uuid.uuid4().hex
    with (
        ProviderGate(connect(redis_url), DOOR[0], key, 1, uuid.uuid4()).passed(),
        pytest.raises(ProviderError, match="under way"),
        gate_without_redis(key, 1).passed(),
    ):
        pytest.fail("there was no slot left")


def test_without_redis_a_silent_provider_is_left_alone_after_some_failures() -> None:
    key = uuid.uuid4().hex
    for _ in range(FAILURES_TO_OPEN):
        with pytest.raises(ProviderError), gate_without_redis(key).passed():
            raise ProviderError("It does not answer.", "transient", retryable=True)
    with pytest.raises(ProviderError) as told, gate_without_redis(key).passed():
        pytest.fail("the provider was called")
    assert told.value.kind == "waiting"
    assert 1 <= (told.value.retry_after_s or 0) <= 30
    with gate_without_redis("another key").passed():
        pass


def test_without_redis_a_provider_is_not_called_before_the_time_it_asked_for() -> None:
    key = uuid.uuid4().hex
    with pytest.raises(ProviderError), gate_without_redis(key).passed():
        raise rate(90)
    with pytest.raises(ProviderError) as told, gate_without_redis(key).passed():
        pytest.fail("the provider was called before its time")
    assert 80 < (told.value.retry_after_s or 0) <= 90


def test_without_redis_a_silent_site_is_left_alone_too() -> None:
    site = uuid.uuid4()
    for _ in range(FAILURES_TO_OPEN):
        fail(SiteGate(NOWHERE, site), away())
    with pytest.raises(WordPressError) as told, SiteGate(NOWHERE, site).passed():
        pytest.fail("the site was called")
    assert told.value.code == "wp_waiting"


def test_without_redis_some_failures_over_hours_close_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    site, now = uuid.uuid4(), [1000.0]
    clock = SimpleNamespace(monotonic=lambda: now[0], time=time.time)
    monkeypatch.setattr("igny8_flask.breakers.time", clock)
    for _ in range(3 * FAILURES_TO_OPEN):
        now[0] += 30
        fail(SiteGate(NOWHERE, site), away())
    with SiteGate(NOWHERE, site).passed():
        pass
