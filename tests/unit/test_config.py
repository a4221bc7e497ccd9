"""Settings: strict, complete, and silent about secrets."""

import base64
import os
import subprocess
import sys
from pathlib import Path

import pytest

from igny8_flask.config import Settings
from igny8_flask.errors import ConfigError
from tests.factories import KEY, PEPPER

ROOT = Path(__file__).resolve().parents[2]
GOOD = {"IGNY8_KEYS": KEY, "IGNY8_PEPPER": PEPPER}
OTHER = base64.b64encode(bytes(range(32))).decode()


def test_two_secrets_are_all_that_must_be_set():
    settings = Settings.from_env(GOOD)
    assert settings.env == "production"
    assert settings.database_url == "sqlite:///igny8.db"


def test_every_missing_variable_is_named_at_once():
    with pytest.raises(ConfigError) as caught:
        Settings.from_env({})
    assert "IGNY8_KEYS" in caught.value.message
    assert "IGNY8_PEPPER" in caught.value.message


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("IGNY8_KEYS", "1:short"),
        ("IGNY8_KEYS", "1:" + base64.b64encode(b"\0" * 32).decode()),
        ("IGNY8_KEYS", f"1:{OTHER},1:{KEY.split(':')[1]}"),
        ("IGNY8_KEYS", f"1:{OTHER},2:{OTHER}"),
        ("IGNY8_KEYS", ","),
        ("IGNY8_PEPPER", "too short"),
        ("IGNY8_PEPPER", "changeme" * 8),
        ("IGNY8_ENV", "prod"),
        ("IGNY8_DEBUG", "maybe"),
        ("IGNY8_WORKERS", "0"),
        ("IGNY8_WORKERS", "two"),
        ("IGNY8_PUBLIC_URL", "example.com"),
        ("IGNY8_ALLOW_PRIVATE", "127.0.0.1"),
    ],
)
def test_a_wrong_value_stops_the_start_and_names_its_variable(name, value):
    with pytest.raises(ConfigError) as caught:
        Settings.from_env({**GOOD, name: value})
    assert name in caught.value.message


def test_production_allows_no_private_addresses():
    private = {"IGNY8_ALLOW_PRIVATE": "127.0.0.1:8080"}
    with pytest.raises(ConfigError, match="IGNY8_ALLOW_PRIVATE"):
        Settings.from_env({**GOOD, **private})
    settings = Settings.from_env({**GOOD, **private, "IGNY8_ENV": "development"})
    assert settings.allow_private == {"127.0.0.1:8080"}


def test_a_secret_may_stand_in_a_file(tmp_path):
    path = tmp_path / "pepper"
    path.write_text(PEPPER + "\n")
    settings = Settings.from_env({"IGNY8_KEYS": KEY, "IGNY8_PEPPER_FILE": str(path)})
    assert settings.pepper == PEPPER
    with pytest.raises(ConfigError, match="IGNY8_PEPPER_FILE"):
        Settings.from_env({"IGNY8_KEYS": KEY, "IGNY8_PEPPER_FILE": str(tmp_path / "none")})


def test_settings_print_without_their_secrets():
    shown = repr(Settings.from_env({**GOOD, "OPENAI_API_KEY": "sk-very-secret"}))
    assert PEPPER not in shown
    assert "sk-very-secret" not in shown
    assert "keys" not in shown


def test_a_wrong_environment_ends_the_start_with_one_line_and_code_2(tmp_path):
    environ = {"PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", "import dotenv; dotenv.load_dotenv = lambda: None; import wsgi"],
        env=environ,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.startswith("igny8: IGNY8_KEYS is not set")
    assert done.stderr.count("\n") == 1
    assert done.stdout == ""
