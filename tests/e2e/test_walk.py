"""From pasted keywords to scheduled, illustrated posts, in wp-admin alone, as a newcomer goes."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.outcome import paid_calls, pictures, posts
from tests.lab.browser import Tab
from tests.lab.stack import Stack
from tests.lab.wordpress_site import WordPressSite

pytestmark = [pytest.mark.wp, pytest.mark.browser, pytest.mark.process]
MOST_CLICKS = 12
RUN_MS = 90_000
SCREEN_MS = 30_000
KEYWORDS = """keyword;volume;difficulty;intent
chicken coop size;900;20;informational
chicken coop bedding;500;15;informational
bee hive stand;1200;30;commercial
bee hive kit;800;25;informational
=cmd;not a number;5;informational
"""


class Newcomer:
    """Clicks and counts; goes on only by what the screens offer."""

    def __init__(self, tab: Tab) -> None:
        self.page: Page = tab.page
        self.clicks = 0

    def click(self, target: Locator) -> None:
        expect(target).to_be_enabled(timeout=SCREEN_MS)
        target.click()
        self.clicks += 1

    def press(self, name: str) -> None:
        self.click(self.page.get_by_role("button", name=name).first)

    def finish(self, link: str) -> None:
        """Wait for the end of the work in the dialog and go where it leads."""
        dialog = self.page.locator("dialog[open]")
        expect(dialog.get_by_text("Finished", exact=True)).to_be_visible(timeout=RUN_MS)
        self.click(dialog.get_by_role("link", name=link))

    def quote(self) -> str:
        """The first price on the screen."""
        note = self.page.locator(".igny8-quote").first
        expect(note).to_contain_text("credit", timeout=SCREEN_MS)
        return note.inner_text()

    def go(self, screen: str) -> None:
        """A screen from the plugin's menu."""
        self.click(
            self.page.locator("#toplevel_page_igny8").get_by_role("link", name=screen, exact=True)
        )


@pytest.fixture
def newcomer(admin_tab: Tab) -> Newcomer:
    admin_tab.admin("admin.php?page=igny8-keywords")
    return Newcomer(admin_tab)


def test_from_keywords_to_a_scheduled_illustrated_post(
    newcomer: Newcomer, admin_tab: Tab, stack: Stack, connected_site: WordPressSite
) -> None:
    page = newcomer.page
    newcomer.press("Add keywords")
    page.get_by_label("One keyword a line").fill(KEYWORDS)
    newcomer.click(page.locator("#igny8-import").get_by_role("button", name="Add keywords"))
    expect(page.locator("#igny8-import [role=status]")).to_have_text(
        "4 added, 0 known already, 1 refused.", timeout=SCREEN_MS
    )
    assert "$" in newcomer.quote()
    assert paid_calls(stack) == {}

    newcomer.press("Cluster all without a cluster")
    newcomer.finish("See the clusters")
    expect(page.locator("tr[data-kind=clusters]").first).to_be_visible(timeout=SCREEN_MS)
    assert "$" in newcomer.quote()

    newcomer.press("Generate ideas for all without ideas")
    newcomer.finish("See the ideas")
    idea = page.locator("tr[data-kind=ideas]").first
    title = idea.get_attribute("data-title")
    assert title
    expect(idea.get_by_text("Outline:")).to_be_visible()

    newcomer.click(idea.locator("button.button", has_text="Create task"))
    newcomer.click(page.get_by_role("link", name="Go to the tasks"))
    task = page.locator("tr[data-kind=tasks]", has_text=title)
    assert "$" in newcomer.quote()
    newcomer.click(task.locator("button.button", has_text="Generate content"))
    newcomer.finish("Review")
    expect(page.get_by_text("Not scheduled.")).to_be_visible(timeout=SCREEN_MS)
    preview = page.frame_locator(".igny8-preview")
    expect(preview.get_by_role("heading", name=title)).to_be_visible(timeout=SCREEN_MS)
    newcomer.press("Schedule…")
    newcomer.click(page.locator("dialog[open]").get_by_role("button", name="Schedule"))
    dialog = page.locator("dialog[open]")
    expect(dialog.get_by_text("The post is scheduled.")).to_be_visible(timeout=RUN_MS)
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
    expect(picture).to_have_js_property("complete", True)
    assert picture.evaluate("image => image.naturalWidth") > 0
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
    expect(report.get_by_role("status")).to_contain_text(
        "Nothing has been added yet.", timeout=SCREEN_MS
    )
    expect(report.locator("tbody tr")).to_have_count(3)
    newcomer.click(report.get_by_role("button", name="Add keywords"))
    row = page.locator("tr[data-kind=keywords]", has_text="garden shed")
    row.hover()
    newcomer.click(row.get_by_role("button", name="Edit"))
    dialog = page.locator("dialog[open]")
    dialog.get_by_label("Searches a month").fill("4321")
    newcomer.click(dialog.get_by_role("button", name="Save"))
    expect(row).to_contain_text("4,321", timeout=SCREEN_MS)
    expect(row.get_by_role("button", name="Edit")).to_be_attached()
    assert admin_tab.complaints == []
