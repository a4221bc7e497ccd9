"""The main flows on WordPress 6.8 and on 6.1, the oldest one."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.conftest import machine_permitting
from tests.e2e.outcome import pictures
from tests.lab.browser import Tab, tab
from tests.lab.newcomer import Newcomer
from tests.lab.places import PLUGIN
from tests.lab.post_panel import PostPanel
from tests.lab.stack import Stack
from tests.lab.wordpress_site import WordPressSite
from tests.lab.wp_admin import AdminSession

pytestmark = [pytest.mark.wp, pytest.mark.browser, pytest.mark.process]
NOT_ON_THE_WAY = (
    "igny8",
    *(f"igny8-{name}" for name in ("content", "calendar", "images", "activity")),
)
POSTS = """
return array_map( fn( $post ) => array( $post->ID, $post->post_title, $post->post_status ),
	get_posts( array( 'post_status' => 'any', 'meta_key' => '_igny8_content_id' ) ) );
"""


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


def test_from_keywords_to_a_public_post_that_is_refreshed_in_its_editor(old: Tab) -> None:
    title, post_id = walk(old)
    panel = PostPanel(old, post_id)
    old.edit_post(post_id)  # The welcome of the editor was read; the panel is not open.
    panel.open_from_list(title, "Refresh with IGNY8")
    expect(panel.place.get_by_text("Text: as sent")).to_be_visible()
    panel.work("Write anew")
    expect(panel.place.get_by_text("A rewritten text waits for you.")).to_be_visible()
    panel.take()
    panel.open_block()
    expect(panel.place.get_by_role("button", name="Send again")).to_be_visible()
    assert old.site.wp_eval(POSTS, "admin") == [[post_id, title, "publish"]]

    for screen in NOT_ON_THE_WAY:
        old.admin(f"admin.php?page={screen}")
        old.page.wait_for_load_state("networkidle")
        expect(old.page.locator(".igny8 h1")).to_be_visible()
    assert [one for one in old.complaints if "igny8" in one] == []
    assert "igny8" not in old.site.php_log().lower()


def walk(old: Tab) -> tuple[str, int]:
    """By buttons alone: keywords, clusters, ideas, task, article, schedule, public post."""
    old.admin("admin.php?page=igny8-keywords")
    newcomer = Newcomer(old)
    newcomer.add_keywords()
    title = newcomer.plan()
    newcomer.write(title)
    with old.page.expect_navigation():
        newcomer.press("Approve")
    expect(old.page.get_by_role("button", name="Approve")).to_have_count(0)
    newcomer.schedule()
    ((post_id, posted, status),) = old.site.wp_eval(POSTS, "admin")
    assert (posted, status, pictures(old.site)) == (title, "future", 1)
    page = old.page
    close = page.locator("dialog[open]").get_by_role("button", name="Close")
    close.click()
    newcomer.click(page.locator("[data-panel=schedule]").get_by_role("button", name="Unschedule"))
    newcomer.close("The post waits as a draft.")
    close.click()
    review = page.url
    publish_at_once(old)
    page.goto(review)
    newcomer.press("Save and update post")
    newcomer.close("The post is public.")
    return title, post_id


def publish_at_once(old: Tab) -> None:
    """What the site's settings say about new posts, changed on their screen."""
    old.admin("admin.php?page=igny8-settings&section=publishing")
    old.page.get_by_label("New posts are").select_option("publish")
    old.page.get_by_role("button", name="Save changes").click()
    expect(old.page.get_by_text("Saved.")).to_be_visible()
