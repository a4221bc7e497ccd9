"""What goes wrong at a site: the right cause in words, the right next step, nothing twice."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from igny8_flask import create_app, publishing, scheduling
from igny8_flask.db import db, utcnow
from igny8_flask.models import ContentStatus, Delivery, Site, WorkState
from igny8_flask.services import current
from tests.factories import make_content, make_settings, make_site, operating
from tests.fakes.wordpress import (
    FakeWordPress,
    Fault,
    always,
    as_json,
    cut_after,
    on_writes,
    preceded_by,
)
from tests.integration.jobs_by_hand import admit_all, execute, reload


def wp_error(code: str, status: int) -> object:
    return {"code": code, "message": "told by the site", "data": {"status": status}}


@pytest.fixture
def wordpress() -> Iterator[FakeWordPress]:
    with FakeWordPress() as fake:
        yield fake


@pytest.fixture
def app(tmp_path: Path, wordpress: FakeWordPress) -> Iterator[Flask]:
    app = create_app(
        make_settings(
            DATABASE_URL=f"sqlite:///{tmp_path}/faults.db", IGNY8_ALLOW_PRIVATE=wordpress.address
        )
    )
    with operating(app):
        db.create_all()
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def site(app: Flask, wordpress: FakeWordPress) -> Site:
    home = f"http://{wordpress.address}"
    site = make_site(
        url=home, rest_url=f"{home}/wp-json/", wp_username="u", connection={"mode": "push"}
    ).site
    context = site.seal_context("wp_password_sealed")
    site.wp_password_sealed = current().secrets.seal("secret", context)
    db.session.commit()
    return site


def deliver(site: Site) -> Delivery:
    (delivery,) = publishing.submit(site, [make_content(site).id], {})
    return again(delivery)


def again(delivery: Delivery) -> Delivery:
    """Execute it as if the waiting were over."""
    delivery.not_before = None
    db.session.commit()
    (ticket,) = admit_all(Delivery)
    execute(ticket)
    row = reload(ticket)
    assert isinstance(row, Delivery)
    return row


LOGIN_PAGE = "<form action='/wp-login.php'><input type='password'></form>"
NOTICE = b"<br />\n<b>Notice</b>: Undefined index: x[{ in <b>/a.php</b> on line 3<br />\n"


@pytest.mark.parametrize(
    ("fault", "code", "words"),
    [
        (always(401, wp_error("rest_not_logged_in", 401)), "wp_auth", "application password"),
        (always(403, wp_error("rest_forbidden", 403)), "wp_forbidden", "may not do this"),
        (always(404, "<h1>Nothing here</h1>"), "wp_rest_blocked", "switched off"),
        (always(404, wp_error("rest_no_route", 404)), "wp_rest_blocked", "switched off"),
        (always(200, LOGIN_PAGE), "wp_rest_blocked", "login page"),
        (always(403, "<h1>Blocked</h1>", Server="waf"), "wp_blocked", "firewall"),
    ],
)
def test_a_site_that_shuts_us_out_is_left_to_its_plugin(
    site: Site, wordpress: FakeWordPress, fault: Fault, code: str, words: str
) -> None:
    wordpress.fault = fault
    delivery = deliver(site)
    assert (delivery.state, delivery.error_code) == (WorkState.PENDING, code)
    assert delivery.by_pull
    assert words in delivery.message
    assert (site.connection or {})["mode"] == "pull"
    assert wordpress.posts == {}


@pytest.mark.parametrize(
    ("fault", "code", "words"),
    [
        (always(503, "<h1>Maintenance</h1>", Retry_After="600"), "wp_maintenance", "maintenance"),
        (always(500, wp_error("internal_server_error", 500)), "wp_error", "500"),
        (on_writes(always(403, "<h1>Checking your browser</h1>")), "wp_blocked", "firewall"),
        (on_writes(always(404, "<h1>Oops</h1>")), "wp_rest_blocked", "switched off"),
        (
            on_writes(always(422, wp_error("igny8_hash_mismatch", 422))),
            "wp_upload_damaged",
            "again",
        ),
        (on_writes(cut_after(0)), "wp_bad_reply", "broke off"),
        (on_writes(cut_after(40)), "wp_bad_reply", "broke off"),
    ],
)
def test_what_passes_is_tried_again_and_stands_once(
    site: Site, wordpress: FakeWordPress, fault: Fault, code: str, words: str
) -> None:
    wordpress.fault = fault
    delivery = deliver(site)
    assert (delivery.state, delivery.error_code) == (WorkState.PENDING, code)
    assert words in delivery.message
    assert not delivery.by_pull
    assert delivery.not_before is not None
    wordpress.fault = None
    assert again(delivery).state is WorkState.SUCCESS
    assert len(wordpress.posts) == 1


@pytest.mark.parametrize(
    ("fault", "code", "words"),
    [
        (always(301, "", Location="https://new.example.com/"), "wp_moved", "new.example.com"),
        (always(413, "<h1>Too large</h1>"), "wp_too_large", "upload limit"),
        (on_writes(always(400, wp_error("rest_invalid_param", 400))), "wp_rejected", "refused"),
    ],
)
def test_what_a_person_has_to_mend_ends_at_once(
    site: Site, wordpress: FakeWordPress, fault: Fault, code: str, words: str
) -> None:
    wordpress.fault = fault
    delivery = deliver(site)
    assert (delivery.state, delivery.error_code) == (WorkState.FAILURE, code)
    assert words in (delivery.error or "")
    assert wordpress.posts == {}


@pytest.mark.parametrize("noise", [b"\xef\xbb\xbf", NOTICE])
def test_noise_before_the_data_is_forgiven(
    site: Site, wordpress: FakeWordPress, noise: bytes
) -> None:
    wordpress.fault = on_writes(preceded_by(noise))
    assert deliver(site).state is WorkState.SUCCESS


def test_a_broken_answer_behind_noise_is_not_believed(site: Site, wordpress: FakeWordPress) -> None:
    broken = NOTICE + b'{"id": 1, "fields": {"title": "applied"}'
    wordpress.fault = on_writes(always(200, broken.decode()))
    delivery = deliver(site)
    assert (delivery.state, delivery.error_code) == (WorkState.PENDING, "wp_bad_reply")


def test_pictures_of_other_sites_stay_out_and_are_told(
    site: Site, wordpress: FakeWordPress
) -> None:
    content = make_content(site, html="<p>A.</p><p><img src='https://x.example/cat.png'></p>")
    (delivery,) = publishing.submit(site, [content.id], {})
    done = again(delivery)
    assert done.state is WorkState.SUCCESS, done.error
    assert any("https://x.example/cat.png" in words for words in done.result["warnings"])
    assert "x.example" not in wordpress.documents[str(content.id)]["content"]


@pytest.mark.parametrize(
    ("wrong_s", "status", "words"),
    [(600, "publish", "clock runs ahead"), (-600, "future", ""), (0, "future", "")],
)
def test_a_site_whose_clock_is_wrong_gets_the_time_that_was_meant(
    site: Site, wordpress: FakeWordPress, wrong_s: int, status: str, words: str
) -> None:
    wordpress.clock_wrong_s = wrong_s
    content = make_content(site, status=ContentStatus.APPROVED)
    at = utcnow() + timedelta(seconds=300)
    scheduling.set_time(site, content.id, at)
    delivery = again(db.session.scalars(select(Delivery)).one())
    assert delivery.state is WorkState.SUCCESS, delivery.error
    assert wordpress.documents[str(content.id)]["date_gmt"].startswith(f"{at:%Y-%m-%dT%H:%M}")
    assert delivery.result["status"] == status
    assert words in " ".join(delivery.result["warnings"])


def test_a_receipt_that_says_less_than_was_asked_ends_with_its_repair(
    site: Site, wordpress: FakeWordPress
) -> None:
    def forgetful(fake: FakeWordPress, request: object) -> object:
        told = fake.answer(request)  # type: ignore[arg-type]
        return as_json({**told.get_json(), "status": "pending"}, told.status_code)

    wordpress.fault = on_writes(forgetful)  # type: ignore[arg-type]
    delivery = deliver(site)
    assert (delivery.state, delivery.error_code) == (WorkState.FAILURE, "receipt_mismatch")
    assert "publish with overwrite" in (delivery.error or "")
