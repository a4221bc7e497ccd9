"""The self-test names the one thing that blocks the way, and what to do about it."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from igny8_flask.wordpress.self_test import run_self_test
from tests.unit.wordpress.conftest import SITE_UUID


def run(wordpress):
    _abilities, checks = run_self_test(wordpress.client(), SITE_UUID, wordpress.home)
    return checks


def test_a_whole_connection_passes_every_check(wordpress):
    abilities, checks = run_self_test(wordpress.client(), SITE_UUID, wordpress.home)
    assert [check.name for check in checks] == ["rest", "plugin", "auth", "role", "write", "clock"]
    assert all(check.ok for check in checks)
    assert abilities["editor"] == "block"


def test_the_draft_of_the_test_is_removed_again(wordpress):
    run(wordpress)
    put, delete = [request for request in wordpress.seen if "content/" in request.path]
    assert (put.method, delete.method) == ("PUT", "DELETE")
    assert put.path == delete.path
    assert delete.args["force"] == "true"
    assert put.get_json()["status"] == "draft"


@pytest.mark.parametrize(
    ("told", "name", "words"),
    [
        ({"site_uuid": "other"}, "rest", "Another site answers"),
        ({"home_url": "https://other.example.com"}, "rest", "Another site answers"),
        ({"plugin": ""}, "plugin", "plugin does not answer"),
        ({"user": 0, "auth_header": False}, "auth", "removes the Authorization header"),
        ({"user": 0, "app_passwords": False}, "auth", "plain http"),
        ({"user": 0}, "auth", "wrong or was revoked"),
        ({"unfiltered_html": True}, "role", "unfiltered HTML"),
    ],
)
def test_what_the_site_says_of_itself_names_the_cause(wordpress, told, name, words):
    wordpress.whoami.update(told)
    last = run(wordpress)[-1]
    assert (last.name, last.ok) == (name, False)
    assert words in last.message
    assert last.fix


@pytest.mark.parametrize(
    ("answer", "name", "words"),
    [
        ((200, b"<html>a page</html>", {}), "rest", "blocks it"),
        (
            (404, {"code": "rest_no_route", "message": "", "data": {}}, {}),
            "plugin",
            "does not answer",
        ),
        ((401, {"code": "rest_not_logged_in", "message": "", "data": {}}, {}), "auth", "password"),
        ((403, b"<html>", {"Server": "shield"}), "rest", "firewall"),
        ((301, b"", {"Location": "https://new.example.com/"}), "rest", "https://new.example.com/"),
        ((503, {"code": "wp_die", "message": ""}, {"Retry-After": "600"}), "rest", "maintenance"),
    ],
)
def test_a_site_that_does_not_answer_as_it_should_has_its_cause(wordpress, answer, name, words):
    wordpress.answers["GET whoami"] = answer
    checks = run(wordpress)
    assert [(check.name, check.ok) for check in checks] == [(name, False)]
    assert words in checks[0].message
    assert checks[0].fix


def test_a_refused_draft_is_a_failed_write(wordpress):
    wordpress.answers["PUT content"] = (403, {"code": "rest_forbidden", "message": "No."}, {})
    last = run(wordpress)[-1]
    assert (last.name, last.ok) == ("write", False)
    assert "No." in last.message


def dated(minutes: float) -> str:
    return format_datetime(datetime.now(UTC) + timedelta(minutes=minutes), usegmt=True)


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (10, "10 min ahead of ours: posts planned for a time go public that much too early"),
        (-10, "10 min behind ours: posts planned for a time go public that much too late"),
    ],
)
def test_a_wrong_clock_is_told_with_its_fix_and_blocks_nothing(wordpress, minutes, words):
    wordpress.date = dated(minutes)
    checks = run(wordpress)
    clock = checks[-1]
    assert (clock.name, clock.ok, clock.blocks) == ("clock", False, False)
    assert words in clock.message
    assert "NTP" in clock.fix
    assert all(check.ok for check in checks[:-1])


@pytest.mark.parametrize(
    ("minutes", "date", "headers"),
    [(None, "yesterday", {}), (-10, "", {"Age": "600"}), (None, "", {})],
)
def test_a_time_that_says_nothing_or_agrees_is_no_complaint(wordpress, minutes, date, headers):
    wordpress.date = date if minutes is None else dated(minutes)
    wordpress.answers["GET whoami"] = (200, wordpress.whoami, headers)
    assert run(wordpress)[-1].ok
