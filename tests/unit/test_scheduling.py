"""The way of an article to the public: planned, moved, paused, confirmed, given up."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from igny8_flask import documents, publishing, scheduling, site_settings, site_state
from igny8_flask.db import db, utcnow
from igny8_flask.errors import InputError
from igny8_flask.models import (
    Content,
    ContentStatus,
    Delivery,
    Publication,
    PublicationState,
    Site,
    WorkState,
)
from tests.factories import make_content, make_site, make_task

SLOTS = {"status": "publish", "slots": ["09:00"], "moderation": False}


@pytest.fixture
def site(app: Flask) -> Site:
    return make_site(connection={"mode": "push", "site": {"timezone": "Europe/Berlin"}}).site


def rule(site: Site, **values: Any) -> None:
    site_settings.update(site, {"publishing": values})


def plan_of(content: Content) -> Publication:
    return db.session.scalars(
        select(Publication)
        .where(Publication.content_id == content.id)
        .execution_options(populate_existing=True)
    ).one()


def deliveries() -> list[Delivery]:
    return list(db.session.scalars(select(Delivery).order_by(Delivery.id)))


def follow(site: Site, content: Content) -> Delivery | None:
    found = scheduling.follow(site, content.id)
    db.session.commit()
    return found


def end(delivery: Delivery, state: WorkState = WorkState.SUCCESS, **values: Any) -> None:
    delivery.state = state
    for name, value in values.items():
        setattr(delivery, name, value)
    db.session.commit()


def make_due(plan: Publication) -> None:
    plan.due_at = utcnow() - timedelta(seconds=1)
    db.session.commit()


def document(site: Site, content: Content, **options: Any) -> dict[str, Any]:
    delivery = Delivery(content_id=content.id, options=options)
    rules = publishing.rules_for(site, delivery)
    return documents.build(content, [], {}, rules, {})


def test_without_rules_an_article_is_delivered_at_once(site: Site) -> None:
    assert follow(site, make_content(site)) is not None


def test_an_article_that_needs_approval_waits_for_it(site: Site) -> None:
    rule(site, approve_first=True)
    content = make_content(site)
    assert follow(site, content) is None
    assert deliveries() == []
    content.status = ContentStatus.APPROVED
    scheduling.follow_approval(site, content)
    db.session.commit()
    assert len(deliveries()) == 1


def test_only_chosen_kinds_of_articles_go_out_by_themselves(site: Site) -> None:
    rule(site, which="chosen", content_types=["review"])
    plain = make_content(site, task_id=make_task(site).id)
    review = make_content(site, task_id=make_task(site, content_type="review").id)
    assert follow(site, plain) is None
    assert follow(site, review) is not None


def test_articles_get_their_slots_one_after_the_other_and_go_out_as_scheduled(site: Site) -> None:
    rule(site, **SLOTS)
    contents = [make_content(site) for _ in range(3)]
    for content in contents:
        assert follow(site, content) is None
    scheduling.run_due()
    times = [plan_of(content).publish_at for content in contents]
    assert len(set(times)) == 3
    zone = scheduling.publishing_rules.zone_of("Europe/Berlin")
    assert {time.astimezone(zone).strftime("%H:%M") for time in times if time} == {"09:00"}
    assert [one.content_id for one in deliveries()] == [content.id for content in contents]
    sent = document(site, contents[0])
    assert (sent["status"], sent["date_gmt"][-1]) == ("future", "Z")


def test_a_second_pass_gives_no_second_time(site: Site) -> None:
    rule(site, **SLOTS)
    content = make_content(site)
    follow(site, content)
    scheduling.run_due()
    first = plan_of(content).publish_at
    scheduling.run_due()
    assert plan_of(content).publish_at == first
    assert len(deliveries()) == 1


def test_a_late_delivery_goes_public_at_once_and_is_not_dated_back(site: Site) -> None:
    content = make_content(site)
    scheduling.set_time(site, content.id, utcnow() + timedelta(hours=1))
    plan_of(content).publish_at = utcnow() - timedelta(minutes=5)
    db.session.commit()
    sent = document(site, content)
    assert sent["status"] == "publish"
    assert "date_gmt" not in sent


def test_a_time_that_has_passed_is_refused(site: Site) -> None:
    content = make_content(site)
    with pytest.raises(InputError, match="never dated back"):
        scheduling.set_time(site, content.id, utcnow() - timedelta(minutes=1))


def test_a_time_without_offset_is_the_sites_own(site: Site) -> None:
    content = make_content(site)
    scheduling.set_time(site, content.id, datetime.fromisoformat("2031-07-01T09:00"))
    when = plan_of(content).publish_at
    assert when is not None
    assert when.isoformat() == "2031-07-01T07:00:00+00:00"


def test_clearing_a_time_takes_a_scheduled_post_back_to_draft(site: Site) -> None:
    content = make_content(site)
    scheduling.set_time(site, content.id, utcnow() + timedelta(days=1))
    end(deliveries()[0])
    content.wp_status = "future"
    assert scheduling.set_time(site, content.id, None).plan is None
    assert deliveries()[-1].options == {"status": "draft"}
    assert document(site, content, status="draft")["status"] == "draft"


def test_pausing_takes_times_back_and_resuming_gives_new_ones(site: Site) -> None:
    rule(site, **SLOTS)
    content = make_content(site)
    follow(site, content)
    scheduling.run_due()
    end(deliveries()[0])
    content.wp_status = "future"
    scheduling.pause(site)
    assert plan_of(content).state is PublicationState.WAITING
    assert document(site, content)["status"] == "draft"
    end(deliveries()[-1])
    scheduling.run_due()
    assert plan_of(content).publish_at is None
    scheduling.resume(site)
    scheduling.run_due()
    assert plan_of(content).publish_at is not None


def test_a_post_is_looked_at_after_its_time_until_visitors_see_it(site: Site) -> None:
    content = make_content(site)
    scheduling.set_time(site, content.id, utcnow() + timedelta(hours=1))
    end(deliveries()[0])
    make_due(plan_of(content))
    scheduling.run_due()
    look = deliveries()[-1]
    assert look.options == {"confirm": True}
    content.wp_status = "publish"
    end(look, result={"public": False})
    make_due(plan_of(content))
    scheduling.run_due()
    assert plan_of(content).state is PublicationState.SCHEDULED, "a stale cache gets more time"
    end(deliveries()[-1], result={"public": True})
    make_due(plan_of(content))
    scheduling.run_due()
    plan = plan_of(content)
    assert (plan.state, plan.due_at) == (PublicationState.PUBLIC, None)


def test_a_post_that_never_becomes_public_is_told_with_its_reason(site: Site) -> None:
    content = make_content(site)
    scheduling.set_time(site, content.id, utcnow() + timedelta(hours=1))
    for _ in range(6):
        for one in deliveries():
            end(one, WorkState.FAILURE, error="The site cannot be reached.")
        make_due(plan_of(content))
        scheduling.run_due()
        if plan_of(content).due_at is None:
            break
    plan = plan_of(content)
    assert plan.state is PublicationState.MISSED
    assert plan.message == "The site cannot be reached."


def test_a_person_who_moves_the_post_on_the_site_moves_the_plan(site: Site) -> None:
    content = make_content(site)
    scheduling.set_time(site, content.id, utcnow() + timedelta(hours=1))
    moved = utcnow() + timedelta(days=3)
    scheduling.note_site_state(content, {"status": "future", "date_gmt": moved}, "future")
    db.session.commit()
    assert plan_of(content).publish_at == moved


@pytest.mark.parametrize("status", ["draft", "pending", "private", "trash", "gone"])
def test_a_person_who_takes_a_scheduled_post_back_ends_its_plan(site: Site, status: str) -> None:
    content = make_content(site)
    scheduling.set_time(site, content.id, utcnow() + timedelta(hours=1))
    end(deliveries()[0])
    content.wp_status, content.wp_post_id = "future", 7
    make_due(plan_of(content))
    scheduling.run_due()
    event = {"content_id": content.id, "post_id": 7, "status": status, "link": "", "edit_link": ""}
    site_state.apply(site, [{**event, "changed": []}], {})
    plan = plan_of(content)
    assert (plan.state, plan.due_at) == (PublicationState.STOPPED, None)
    assert "Somebody" in plan.message
    assert [one.state for one in deliveries()][1:] == [WorkState.CANCELLED], "the look ends too"
    assert document(site, content)["status"] == "draft", "nothing later makes it public by itself"
    scheduling.resume(site)
    assert plan_of(content).state is PublicationState.STOPPED, "resuming is not meant for it"
    scheduling.set_time(site, content.id, utcnow() + timedelta(hours=2))
    assert document(site, content)["status"] == "future", "a person's new time goes"


def test_a_draft_that_was_never_scheduled_there_keeps_its_plan(site: Site) -> None:
    content = make_content(site, wp_status="draft", wp_post_id=7)
    scheduling.set_time(site, content.id, utcnow() + timedelta(hours=1))
    scheduling.note_site_state(content, {"status": "draft", "date_gmt": None}, "draft")
    assert plan_of(content).state is PublicationState.SCHEDULED


def test_the_calendar_shows_what_is_planned_on_the_sites_clock(app: Flask) -> None:
    made = make_site(connection={"mode": "push", "site": {"timezone": "Europe/Berlin"}})
    content = make_content(made.site)
    client = app.test_client()
    body = {"content_id": str(content.id), "publish_at": "2031-07-01T09:00:00"}
    set_ = client.post("/v1/publisher/schedule/", json=body, headers=made.headers)
    assert set_.json["plan"]["local"] == "2031-07-01T09:00+02:00"
    query = "?from=2031-06-01T00:00:00Z&to=2031-08-01T00:00:00Z"
    shown = client.get(f"/v1/publisher/calendar/{query}", headers=made.headers).json
    assert [row["title"] for row in shown["results"]] == [content.title]
    assert (shown["zone"], shown["paused"]) == ("Europe/Berlin", False)
    empty = client.get("/v1/publisher/calendar/", headers=made.headers).json
    assert empty["results"] == []
    assert client.post("/v1/publisher/pause/", headers=made.headers).json["paused"] is True
    assert client.get("/v1/publisher/calendar/", headers=made.headers).json["paused"] is True
