"""The operator's commands about prices, caps and settings."""

import json
from datetime import timedelta
from decimal import Decimal

import pytest

from igny8_flask import site_settings
from igny8_flask.ai import price_table
from igny8_flask.ai.prices import find_rate, price_of
from igny8_flask.ai.providers import Usage
from igny8_flask.cli import install_commands
from igny8_flask.db import db, utcnow
from igny8_flask.models import ModelPrice
from tests.factories import make_site

MILLION_OUT = Usage(0, 0, 0, 1_000_000, 0)


@pytest.fixture
def run(app):
    install_commands(app)
    runner = app.test_cli_runner()
    return lambda *args: runner.invoke(args=args)


def test_a_price_set_by_the_operator_wins_from_its_day_on(run):
    tomorrow = f"{utcnow() + timedelta(days=1):%Y-%m-%d}"
    assert run("prices", "set", "gpt-6-luna", "--input", "1", "--output", "3").exit_code == 0
    later = ("--input", "1", "--output", "9", "--valid-from", tomorrow)
    assert run("prices", "set", "gpt-6-luna", *later).exit_code == 0
    assert price_of("gpt-6-luna", MILLION_OUT) == 3
    assert find_rate("gpt-6-luna", at=utcnow() + timedelta(days=2)).rate.output == 9
    assert find_rate("gpt-6-luna", at=utcnow() - timedelta(days=1)).rate.output == Decimal("0.5")
    assert "set by the operator" in run("prices", "show", "gpt-6-luna").output


def test_an_alias_costs_what_its_model_costs(run):
    assert price_of("my-deployment", MILLION_OUT) is None
    assert run("prices", "alias", "my-deployment", "gpt-6.1-terra").exit_code == 0
    assert price_of("my-deployment", MILLION_OUT) == 5
    refused = run("prices", "alias", "other", "nobody-knows")
    assert refused.exit_code == 1
    assert "not known" in refused.output


def test_showing_an_unknown_price_says_how_to_set_it(run):
    shown = run("prices", "show", "nobody-knows")
    assert shown.exit_code == 1
    assert "prices set" in shown.output


def test_the_public_table_is_imported_as_changes_only(run, tmp_path):
    table = {
        "gpt-6-luna": {
            "litellm_provider": "openai",
            "mode": "chat",
            "input_cost_per_token": 2e-07,
            "output_cost_per_token": 6e-07,
            "cache_read_input_token_cost": 2e-08,
        },
        "gpt-4o": {
            "litellm_provider": "openai",
            "mode": "chat",
            "input_cost_per_token": 2.5e-06,
            "output_cost_per_token": 1e-05,
            "cache_read_input_token_cost": 1.25e-06,
            "input_cost_per_token_priority": 4.25e-06,
            "output_cost_per_token_priority": 1.7e-05,
        },
        "some-voice": {"litellm_provider": "openai", "mode": "audio_speech"},
    }
    file = tmp_path / "table.json"
    file.write_text(json.dumps(table))
    done = run("prices", "import", str(file))
    assert done.output == "1 prices stored, 1 were the same already.\n"
    assert price_of("gpt-6-luna", MILLION_OUT) == Decimal("0.6")
    assert db.session.query(ModelPrice).one().source == "table.json"
    assert "table.json" in run("prices", "show").output


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("not json", "not JSON"),
        ("[]", "one JSON object"),
        ("{}", "no prices"),
        ('{"models": {"x": {"input": "1"}}}', "input and output"),
        ('{"models": {"x": {"input": "-1", "output": "1"}}}', "input must be"),
        ('{"models": {"x": {"input": "99999", "output": "1"}}}', "input must be"),
        ('{"models": {"x": {"input": "1", "output": "1", "colour": "red"}}}', "colour"),
        ('{"models": {"x": {"input": "1", "output": "1", "ends": "soon"}}}', "ends"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_whole(run, tmp_path, content, words):
    file = tmp_path / "prices.json"
    file.write_text(content)
    done = run("prices", "import", str(file))
    assert done.exit_code == 1
    assert words in done.output
    assert db.session.query(ModelPrice).count() == 0


def test_the_bundled_table_is_rewritten_from_a_file(run, tmp_path, monkeypatch):
    monkeypatch.setattr(price_table, "__file__", str(tmp_path / "price_table.py"))
    (tmp_path / "data").mkdir()
    file = tmp_path / "table.json"
    file.write_text(
        '{"models": {"b": {"input": "1", "output": "2"}, "a": {"input": "1", "output": "2"}}}'
    )
    assert run("prices", "import", str(file), "--bundle", "--source", "litellm 9").exit_code == 0
    made = json.loads((tmp_path / "data" / "prices.json").read_text())
    assert list(made["models"]) == ["a", "b"]
    assert made["source"] == "litellm 9"
    assert "MIT" in made["notice"]


def test_caps_are_set_shown_and_lifted(run):
    site = make_site().site
    account = site.account.name
    done = run("budgets", "set", "--account", account, "--month", "50", "--unknown-call", "0.1")
    assert "account\tmonth\tcap 50" in done.output
    assert run("budgets", "set", "--site", site.url, "--day", "2").exit_code == 0
    shown = run("budgets", "show", "--site", site.url).output
    assert "site\tday\tcap 2\tused 0" in shown
    assert "account\tmonth\tcap 50" in shown
    run("budgets", "set", "--site", site.url, "--day", "none")
    assert "site\tday\tcap none" in run("budgets", "show", "--site", site.url).output


@pytest.mark.parametrize(
    "wrong",
    [
        ("--account", "nobody", "--day", "1"),
        ("--day", "1"),
        ("--account", "Agency", "--day", "much"),
        ("--account", "Agency", "--day", "-1"),
    ],
)
def test_a_cap_that_cannot_be_set_fails_in_words(run, wrong):
    site = make_site().site
    site.account.name = "Agency"
    db.session.commit()
    done = run("budgets", "set", *wrong)
    assert done.exit_code == 1
    assert done.output.startswith("Error: ")


def test_a_site_inherits_from_its_account_and_a_function_is_nearer_than_both(run):
    site = make_site().site
    account = ("--account", site.account.name)
    assert run("settings", "set", "brand.language", "German", *account).exit_code == 0
    assert site_settings.read(site)["brand"]["language"] == "German"
    run("settings", "set", "brand.language", "French", "--site", site.url)
    assert site_settings.read(site)["brand"]["language"] == "French"
    run("settings", "set", "brand.language", "", "--site", site.url)
    assert site_settings.read(site)["brand"]["language"] == "German"
    tokens = "openai.functions.generate_content.max_tokens"
    assert (
        '{"generate_content": {"max_tokens": 9000}}'
        in run("settings", "set", tokens, "9000", *account).output
    )
    assert "max_tokens" in run("settings", "show", "--site", site.url).output
    assert run("settings", "set", "brand", "x", *account).exit_code == 1
    assert run("settings", "set", "publishing.status", "loud", *account).exit_code == 1
