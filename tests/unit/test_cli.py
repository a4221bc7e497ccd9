"""The operator's commands."""

import pytest
from sqlalchemy import select

from igny8_flask.cli import install_commands
from igny8_flask.db import db
from igny8_flask.models import Site, SiteKey, SiteStatus
from tests.factories import make_site, make_task


@pytest.fixture
def run(app):
    install_commands(app)
    runner = app.test_cli_runner()
    return lambda *args, **more: runner.invoke(args=args, **more)


def test_adding_a_site_prints_the_code_alone_on_stdout(run):
    done = run("sites", "add", "https://garden.example.com", "--account", "Agency")
    assert done.exit_code == 0
    assert done.stdout.startswith("igny8-")
    assert done.stdout.count("\n") == 1
    assert db.session.scalars(select(Site)).one().account.name == "Agency"


def test_a_wrong_address_fails_in_words(run):
    done = run("sites", "add", "not an address")
    assert done.exit_code == 1
    assert done.output == "Error: This is not the address of a website.\n"


def test_sites_and_keys_are_listed_without_secrets(run):
    connected = make_site()
    listed = run("sites", "list").output
    assert connected.site.url in listed
    assert "connected" in listed
    key = db.session.scalars(select(SiteKey)).one()
    shown = run("keys", "list").output
    assert key.public_id in shown
    assert key.digest not in shown
    assert connected.key not in shown


def test_a_revoked_key_is_shown_as_such(run):
    make_site()
    key = db.session.scalars(select(SiteKey)).one()
    assert run("keys", "revoke", key.public_id).exit_code == 0
    assert "revoked" in run("keys", "list").output
    assert run("keys", "revoke", "nobody").exit_code == 1


def test_removing_asks_first_and_keeps_the_work(run):
    site = make_site().site
    make_task(site)
    assert run("sites", "remove", site.url, input="n\n").exit_code == 1
    assert db.session.get(Site, site.id).status is SiteStatus.CONNECTED
    assert run("sites", "remove", site.url, "--yes").exit_code == 0
    db.session.expire_all()
    assert db.session.get(Site, site.id).status is SiteStatus.DISCONNECTED
    assert run("sites", "remove", site.url, "--purge", "--yes").exit_code == 0
    db.session.expire_all()
    assert db.session.scalars(select(Site)).all() == []


def test_checking_the_settings_warns_of_what_is_missing(run):
    done = run("settings", "check")
    assert done.exit_code == 0
    assert "W003 OPENAI_API_KEY" in done.output


def test_a_moved_site_is_listed_and_gets_a_code_for_its_new_address(run, plugin):
    new = "https://new.example.com"
    refused = plugin("DELETE", "/v1/sites/me/", headers={"X-Igny8-Home": new})
    assert refused.json["code"] == "site_moved"
    assert f"calls from {new}" in run("sites", "list").output
    assert run("sites", "move", plugin.site.url, new).output.startswith("igny8-")
    listed = run("sites", "list").output
    assert new in listed
    assert "calls from" not in listed
    change = {"publishing": {"internal_links": 2}}
    allowed = plugin("PATCH", "/v1/system/settings/", change, headers={"X-Igny8-Home": new})
    assert allowed.status_code == 200


def test_a_reading_key_is_printed_once_and_listed_as_such(app, run):
    site = make_site().site
    done = run("keys", "add", site.url)
    answer = app.test_client().get(
        "/v1/sites/me/", headers={"Authorization": f"Bearer {done.stdout.strip()}"}
    )
    assert answer.json["site"]["home_url"] == site.url
    listed = run("keys", "list").output
    assert "site:read" in listed
    assert done.stdout.strip() not in listed
