"""A person changed the post: their words stay, or become ours, and the next delivery passes."""

import pytest

from igny8_flask import choices, versions
from igny8_flask.choices import Choice
from igny8_flask.db import db
from igny8_flask.errors import ConflictError
from igny8_flask.models import Content, Delivery, ImageKind, WorkState
from tests.publishing.conftest import Home, illustrate

pytestmark = [pytest.mark.wp]
THEIRS = "<!-- wp:paragraph -->\n<p>Written by Ed.</p>\n<!-- /wp:paragraph -->"


def refused(home: Home, content: Content) -> Delivery:
    """A delivery that met the edit of a person."""
    assert home.deliver(content).state is WorkState.SUCCESS
    home.edit(content, THEIRS)
    delivery = home.deliver(content)
    assert delivery.error_code == "wp_changed"
    return delivery


def test_their_words_become_our_newest_version_and_the_next_delivery_passes(home: Home) -> None:
    content = home.article(title="Ours")
    before = content.html
    delivery = refused(home, content)
    choices.decide(home.site, delivery.id, Choice.TAKE, "Anna")
    assert (content.html, content.version) == ("<p>Written by Ed.</p>", 2)
    now, old = versions.list_of(home.site.id, content.id)
    assert now.author == "ed"
    assert old.number == 1
    versions.restore(home.site.id, content.id, 1)
    assert content.html == before
    versions.restore(home.site.id, content.id, 2)
    sent = home.deliver(content)
    assert sent.state is WorkState.SUCCESS, sent.error
    assert "Written by Ed." in home.post(content)["post_content"]


def test_our_own_pictures_are_not_taken_over_twice(home: Home) -> None:
    content = home.article(title="Pictured")
    illustrate(content, ImageKind.DESKTOP, "red", heading="Soil")
    assert home.deliver(content).state is WorkState.SUCCESS
    text = home.post(content)["post_content"]
    assert text.count("<img") == 1
    home.edit(content, text.replace("About soil.", "About clay."))
    choices.decide(home.site, home.deliver(content).id, Choice.TAKE)
    assert "About clay." in content.html
    assert "<img" not in content.html
    assert home.deliver(content).state is WorkState.SUCCESS
    assert home.post(content)["post_content"].count("<img") == 1


def test_leaving_it_is_noted_and_changes_nothing(home: Home) -> None:
    content = home.article(title="Ours")
    delivery = refused(home, content)
    decided = choices.decide(home.site, delivery.id, Choice.KEEP)
    assert (decided.result or {})["choice"]["decided"] == "keep"
    assert "Written by Ed." in home.post(content)["post_content"]
    db.session.refresh(content)
    assert content.version == 1


def test_there_is_nothing_to_decide_about_a_delivery_that_arrived(home: Home) -> None:
    delivery = home.deliver(home.article(title="Ours"))
    with pytest.raises(ConflictError) as error:
        choices.decide(home.site, delivery.id, Choice.TAKE)
    assert error.value.code == "nothing_to_decide"
