"""The archive installs the way people install it: through wp-admin's own upload form."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.conftest import machine_permitting
from tests.lab.browser import tab
from tests.lab.places import REPO
from tests.lab.wordpress_site import WordPressSite

pytestmark = [pytest.mark.wp, pytest.mark.browser, pytest.mark.process]


@pytest.fixture(scope="module")
def archive() -> Path:
    subprocess.run(["make", "plugin-zip"], cwd=REPO, check=True, capture_output=True, timeout=120)
    return REPO / "dist/igny8.zip"


@pytest.fixture(scope="module")
def bare_site() -> Iterator[WordPressSite]:
    with machine_permitting():
        site = WordPressSite.up()
    with site:
        yield site


def test_the_archive_is_uploaded_activated_and_greets_with_the_next_step(
    chromium_browser: Browser, bare_site: WordPressSite, archive: Path
) -> None:
    with tab(chromium_browser, bare_site) as opened:
        opened.login()
        opened.admin("plugin-install.php?tab=upload")
        opened.page.set_input_files("#pluginzip", archive)
        opened.page.click("#install-plugin-submit")
        opened.page.get_by_role("link", name="Activate Plugin").click()
        menu = opened.page.locator("#toplevel_page_igny8")
        expect(menu).to_be_visible()
        opened.admin("admin.php?page=igny8")
        expect(opened.page.get_by_role("link", name="Connect this site")).to_be_visible()
        assert [one for one in opened.complaints if "igny8" in one] == []
    assert "igny8" not in bare_site.php_log().lower()
