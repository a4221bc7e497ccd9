"""Sites that cannot be reached: the plugin fetches the same documents and applies them itself."""

import base64
import hashlib
import json
from typing import Any

import pytest
import requests
from sqlalchemy import select

from igny8_flask import publishing, pull, site_media
from igny8_flask.db import db, utcnow
from igny8_flask.errors import ConflictError
from igny8_flask.models import Content, Delivery, DeliveryKind, ImageKind, SiteMedia, WorkState
from igny8_flask.services import current
from igny8_flask.wordpress.client import WordPressClient
from igny8_flask.wordpress.core_client import CoreClient
from tests.factories import make_site
from tests.integration.jobs_by_hand import admit_all, execute
from tests.lab.wp_admin import AdminSession
from tests.publishing.conftest import HTML, Home, illustrate

pytestmark = [pytest.mark.wp]
COLLECT = "return Igny8\\Sync::run();"
TOLD = """
$terms = wp_get_object_terms( $id, array( 'category', 'post_tag' ), array( 'fields' => 'names' ) );
sort( $terms );
$is_seo = function ( $key ) { return false !== strpos( $key, 'seo' ); };
$seo = array_filter( get_post_meta( $id ), $is_seo, ARRAY_FILTER_USE_KEY );
$alt = get_post_meta( get_post_thumbnail_id( $id ), '_wp_attachment_image_alt', true );
return array( 'terms' => $terms, 'featured' => $alt, 'seo' => wp_json_encode( $seo ) );
"""


@pytest.fixture
def cut_off(home: Home, api_url: str) -> Home:
    """A site that the backend knows it cannot reach."""
    home.site.connection = {**(home.site.connection or {}), "mode": "pull"}
    db.session.commit()
    return home


def ask(
    home: Home, content: Content, kind: DeliveryKind = DeliveryKind.POST, **options: Any
) -> Delivery:
    """Ask for a delivery and let the worker leave it to the plugin."""
    (delivery,) = publishing.submit(home.site, [content.id], options, kind)
    for ticket in admit_all(Delivery):
        execute(ticket)
    return delivery


def fresh(delivery: Delivery) -> Delivery:
    db.session.expire_all()
    return db.session.get_one(Delivery, delivery.id)


def test_the_plugin_fetches_an_article_with_its_pictures(cut_off: Home) -> None:
    content = cut_off.article()
    illustrate(content, ImageKind.FEATURED, "red")
    illustrate(content, ImageKind.DESKTOP, "blue", heading="Water", position=1)
    delivery = ask(cut_off, content)
    assert (delivery.state, delivery.by_pull) == (WorkState.PENDING, True)
    done = cut_off.wp.wp_eval(COLLECT)
    assert (done["collected"], done["failed"]) == (1, 0)
    assert fresh(delivery).state is WorkState.SUCCESS, delivery.error
    assert delivery.result["problems"] == []
    assert len(db.session.scalars(select(SiteMedia)).all()) == 2
    assert "wp-image-" in cut_off.post(content)["post_content"]
    assert done["next_in_s"] == pull.ASK_AGAIN_S["pull"]
    assert cut_off.wp.php_log() == ""


def test_push_pull_and_core_make_the_same_post_of_an_article(home: Home, api_url: str) -> None:
    home.wp.wp_eval(
        "wp_insert_term( 'Garden', 'category' ); wp_insert_term( 'spring', 'post_tag' );"
    )
    pushed = whole_article(home)
    home.deliver(pushed)
    home.site.connection = {**(home.site.connection or {}), "mode": "pull"}
    pulled = whole_article(home)
    ask(home, pulled)
    home.wp.wp_eval(COLLECT)
    db.session.expire_all()
    sent = whole_article(home)
    editor = home.wp.users["ed"]
    rest = WordPressClient(
        current().outbound, home.site.rest_url, editor.login, editor.app_password
    )
    delivery = Delivery(content_id=sent.id, options={})
    document = publishing.document_of(home.site, sent, publishing.rules_for(home.site, delivery))
    (picture,) = sent.images
    data = site_media.read_bytes(sent.account_id, str(picture.sha256))
    about = ("image/png", "red.png", picture.alt, "", "")
    CoreClient(rest).put_media(str(picture.sha256), data, *about)
    sent.wp_post_id = CoreClient(rest).put_content(sent.id, document)["id"]
    by_push, by_pull, by_core = (facts_of(home, one) for one in (pushed, pulled, sent))
    assert by_push == by_pull
    assert by_push["terms"] == ["Garden", "spring"]
    assert by_push["featured"] == "Something red"
    assert "Found title" in by_push["seo"]
    assert {**by_core, "seo": by_push["seo"], "post_author": by_push["post_author"]} == by_push


def whole_article(home: Home) -> Content:
    """The same article each time, under an id of its own."""
    content = home.article(
        title="The same",
        terms={"categories": ["Garden"], "tags": ["spring"]},
        seo={"title": "Found title", "description": "Found words.", "focus": "soil"},
    )
    illustrate(content, ImageKind.FEATURED, "red")
    return content


def facts_of(home: Home, content: Content) -> dict[str, Any]:
    """All of a post that its way to the site could change."""
    row = home.post(content)
    names = ("title", "content", "excerpt", "status", "type", "author")
    told: dict[str, Any] = home.wp.wp_eval(f"$id = {content.wp_post_id};" + TOLD)
    return {**{f"post_{name}": row[f"post_{name}"] for name in names}, **told}


def test_a_button_fetches_at_once(cut_off: Home) -> None:
    content = cut_off.article()
    delivery = ask(cut_off, content)
    done = AdminSession(cut_off.wp).call("POST", "collect")
    assert done["collected"] == 1
    assert fresh(delivery).state is WorkState.SUCCESS


def test_a_persons_edit_survives_a_pull_and_can_be_compared(cut_off: Home) -> None:
    content = cut_off.article()
    ask(cut_off, content)
    cut_off.wp.wp_eval(COLLECT)
    db.session.expire_all()
    cut_off.edit(content, "<p>Start.</p><p>Mine.</p>")
    content.html = "<p>Start.</p><p>Ours.</p>"
    db.session.commit()
    delivery = ask(cut_off, content)
    cut_off.wp.wp_eval(COLLECT)
    assert (fresh(delivery).state, delivery.error_code) == (WorkState.FAILURE, "wp_changed")
    assert delivery.result["choice"]["who"] == "ed"
    assert "-Mine." in publishing.difference(cut_off.site, delivery.id)["text"]
    again = ask(cut_off, content, force=True)
    cut_off.wp.wp_eval(COLLECT)
    assert fresh(again).state is WorkState.SUCCESS
    assert "Ours." in cut_off.post(content)["post_content"]


def test_trash_goes_the_same_way(cut_off: Home) -> None:
    content = cut_off.article()
    ask(cut_off, content)
    cut_off.wp.wp_eval(COLLECT)
    db.session.expire_all()
    trashing = ask(cut_off, content, DeliveryKind.TRASH)
    cut_off.wp.wp_eval(COLLECT)
    assert fresh(trashing).state is WorkState.SUCCESS
    assert cut_off.post(content)["post_status"] == "trash"


def test_a_post_pushed_while_it_is_pulled_stands_once(home: Home, api_url: str) -> None:
    content = home.article()
    (delivery,) = publishing.submit(home.site, [content.id], {})
    (ticket,) = admit_all(Delivery)
    document = publishing.document_of(home.site, content, publishing.rules_for(home.site, delivery))
    pulled = home.wp.wp_eval(
        "wp_set_current_user( Igny8\\Service_User::find()->ID );"
        f"return Igny8\\Content\\Post_Writer::write( '{content.id}', Igny8\\Content\\Document::"
        f"from_array( json_decode( base64_decode( '{encoded(document)}' ), true ) ) );"
    )
    assert pulled["created"]
    execute(ticket)
    assert fresh(delivery).state is WorkState.SUCCESS
    assert delivery.wp_id == pulled["id"]
    assert home.count(content) == 1


def encoded(document: dict[str, Any]) -> str:
    return base64.b64encode(json.dumps(document).encode()).decode()


def test_a_lease_is_given_anew_and_the_old_number_is_not_listened_to(cut_off: Home) -> None:
    content = cut_off.article()
    delivery = ask(cut_off, content)
    (first,) = pull.lease(cut_off.site, 5)
    (second,) = pull.lease(cut_off.site, 5)
    assert second["lease"] == first["lease"] + 1
    assert first["document"]["title"] == content.title
    error = {"code": "igny8_busy", "message": "x", "data": {"status": 503}}
    with pytest.raises(ConflictError, match="taken over"):
        pull.receive(cut_off.site, delivery.id, first["lease"], None, error)
    pull.receive(cut_off.site, delivery.id, second["lease"], None, error)
    assert fresh(delivery).state is WorkState.PENDING
    assert delivery.not_before is not None
    assert delivery.not_before > utcnow()


def test_a_receipt_told_twice_is_told_once(cut_off: Home) -> None:
    content = cut_off.article()
    delivery = ask(cut_off, content)
    (given,) = pull.lease(cut_off.site, 5)
    receipt = {
        "id": 7,
        "status": "draft",
        "link": "x",
        "edit_link": "y",
        "slug": given["document"]["slug"],
        "sha": "a" * 64,
        "fields": dict.fromkeys(("title", "content", "excerpt"), "applied"),
    }
    for _ in range(2):
        told = pull.receive(cut_off.site, delivery.id, given["lease"], receipt, None)
        assert told.state is WorkState.SUCCESS, told.error


def test_a_copy_of_the_site_gets_nothing(cut_off: Home, api_url: str) -> None:
    ask(cut_off, cut_off.article())
    headers = {
        "Authorization": f"Bearer {cut_off.key}",
        "X-Igny8-Site": str(cut_off.site.site_uuid),
        "X-Igny8-Home": "https://copy.example.com",
    }
    address = f"{api_url}/v1/publisher/deliveries/?lease=5"
    answer = requests.get(address, headers=headers, timeout=10)
    assert (answer.status_code, answer.json()["code"]) == (409, "site_moved")


def test_pictures_are_given_to_their_own_site_only(cut_off: Home, api_url: str) -> None:
    image = illustrate(cut_off.article(html=HTML), ImageKind.FEATURED, "red")
    address = f"{api_url}/v1/publisher/media/{image.sha256}/"
    mine = requests.get(address, headers={"Authorization": f"Bearer {cut_off.key}"}, timeout=10)
    assert hashlib.sha256(mine.content).hexdigest() == image.sha256
    foreign = {"Authorization": f"Bearer {make_site().key}"}
    assert requests.get(address, headers=foreign, timeout=10).status_code == 404


def test_a_revoked_password_delays_an_article_but_does_not_stop_it(
    home: Home, api_url: str
) -> None:
    home.wp.wp_eval("Igny8\\Service_User::revoke();")
    content = home.article()
    delivery = home.deliver(content)
    assert delivery.state is WorkState.PENDING
    home.wp.wp_eval(COLLECT)
    assert fresh(delivery).state is WorkState.SUCCESS
