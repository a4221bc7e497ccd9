"""What the calendar offers: free times, the next one, and what is public without a plan."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from igny8_flask import scheduling, site_settings, timetable
from igny8_flask.db import db, utcnow
from igny8_flask.errors import ConflictError, InputError
from igny8_flask.models import Content, Delivery, Publication, Site, WorkState
from tests.factories import ConnectedSite, make_content, make_site

SLOTS = {"status": "publish", "slots": ["09:00", "17:30"], "moderation": False}


@pytest.fixture
def made(app: Flask) -> ConnectedSite:
    return make_site(connection={"mode": "push", "site": {"timezone": "Europe/Berlin"}})


@pytest.fixture
def site(made: ConnectedSite) -> Site:
    return made.site


def rule(site: Site, **values: Any) -> None:
    site_settings.update(site, {"publishing": values})


def publish(site: Site, content: Content, at: datetime) -> None:
    """What a click on Publish leaves behind."""
    content.wp_status, content.wp_link = "publish", "https://example.com/?p=1"
    db.session.add(
        Delivery(
            account_id=site.account_id,
            site_id=site.id,
            content_id=content.id,
            state=WorkState.SUCCESS,
            result={"status": "publish"},
            finished_at=at,
            work_key="publish:x",
        )
    )
    db.session.commit()


def test_each_article_gets_the_next_free_time(site: Site) -> None:
    rule(site, **SLOTS)
    times = []
    for _ in range(3):
        found = scheduling.set_next_time(site, make_content(site).id)
        assert found.plan is not None
        times.append(found.plan.publish_at)
    assert times == sorted(set(times))
    assert timetable.next_free(site) not in times
    free = timetable.free_times(site, utcnow(), utcnow() + timedelta(days=7))
    assert not set(free) & set(times)
    assert len(free) in (11, 12)


def test_without_rules_a_morning_of_the_site_is_offered(site: Site) -> None:
    when = timetable.next_free(site)
    assert when is not None
    zone = timetable.publishing_rules.zone_of("Europe/Berlin")
    assert when.astimezone(zone).strftime("%H:%M") == "09:00"
    assert timetable.free_times(site, utcnow(), utcnow() + timedelta(days=7)) == []


def test_a_days_maximum_counts_what_went_public_by_a_click_too(site: Site) -> None:
    rule(site, status="publish", drip_minutes=1, daily_max=2)
    zone, now = timetable.publishing_rules.zone_of("Europe/Berlin"), utcnow()

    def next_days() -> list[int]:
        free = timetable.free_times(site, now, now + timedelta(days=2))
        found = [one for one in (timetable.next_free(site), *free) if one is not None]
        return [(one.astimezone(zone).date() - now.astimezone(zone).date()).days for one in found]

    publish(site, make_content(site), now)
    assert next_days()[:3] == [0, 0, 1]
    publish(site, make_content(site), now)
    assert next_days()[:2] == [1, 1]


def test_rules_that_leave_no_time_are_told_in_words(site: Site, monkeypatch: Any) -> None:
    rule(site, slots=["09:00"], daily_max=1)
    monkeypatch.setattr(timetable.publishing_rules, "HORIZON_DAYS", 0)
    content = make_content(site)
    with pytest.raises(InputError, match="leave no time"):
        scheduling.set_next_time(site, content.id)
    assert db.session.query(Publication).count() == 0


def test_a_public_article_is_not_taken_back_by_a_plan(site: Site) -> None:
    content = make_content(site, wp_post_id=1, wp_status="publish")
    with pytest.raises(ConflictError) as refused:
        scheduling.set_time(site, content.id, utcnow() + timedelta(days=1))
    assert refused.value.code == "already_public"


def test_the_calendar_tells_of_posts_that_were_never_planned(
    app: Flask, made: ConnectedSite
) -> None:
    content = make_content(made.site, title="By a click")
    publish(made.site, content, utcnow())
    path = "/v1/publisher/calendar/?from=2020-01-01T00:00:00Z&to=2020-12-01T00:00:00Z"
    client = app.test_client()
    assert client.get(path, headers=made.headers).json["published"] == []
    start = (utcnow() - timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    shown = client.get(f"/v1/publisher/calendar/?from={start}", headers=made.headers).json
    assert [row["title"] for row in shown["published"]] == ["By a click"]
    assert shown["next_free"].endswith(("+01:00", "+02:00"))


@pytest.mark.parametrize(
    "body", [{}, {"publish_at": None, "next_free": True}, {"next_free": "yes"}]
)
def test_a_wish_without_one_time_is_refused(
    app: Flask, made: ConnectedSite, body: dict[str, Any]
) -> None:
    content = make_content(made.site)
    answer = app.test_client().post(
        "/v1/publisher/schedule/",
        json={"content_id": str(content.id), **body},
        headers=made.headers,
    )
    assert (answer.status_code, answer.json["code"]) == (422, "invalid_input")


def test_a_time_taken_back_before_it_was_sent_leaves_a_draft(site: Site) -> None:
    rule(site, status="publish")
    content = make_content(site)
    scheduling.set_time(site, content.id, utcnow() + timedelta(days=1))
    timed = scheduling.set_time(site, content.id, None)
    assert timed.plan is None
    assert timed.delivery is not None
    assert timed.delivery.options["status"] == "draft"
