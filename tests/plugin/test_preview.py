"""The review page shows an article in the site's own theme, and nothing in it runs or stays."""

import pytest
import requests
from playwright.sync_api import expect

from tests.lab.browser import Tab
from tests.lab.site_api import SiteApi
from tests.lab.stack import Stack
from tests.lab.wordpress_site import WordPressSite
from tests.lab.wp_admin import AdminSession

pytestmark = [pytest.mark.wp, pytest.mark.browser, pytest.mark.process]
TITLE = "Hedges that hide a wall"
EVIL = (
    '<p>Seen in the theme. <b onmouseover="parent.ran = 1">Bold.</b></p>'
    "<script>parent.ran = 1</script>"
)
COUNT = "return (int) wp_count_posts()->publish + (int) wp_count_posts()->draft;"


def test_the_theme_draws_the_text_as_it_is_typed(
    admin_tab: Tab, admin: AdminSession, stack: Stack, connected_site: WordPressSite
) -> None:
    run = admin.generate(admin.create_task(TITLE), images=False, publish=False)
    article = admin.outcome(run)["result"]["content_id"]
    assert SiteApi(stack.api_url, connected_site).call("GET", f"/v1/writer/content/{article}/")
    posts = connected_site.wp_eval(COUNT)
    admin_tab.admin(f"admin.php?page=igny8-content&content={article}")
    shown = admin_tab.page.frame_locator(".igny8-preview")
    expect(shown.locator("h1")).to_have_text(TITLE)
    expect(shown.locator("header").first).to_contain_text("IGNY8 lab")

    admin_tab.page.get_by_text("Edit the text as HTML").click()
    admin_tab.page.get_by_label("Text as HTML").fill(EVIL)
    admin_tab.page.get_by_label("Title", exact=True).first.fill("Hedges & walls")
    admin_tab.page.get_by_label("Title", exact=True).first.press("Tab")
    expect(shown.locator("h1")).to_have_text("Hedges & walls")
    expect(shown.get_by_text("Seen in the theme.")).to_be_visible()
    assert shown.locator("script, [onmouseover]").count() == 0
    assert admin_tab.page.evaluate("() => window.ran") is None
    assert connected_site.wp_eval(COUNT) == posts
    assert admin_tab.complaints == []
    assert connected_site.php_log() == ""


def test_strangers_and_old_pages_see_nothing(connected_site: WordPressSite) -> None:
    address = f"{connected_site.url}/?igny8_preview=1"
    words = {"title": "Mine", "html": "<p>Mine</p>", "_wpnonce": "0123456789"}
    for answer in (requests.get(address, timeout=20), requests.post(address, words, timeout=20)):
        assert answer.status_code == 403
        assert "Mine" not in answer.text
