"""Times on a real WordPress: scheduled, missed by its clockwork, repaired, seen by visitors."""

from datetime import timedelta

import pytest
import requests
from sqlalchemy import select

from igny8_flask import scheduling
from igny8_flask.db import db, utcnow
from igny8_flask.models import (
    Content,
    ContentStatus,
    Delivery,
    Publication,
    PublicationState,
    WorkState,
)
from tests.publishing.conftest import Home

pytestmark = [pytest.mark.wp]


def pending(home: Home) -> Delivery:
    waiting = select(Delivery).where(Delivery.state == WorkState.PENDING)
    return home.run(db.session.scalars(waiting).one())


def plan_of(content: Content) -> Publication:
    db.session.expire_all()
    return db.session.scalars(select(Publication).where(Publication.content_id == content.id)).one()


def test_a_post_that_wordpress_forgot_to_publish_is_published_and_confirmed(home: Home) -> None:
    content = home.article(title="Due soon", status="approved")
    scheduling.set_time(home.site, content.id, utcnow() + timedelta(hours=2))
    assert pending(home).state is WorkState.SUCCESS
    assert home.post(content)["post_status"] == "future"
    assert requests.get(str(content.wp_link), timeout=20).status_code == 404
    home.wp.wp_eval(
        "global $wpdb; $wpdb->update( $wpdb->posts, array( 'post_date' => '2026-01-01 00:00:00',"
        f" 'post_date_gmt' => '2026-01-01 00:00:00' ), array( 'ID' => {content.wp_post_id} ) );"
        f"wp_clear_scheduled_hook( 'publish_future_post', array( {content.wp_post_id} ) );"
    )
    plan = plan_of(content)
    plan.publish_at = plan.due_at = utcnow() - timedelta(seconds=5)
    db.session.commit()
    scheduling.run_due()
    look = pending(home)
    assert look.state is WorkState.SUCCESS, look.error
    assert (look.result or {})["public"] is True
    plan = plan_of(content)
    plan.due_at = utcnow()
    db.session.commit()
    scheduling.run_due()
    assert plan_of(content).state is PublicationState.PUBLIC
    assert requests.get(str(content.wp_link), timeout=20).status_code == 200
    assert home.count(content) == 1


@pytest.mark.parametrize(
    ("php", "status"),
    [
        ("wp_update_post( array( 'ID' => %d, 'post_status' => 'draft' ) );", "draft"),
        ("wp_update_post( array( 'ID' => %d, 'post_status' => 'private' ) );", "private"),
        ("wp_trash_post( %d );", "trash"),
        ("wp_delete_post( %d, true );", "gone"),
    ],
)
def test_a_post_that_its_owner_took_back_is_not_published_at_its_time(
    home: Home, php: str, status: str
) -> None:
    content = home.article(title=f"Taken back {status}", status="approved")
    scheduling.set_time(home.site, content.id, utcnow() + timedelta(hours=2))
    pending(home)
    number = content.wp_post_id
    home.wp.wp_eval(php % number, "ed")
    plan = plan_of(content)
    plan.publish_at = plan.due_at = utcnow() - timedelta(seconds=5)
    db.session.commit()
    scheduling.run_due()
    assert pending(home).state is WorkState.SUCCESS
    plan = plan_of(content)
    assert (plan.state, plan.due_at) == (PublicationState.STOPPED, None)
    assert content.wp_status == status
    assert home.count(content) == (0 if status == "gone" else 1)
    if status != "gone":
        post = home.wp.wp_eval(f"return get_post_status( {number} );")
        assert post == status


def test_a_cleared_time_takes_the_post_back_to_draft(home: Home) -> None:
    content = home.article(title="Not yet", status="approved")
    scheduling.set_time(home.site, content.id, utcnow() + timedelta(hours=2))
    pending(home)
    scheduling.set_time(home.site, content.id, None)
    assert pending(home).state is WorkState.SUCCESS
    assert home.post(content)["post_status"] == "draft"
    assert content.status is ContentStatus.APPROVED
    assert home.deliver(content, status="publish").state is WorkState.SUCCESS
    assert home.post(content)["post_status"] == "publish", "it would wait for the former time"


def test_a_post_that_waits_for_its_time_is_published_at_once_by_a_wish(home: Home) -> None:
    content = home.article(title="Not that late", status="approved")
    scheduling.set_time(home.site, content.id, utcnow() + timedelta(hours=2))
    pending(home)
    assert home.deliver(content, status="publish").state is WorkState.SUCCESS
    assert home.post(content)["post_status"] == "publish"
