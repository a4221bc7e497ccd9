"""The plugin's own tests, inside a real WordPress, on the newest and the oldest version."""

import os
import shutil
import subprocess

import pytest

from tests.conftest import machine_permitting
from tests.lab.places import PLUGIN, MissingError
from tests.lab.wordpress_site import WordPressSite

TOO_LONG_S = 280


@pytest.mark.wp
@pytest.mark.process
@pytest.mark.parametrize("version", ["7.1", "6.1"])
def test_the_plugin_keeps_its_promises_inside_wordpress(version: str) -> None:
    with machine_permitting():
        phpunit = shutil.which("phpunit")
        if phpunit is None:
            raise MissingError("missing on this machine: phpunit (run `make setup` as root)")
        site = WordPressSite.up(version, plugin=PLUGIN, workers=1)
    with site:
        done = subprocess.run(
            [phpunit, "-c", str(PLUGIN / "tests/phpunit.xml")],
            env={**os.environ, "WP_ROOT": str(site.root)},
            check=False,
            capture_output=True,
            text=True,
            timeout=TOO_LONG_S,
        )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-1000:]


def test_every_text_is_ready_for_translators() -> None:
    if shutil.which("xgettext") is None:
        pytest.skip("missing on this machine: gettext (run `make setup` as root)")
    done = subprocess.run(
        [str(PLUGIN / "bin/make-pot"), "--check"], check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
