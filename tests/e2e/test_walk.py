"""From pasted keywords to scheduled, illustrated posts, in wp-admin alone, as a newcomer goes."""

import pytest
from playwright.sync_api import expect

from tests.e2e.outcome import paid_calls, pictures, posts
from tests.lab.browser import Tab
from tests.lab.newcomer import Newcomer
from tests.lab.stack import Stack
from tests.lab.wordpress_site import WordPressSite

pytestmark = [pytest.mark.wp, pytest.mark.browser, pytest.mark.process]
MOST_CLICKS = 12


@pytest.fixture
def newcomer(admin_tab: Tab) -> Newcomer:
    admin_tab.admin("admin.php?page=igny8-keywords")
    return Newcomer(admin_tab)


def test_from_keywords_to_a_scheduled_illustrated_post(
    newcomer: Newcomer, admin_tab: Tab, stack: Stack, connected_site: WordPressSite
) -> None:
    page = newcomer.page
    newcomer.add_keywords()
    assert "$" in newcomer.quote()
    assert paid_calls(stack) == {}
    title = newcomer.plan()
    newcomer.write(title)
    newcomer.schedule()
    assert newcomer.clicks <= MOST_CLICKS

    (post,) = posts(connected_site)
    assert connected_site.wp_eval(f"return get_the_title( {post['id']} );") == title
    assert pictures(connected_site) == 1
    assert connected_site.wp_eval(f"return get_post_status( {post['id']} );") == "future"
    assert connected_site.wp_eval(f"return get_post_time( 'U', true, {post['id']} ) > time();")

    admin_tab.admin("admin.php?page=igny8-content")
    expect(page.locator("tr[data-kind=contents]", has_text=title)).to_contain_text("Delivered")
    admin_tab.admin("admin.php?page=igny8-images")
    picture = page.locator("li[data-kind=images]", has_text=title).locator("img")
    expect(picture).not_to_have_js_property("naturalWidth", 0)
    assert admin_tab.complaints == []
    assert connected_site.php_log() == ""


def test_a_check_adds_nothing_and_words_are_changed_in_place(
    newcomer: Newcomer, admin_tab: Tab
) -> None:
    page = newcomer.page
    newcomer.press("Add keywords")
    page.get_by_label("One keyword a line").fill("garden shed\nשתילה באביב\n🌱 seedling tray\n")
    newcomer.press("Check")
    report = page.locator("#igny8-import")
    expect(report.get_by_role("status")).to_contain_text("Nothing has been added yet.")
    expect(report.locator("tbody tr")).to_have_count(3)
    newcomer.click(report.get_by_role("button", name="Add keywords"))
    row = page.locator("tr[data-kind=keywords]", has_text="garden shed")
    row.hover()
    newcomer.click(row.get_by_role("button", name="Edit"))
    dialog = page.locator("dialog[open]")
    dialog.get_by_label("Searches a month").fill("4321")
    newcomer.click(dialog.get_by_role("button", name="Save"))
    expect(row).to_contain_text("4,321")
    expect(row.get_by_role("button", name="Edit")).to_be_attached()
    assert admin_tab.complaints == []
