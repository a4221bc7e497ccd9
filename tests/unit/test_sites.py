"""The life of a site: code, handshake, credentials, self-test, disconnect."""

import base64
import json
import uuid
from datetime import timedelta

import pytest
from sqlalchemy import select

from igny8_flask import handshake, sites
from igny8_flask.db import db, utcnow
from igny8_flask.errors import ConflictError, InputError
from igny8_flask.models import ConnectCode, Site, SiteKey, SiteStatus, Task
from igny8_flask.services import current
from tests.factories import make_site, make_task

CONNECT = "/v1/sites/connect/"
ME = "/v1/sites/me/"
HOME = "https://garden.example.com"
PASSWORD = "abcd efgh ijkl mnop qrst uvwx"


def open_code(printed):
    assert printed.startswith("igny8-")
    text = printed.removeprefix("igny8-")
    return json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))


def introduction(code, **changes):
    return {
        "code": code,
        "site_uuid": "6f9619ff-8b86-4d01-b42d-00cf4fc964ff",
        "home_url": HOME,
        "rest_url": HOME + "/wp-json/",
        "name": "Garden",
        "versions": {"plugin": "1.0", "wordpress": "7.1", "php": "8.2"},
        **changes,
    }


@pytest.fixture
def code(app):
    return open_code(handshake.new_connect_code(HOME, "My Agency"))["code"]


def test_a_code_says_where_to_connect_and_for_whom(app):
    told = open_code(handshake.new_connect_code(HOME, "Garten & Söhne"))
    assert told["v"] == 1
    assert told["url"] == current().settings.public_url
    assert told["account"] == "Garten & Söhne"
    assert len(told["code"]) >= 22


def test_a_code_connects_its_site_once(code, stranger):
    answer = stranger("POST", CONNECT, introduction(code))
    assert answer.status_code == 201
    assert set(answer.json) == {"success", "site_id", "site_key", "webhook_secret", "account"}
    assert answer.json["account"] == "My Agency"
    assert len(answer.json["webhook_secret"]) == 43
    headers = {"Authorization": f"Bearer {answer.json['site_key']}"}
    me = stranger("GET", ME, headers=headers).json
    assert me["site"]["home_url"] == HOME
    assert me["site"]["id"] == answer.json["site_id"]
    assert me["connection"]["mode"] == "none"

    again = introduction(code, site_uuid=str(uuid.uuid4()))
    refused = stranger("POST", CONNECT, again)
    assert (refused.status_code, refused.json["code"]) == (409, "connect_code_used")


def test_neither_code_nor_webhook_secret_is_stored_in_clear(code, stranger):
    answer = stranger("POST", CONNECT, introduction(code)).json
    site = db.session.scalars(select(Site)).one()
    row = db.session.scalars(select(ConnectCode)).one()
    assert code not in row.digest
    assert answer["webhook_secret"] not in site.webhook_secret_sealed
    context = site.seal_context("webhook_secret_sealed")
    assert current().secrets.open(site.webhook_secret_sealed, context) == answer["webhook_secret"]


def test_a_lost_answer_may_be_asked_for_again_within_a_minute(code, stranger):
    first = stranger("POST", CONNECT, introduction(code)).json
    second = stranger("POST", CONNECT, introduction(code)).json
    assert second["site_id"] == first["site_id"]
    lost = stranger("GET", ME, headers={"Authorization": f"Bearer {first['site_key']}"})
    assert lost.json["code"] == "key_revoked"
    kept = stranger("GET", ME, headers={"Authorization": f"Bearer {second['site_key']}"})
    assert kept.status_code == 200
    third = stranger("POST", CONNECT, introduction(code))
    assert third.json["code"] == "connect_code_used", "the key is in use, so no answer was lost"


def test_after_a_minute_a_used_code_stays_used(code, stranger):
    stranger("POST", CONNECT, introduction(code))
    row = db.session.scalars(select(ConnectCode)).one()
    row.used_at = utcnow() - timedelta(seconds=61)
    db.session.commit()
    assert stranger("POST", CONNECT, introduction(code)).json["code"] == "connect_code_used"


def test_an_unknown_code_is_refused_in_words(app, stranger):
    answer = stranger("POST", CONNECT, introduction("x" * 32))
    assert (answer.status_code, answer.json["code"]) == (422, "connect_code_unknown")
    assert "Copy it again" in answer.json["error"]


def test_an_expired_code_is_refused_in_words(code, stranger):
    db.session.scalars(select(ConnectCode)).one().expires_at = utcnow() - timedelta(seconds=1)
    db.session.commit()
    answer = stranger("POST", CONNECT, introduction(code))
    assert (answer.status_code, answer.json["code"]) == (422, "connect_code_expired")
    assert db.session.scalars(select(SiteKey)).all() == []


def test_a_code_for_another_address_is_refused_and_stays_unused(code, stranger):
    other = "https://forest.example.com"
    wrong = introduction(code, home_url=other, rest_url=other + "/wp-json/")
    answer = stranger("POST", CONNECT, wrong)
    assert (answer.status_code, answer.json["code"]) == (409, "connect_code_other_site")
    assert HOME in answer.json["error"]
    assert other in answer.json["error"]
    assert stranger("POST", CONNECT, introduction(code)).status_code == 201


def test_a_rest_address_on_another_server_is_refused(code, stranger):
    answer = stranger("POST", CONNECT, introduction(code, rest_url="https://evil.example.com/"))
    assert answer.status_code == 422
    assert list(answer.json["fields"]) == ["rest_url"]
    assert stranger("POST", CONNECT, introduction(code)).status_code == 201


def test_a_copy_that_carries_the_identity_of_another_site_is_told_so(code, stranger):
    original = make_site().site
    answer = stranger("POST", CONNECT, introduction(code, site_uuid=original.site_uuid))
    assert (answer.status_code, answer.json["code"]) == (409, "site_moved")


def test_connecting_again_ends_the_old_keys(code, stranger):
    old = stranger("POST", CONNECT, introduction(code)).json["site_key"]
    fresh = open_code(handshake.new_connect_code(HOME, "My Agency"))["code"]
    assert stranger("POST", CONNECT, introduction(fresh)).status_code == 201
    answer = stranger("GET", ME, headers={"Authorization": f"Bearer {old}"})
    assert answer.json["code"] == "key_revoked"
    assert len(db.session.scalars(select(Site)).all()) == 1


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("Example.COM/", "https://example.com"),
        ("https://example.com:443/blog/", "https://example.com/blog"),
        ("http://127.0.0.1:8071", "http://127.0.0.1:8071"),
    ],
)
def test_addresses_are_stored_in_one_normal_form(app, typed, stored):
    handshake.new_connect_code(typed)
    assert db.session.scalars(select(Site)).one().url == stored


@pytest.mark.parametrize("typed", ["", "ftp://x.example", "https://u:p@x.example", "https:// x"])
def test_what_is_no_address_is_refused(app, typed):
    with pytest.raises(InputError):
        handshake.new_connect_code(typed)


def test_a_site_belongs_to_one_account(app):
    handshake.new_connect_code(HOME, "One")
    with pytest.raises(ConflictError) as caught:
        handshake.new_connect_code(HOME.replace("https", "http"), "Two")
    assert caught.value.code == "site_taken"


def test_disconnecting_ends_keys_and_secrets_and_keeps_the_work(plugin):
    site = plugin.site
    make_task(site)
    site.wp_password_sealed = "sealed"
    site.webhook_secret_sealed = "sealed"
    db.session.commit()
    assert plugin("DELETE", ME).status_code == 200
    assert plugin("GET", ME).json["code"] == "key_revoked"
    db.session.refresh(site)
    assert site.status is SiteStatus.DISCONNECTED
    assert (site.wp_password_sealed, site.webhook_secret_sealed, site.wp_username) == (None,) * 3
    assert len(db.session.scalars(select(Task)).all()) == 1


def test_purging_deletes_the_rows_of_that_site_alone(app):
    gone, stays = make_site().site, make_site().site
    make_task(gone)
    make_task(stays)
    sites.purge(gone)
    assert [task.site_id for task in db.session.scalars(select(Task))] == [stays.id]
    assert [site.id for site in db.session.scalars(select(Site))] == [stays.id]


def test_credentials_are_sealed_to_their_row_and_tested(plugin, monkeypatch):
    asked = []

    def self_test(client, site_uuid, home_url):
        asked.append((site_uuid, home_url))
        return {"editor": "block"}, [sites.Check("rest", True, "ok")]

    monkeypatch.setattr(sites, "run_self_test", self_test)
    body = {
        "username": "igny8-publisher",
        "password": PASSWORD,
        "password_uuid": str(uuid.uuid4()),
        "rest_url": plugin.site.url + "/index.php?rest_route=/",
    }
    answer = plugin("PUT", ME + "credentials/", body)
    assert answer.status_code == 200
    assert answer.json["connection"]["mode"] == "push"
    assert asked == [(plugin.site.site_uuid, plugin.site.url)]
    site = db.session.get(Site, plugin.site.id, populate_existing=True)
    assert PASSWORD not in site.wp_password_sealed
    context = site.seal_context("wp_password_sealed")
    assert current().secrets.open(site.wp_password_sealed, context) == PASSWORD
    assert plugin("GET", ME).json["connection"] == answer.json["connection"]


def test_a_site_without_credentials_is_told_what_is_missing(plugin):
    connection = plugin("GET", ME + "?test=1").json["connection"]
    assert connection["mode"] == "pull"
    assert [(check["name"], check["ok"]) for check in connection["checks"]] == [("auth", False)]
    assert connection["checks"][0]["fix"]
