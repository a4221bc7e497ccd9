"""Who may call: every route asks for a key, and every wrong key is told apart."""

import re
import uuid
from datetime import timedelta

import pytest
from sqlalchemy import event, select

from igny8_flask import site_keys
from igny8_flask.crypto import new_site_key
from igny8_flask.db import db, utcnow
from igny8_flask.models import KeyScope, SiteKey
from tests.factories import ConnectedSite, make_task
from tests.unit.conftest import Caller

PUBLIC = {
    ("GET", "/healthz"),
    ("GET", "/readyz"),
    ("GET", "/metrics"),
    ("GET", "/openapi.json"),
    ("POST", "/v1/sites/connect/"),
}
ME = "/v1/sites/me/"
TASKS = "/v1/writer/tasks/"


def routes(app):
    for rule in app.url_map.iter_rules():
        for method in sorted(rule.methods - {"HEAD", "OPTIONS"}):
            yield method, rule.rule


def path_of(rule, row_id):
    """A path of the rule, with values of the right form in it."""
    return re.sub(r"<int:\w+>", "1", re.sub(r"<uuid:\w+>", str(row_id), rule))


def test_every_route_but_the_listed_ones_asks_for_a_key(app, stranger):
    open_routes = set()
    for method, rule in routes(app):
        answer = stranger(method, path_of(rule, uuid.uuid4()))
        if answer.status_code != 401:
            open_routes.add((method, rule))
            continue
        assert answer.json["code"] == "key_missing"
        assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert open_routes == PUBLIC


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("", "key_missing"),
        ("Bearer", "key_missing"),
        ("Bearer   ", "key_missing"),
        ("Basic dXNlcjpwYXNz", "key_malformed"),
        ("Bearer nonsense", "key_malformed"),
        ("Bearer igk_live_", "key_malformed"),
        ("Bearer iga_live_" + "a" * 62, "key_malformed"),
        ("Bearer " + "k" * 5000, "key_malformed"),
        ("Bearer igk_live_\u00e9" + "a" * 61, "key_malformed"),
    ],
)
def test_a_key_that_is_none_is_refused_with_its_own_code(stranger, header, code):
    answer = stranger("GET", ME, headers={"Authorization": header})
    assert (answer.status_code, answer.json["code"]) == (401, code)


def test_a_typing_mistake_is_found_without_asking_the_database(app, plugin):
    key = plugin.connected.key
    wrong = key[:30] + ("a" if key[30] != "a" else "b") + key[31:]
    statements = []

    def note(_connection, _cursor, statement, *_more):
        statements.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    answer = plugin("GET", ME, headers={"Authorization": f"Bearer {wrong}"})
    event.remove(db.engine, "before_cursor_execute", note)
    assert answer.json["code"] == "key_malformed"
    assert statements == []


def test_a_well_formed_key_of_nobody_is_unknown(stranger):
    answer = stranger("GET", ME, headers={"Authorization": f"Bearer {new_site_key().text}"})
    assert (answer.status_code, answer.json["code"]) == (401, "key_unknown")


def test_the_public_id_of_a_key_opens_nothing(plugin, app):
    forged = new_site_key()
    row = db.session.scalars(select(SiteKey)).one()
    row.public_id = forged.public_id
    db.session.commit()
    answer = plugin("GET", ME, headers={"Authorization": f"Bearer {forged.text}"})
    assert answer.json["code"] == "key_unknown"


@pytest.mark.parametrize(
    ("column", "code"), [("revoked_at", "key_revoked"), ("expires_at", "key_expired")]
)
def test_a_key_that_has_ended_is_refused_at_once(plugin, column, code):
    assert plugin("GET", ME).status_code == 200
    setattr(db.session.scalars(select(SiteKey)).one(), column, utcnow() - timedelta(seconds=1))
    db.session.commit()
    answer = plugin("GET", ME)
    assert (answer.status_code, answer.json["code"]) == (401, code)


def test_the_last_use_is_noted_once_an_hour(plugin):
    plugin("GET", ME)
    row = db.session.scalars(select(SiteKey)).one()
    first = row.last_used_at
    assert first is not None
    plugin("GET", ME)
    db.session.refresh(row)
    assert row.last_used_at == first
    row.last_used_at = first - timedelta(hours=2)
    db.session.commit()
    plugin("GET", ME)
    db.session.refresh(row)
    assert row.last_used_at >= first


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Igny8-Home": "https://staging.example.com"},
        {"X-Igny8-Site": "99999999-0000-4000-8000-000000000000"},
    ],
)
def test_a_copy_of_a_site_may_read_but_not_write(plugin, headers):
    answer = plugin("POST", TASKS, {"items": [{"title": "x"}]}, headers=headers)
    assert (answer.status_code, answer.json["code"]) == (409, "site_moved")
    assert plugin("DELETE", ME, headers=headers).json["code"] == "site_moved"
    assert plugin("GET", TASKS, headers=headers).json["count"] == 0


def test_both_the_site_and_its_copy_are_told(plugin):
    at_home, at_copy = (
        {"X-Igny8-Home": plugin.site.url},
        {"X-Igny8-Home": "https://copy.example.com"},
    )
    plugin("POST", TASKS, {"items": [{"title": "x"}]}, headers=at_copy)

    def told(headers, query=""):
        checks = plugin("GET", ME + query, headers=headers).json["connection"]["checks"]
        return [check["message"] for check in checks if check["name"] == "copy"]

    assert f"copy of {plugin.site.url}" in told(at_copy)[0]
    assert "calls from https://copy.example.com; it is refused" in told(at_home)[0]
    assert told(at_home, "?test=1") == [], "asked anew: the copy has not called since"


@pytest.mark.parametrize("change", ["http", "slash", "case"])
def test_another_spelling_of_the_same_home_is_no_move(plugin, change):
    home = plugin.site.url
    spelled = {
        "http": home.replace("https://", "http://"),
        "slash": home + "/",
        "case": home.upper().replace("HTTPS", "https"),
    }[change]
    answer = plugin("POST", TASKS, {"items": [{"title": "x"}]}, headers={"X-Igny8-Home": spelled})
    assert answer.status_code == 201


def test_rotation_keeps_the_old_key_until_the_new_one_is_used_and_an_hour_longer(plugin):
    old = plugin.connected.key
    new = plugin("POST", "/v1/sites/rotate_key/").json["site_key"]
    assert new != old
    as_old = {"Authorization": f"Bearer {old}"}
    as_new = {"Authorization": f"Bearer {new}"}
    assert plugin("GET", ME, headers=as_old).status_code == 200
    old_row, new_row = db.session.scalars(select(SiteKey).order_by(SiteKey.created_at)).all()
    db.session.refresh(old_row)
    assert timedelta(hours=71) < old_row.expires_at - utcnow() <= timedelta(hours=72)

    assert plugin("GET", ME, headers=as_new).status_code == 200
    assert plugin("GET", ME, headers=as_old).status_code == 200
    db.session.refresh(old_row)
    assert old_row.expires_at - utcnow() <= timedelta(hours=1)
    old_row.expires_at = utcnow() - timedelta(seconds=1)
    db.session.commit()
    assert plugin("GET", ME, headers=as_old).json["code"] == "key_expired"
    assert plugin("GET", ME, headers=as_new).json["site"]["key_id"] == new_row.public_id


def test_there_are_never_more_than_two_live_keys(plugin):
    first = plugin("POST", "/v1/sites/rotate_key/").json["site_key"]
    plugin("POST", "/v1/sites/rotate_key/")
    answer = plugin("GET", ME, headers={"Authorization": f"Bearer {first}"})
    assert answer.json["code"] == "key_revoked"
    live = select(SiteKey).where(SiteKey.revoked_at.is_(None))
    assert len(db.session.scalars(live).all()) == 2


def test_no_key_stands_in_the_database_in_clear(plugin):
    row = db.session.scalars(select(SiteKey)).one()
    key = plugin.connected.key
    assert row.digest == site_keys.digest(key)
    assert all(key not in str(getattr(row, column.key)) for column in SiteKey.__table__.columns)


@pytest.fixture
def reader(app, plugin):
    """A key that only reads, beside the site's own."""
    key = site_keys.issue(plugin.site, KeyScope.READ)
    db.session.commit()
    return Caller(app, ConnectedSite(plugin.site, key))


def test_a_reading_key_reads_and_writes_nothing(app, reader, plugin):
    task = make_task(plugin.site)
    assert reader("GET", f"{TASKS}{task.id}/").status_code == 200
    refused = {}
    for method, rule in routes(app):
        if method == "GET" or (method, rule) in PUBLIC:
            continue
        answer = reader(method, path_of(rule, task.id), {})
        refused[method, rule] = (answer.status_code, answer.json["code"])
    assert len(refused) > 30
    assert set(refused.values()) == {(403, "key_read_only")}
    for effect in ("/v1/sites/me/?test=1", "/v1/publisher/deliveries/?lease=1"):
        assert reader("GET", effect).json["code"] == "key_read_only"
        assert plugin("GET", effect).status_code == 200
    assert plugin("PATCH", f"{TASKS}{task.id}/", {"title": "Still there"}).status_code == 200


def test_a_reading_key_and_the_sites_own_do_not_end_each_other(app, plugin, reader):
    assert reader("GET", ME).status_code == 200
    fresh = plugin("POST", "/v1/sites/rotate_key/").json["site_key"]
    rotated = Caller(app, ConnectedSite(plugin.site, fresh))
    assert rotated("GET", ME).status_code == 200
    ends = dict(db.session.execute(select(SiteKey.scope, SiteKey.expires_at)).all())
    assert ends[KeyScope.READ] is None
    assert reader("GET", ME).status_code == 200
    rotated("DELETE", ME)
    assert reader("GET", ME).json["code"] == "key_revoked"
