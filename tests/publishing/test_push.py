"""Pushing to a real WordPress: once, judged field by field, never over a person."""

from typing import Any

import pytest
from sqlalchemy import select

from igny8_flask import publishing
from igny8_flask.db import db
from igny8_flask.errors import ConflictError
from igny8_flask.models import DeliveryKind, ImageKind, SiteMedia, WorkState
from tests.publishing.conftest import Home, illustrate

pytestmark = [pytest.mark.wp]
ATTACHMENTS = (
    "return count( get_posts( array( 'post_type' => 'attachment', 'post_status' => 'any',"
    " 'posts_per_page' => -1 ) ) );"
)


def revisions(home: Home, post_id: int | None) -> int:
    return int(home.wp.wp_eval(f"return count( wp_get_post_revisions( {post_id} ) );"))


def test_an_article_with_pictures_arrives_whole(home: Home) -> None:
    content = home.article(terms={"categories": ["Uncategorized"], "tags": ["nowhere"]})
    illustrate(content, ImageKind.FEATURED, "red")
    illustrate(content, ImageKind.DESKTOP, "blue", heading="Water", position=1)
    delivery = home.deliver(content)
    assert delivery.state is WorkState.SUCCESS, delivery.error
    result: dict[str, Any] = delivery.result or {}
    assert result["problems"] == []
    assert result["warnings"] == ["These tags do not exist on the site: nowhere."]
    assert result["receipt"]["fields"]["images"]["state"] == "applied"
    text = home.post(content)["post_content"]
    assert text.index("About water") < text.index("wp-image-")
    assert home.wp.wp_eval(ATTACHMENTS) == 2


def test_a_picture_is_sent_once_whatever_post_it_stands_in(home: Home) -> None:
    for _ in range(2):
        content = home.article()
        illustrate(content, ImageKind.FEATURED, "red")
        assert home.deliver(content).state is WorkState.SUCCESS
    assert home.wp.wp_eval(ATTACHMENTS) == 1
    assert len(db.session.scalars(select(SiteMedia)).all()) == 1


def test_a_picture_deleted_on_the_site_is_sent_again(home: Home) -> None:
    content = home.article()
    illustrate(content, ImageKind.DESKTOP, "blue", heading="Water", position=1)
    home.deliver(content)
    old = db.session.scalars(select(SiteMedia)).one().wp_media_id
    home.wp.wp_eval(f"wp_delete_attachment( {old}, true );")
    content.title = "Another title"
    db.session.commit()
    delivery = home.deliver(content)
    assert delivery.state is WorkState.SUCCESS, delivery.error
    new = db.session.scalars(select(SiteMedia)).one().wp_media_id
    assert new != old
    assert f"wp-image-{new}" in home.post(content)["post_content"]


def test_a_repeat_changes_nothing_and_leaves_no_revision(home: Home) -> None:
    content = home.article()
    home.deliver(content)
    before = home.post(content), revisions(home, content.wp_post_id)
    assert home.deliver(content).state is WorkState.SUCCESS
    assert home.deliver(content, force=True).state is WorkState.SUCCESS
    assert (home.post(content), revisions(home, content.wp_post_id)) == before
    assert home.count(content) == 1


def test_a_persons_edit_survives_and_is_shown_with_a_choice(home: Home) -> None:
    content = home.article()
    home.deliver(content)
    home.edit(content, "<p>Start.</p><p>Mine.</p>")
    content.html = "<p>Start.</p><p>Ours.</p>"
    db.session.commit()
    delivery = home.deliver(content)
    assert (delivery.state, delivery.error_code) == (WorkState.FAILURE, "wp_changed")
    choice = (delivery.result or {})["choice"]
    assert (choice["who"], choice["changed"]) == ("ed", ["content"])
    assert choice["when"]
    assert f"post={content.wp_post_id}" in choice["edit_link"]
    assert "Mine." in home.post(content)["post_content"]
    shown = publishing.difference(home.site, delivery.id)
    assert shown["changed"] == ["content"]
    assert "-Mine." in shown["text"].splitlines()
    assert "+Ours." in shown["text"].splitlines()
    again = home.deliver(content, force=True)
    assert again.state is WorkState.SUCCESS
    assert "Ours." in home.post(content)["post_content"]
    kept = home.wp.wp_eval(
        f"return wp_list_pluck( wp_get_post_revisions( {content.wp_post_id} ), 'post_content' );"
    )
    assert any("Mine." in text for text in kept.values())


def test_a_post_open_in_an_editor_is_left_alone(home: Home) -> None:
    content = home.article()
    home.deliver(content)
    home.wp.wp_eval(
        f"update_post_meta( {content.wp_post_id}, '_edit_lock',"
        " time() . ':' . get_user_by( 'login', 'ed' )->ID );"
    )
    content.title = "New"
    db.session.commit()
    delivery = home.deliver(content)
    assert delivery.error_code == "wp_locked"
    assert (delivery.result or {})["choice"]["who"] == "ed"


def test_the_way_to_the_trash_and_back(home: Home) -> None:
    content = home.article()
    home.deliver(content)
    (trashing,) = publishing.submit(home.site, [content.id], {}, DeliveryKind.TRASH)
    assert home.run(trashing).state is WorkState.SUCCESS
    assert (home.post(content)["post_status"], content.wp_status) == ("trash", "trash")
    assert home.deliver(content).error_code == "wp_trashed"
    assert home.deliver(content, force=True).state is WorkState.SUCCESS
    assert home.post(content)["post_status"] == "draft"
    assert home.count(content) == 1


def test_trashing_what_was_never_sent_is_done_at_once(home: Home) -> None:
    content = home.article()
    (trashing,) = publishing.submit(home.site, [content.id], {}, DeliveryKind.TRASH)
    assert home.run(trashing).state is WorkState.SUCCESS
    assert home.count(content) == 0


def test_an_article_on_its_way_is_not_trashed_at_the_same_time(home: Home) -> None:
    content = home.article()
    publishing.submit(home.site, [content.id], {})
    with pytest.raises(ConflictError, match="on its way"):
        publishing.submit(home.site, [content.id], {}, DeliveryKind.TRASH)


def test_a_revoked_password_leaves_the_article_to_the_plugin(home: Home) -> None:
    home.wp.wp_eval("Igny8\\Service_User::revoke();")
    content = home.article()
    delivery = home.deliver(content)
    assert (delivery.state, delivery.by_pull) == (WorkState.PENDING, True)
    assert "application password" in delivery.message
    assert (home.site.connection or {})["mode"] == "pull"
    assert home.count(content) == 0
