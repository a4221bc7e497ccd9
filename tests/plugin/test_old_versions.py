"""The main flows on WordPress 6.8 and on 6.1, the oldest one."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.conftest import machine_permitting
from tests.lab.admin_screens import AdminScreens
from tests.lab.browser import Tab, tab
from tests.lab.places import PLUGIN
from tests.lab.post_panel import RUN_MS, PostPanel
from tests.lab.stack import Stack
from tests.lab.wordpress_site import WordPressSite
from tests.lab.wp_admin import AdminSession

pytestmark = [pytest.mark.wp, pytest.mark.browser, pytest.mark.process]
TITLE = "Pruning roses in spring"
SCREENS = ("igny8", "igny8-keywords", "igny8-tasks", "igny8-content", "igny8-settings")
OURS = "return get_posts( array( 'post_status' => 'any', 'title' => '%s', 'fields' => 'ids' ) );"


@pytest.fixture(params=["6.8", "6.1"])
def old(request: pytest.FixtureRequest, chromium_browser: Browser) -> Iterator[Tab]:
    """An administrator's tab on a connected site of an older version."""
    with machine_permitting():
        site = WordPressSite.up(request.param, plugin=PLUGIN)
    with site, Stack.up([site]) as stack:
        AdminSession(site).connect(stack.connect_code(site.url))
        with tab(chromium_browser, site) as opened:
            opened.login()
            yield opened


def test_screens_a_generated_post_and_its_panel(old: Tab) -> None:
    for screen in SCREENS:
        old.admin(f"admin.php?page={screen}")
        old.page.wait_for_load_state("networkidle")
        expect(old.page.locator(".igny8 h1")).to_be_visible()

    screens = AdminScreens(old)
    screens.add_task(TITLE, "roses")
    screens.press_generate(TITLE)
    expect(screens.dialog.get_by_text("Finished", exact=True)).to_be_visible(timeout=RUN_MS)
    (post_id,) = old.site.wp_eval(OURS % TITLE, "admin")

    panel = PostPanel(old, post_id)
    panel.open_block()
    expect(panel.place.get_by_text("Text: as sent")).to_be_visible()
    panel.work("Write anew")
    expect(panel.place.get_by_text("A rewritten text waits for you.")).to_be_visible()
    panel.take()
    panel.open_block()
    expect(panel.place.get_by_role("button", name="Send again")).to_be_visible()
    assert [one for one in old.complaints if "igny8" in one] == []
    assert "igny8" not in old.site.php_log().lower()
