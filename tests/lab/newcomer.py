"""From keywords to an article on its review page, in wp-admin alone, as a newcomer goes."""

from playwright.sync_api import Locator, Page, expect

from tests.lab.browser import Tab
from tests.lab.post_panel import RUN_MS

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
        expect(target).to_be_enabled()
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
        expect(note).to_contain_text("credit")
        return note.inner_text()

    def add_keywords(self) -> None:
        """Paste a list on the Keywords screen."""
        self.press("Add keywords")
        self.page.get_by_label("One keyword a line").fill(KEYWORDS)
        self.click(self.page.locator("#igny8-import").get_by_role("button", name="Add keywords"))
        expect(self.page.locator("#igny8-import [role=status]")).to_have_text(
            "4 added, 0 known already, 1 refused."
        )

    def plan(self) -> str:
        """Keywords become clusters, clusters ideas, the first idea a task; its title."""
        page = self.page
        self.press("Cluster all without a cluster")
        self.finish("See the clusters")
        expect(page.locator("tr[data-kind=clusters]").first).to_be_visible()
        assert "$" in self.quote()

        self.press("Generate ideas for all without ideas")
        self.finish("See the ideas")
        idea = page.locator("tr[data-kind=ideas]").first
        title = idea.get_attribute("data-title")
        assert title
        expect(idea.get_by_text("Outline:")).to_be_visible()

        self.click(idea.locator("button.button", has_text="Create task"))
        self.click(page.get_by_role("link", name="Go to the tasks"))
        return title

    def write(self, title: str) -> None:
        """The task becomes an article; its review page."""
        task = self.page.locator("tr[data-kind=tasks]", has_text=title)
        assert "$" in self.quote()
        self.click(task.locator("button.button", has_text="Generate content"))
        self.finish("Review")
        expect(self.page.get_by_text("Not scheduled.")).to_be_visible()
        preview = self.page.frame_locator(".igny8-preview")
        expect(preview.get_by_role("heading", name=title, exact=True)).to_be_visible()

    def schedule(self) -> None:
        """Take the time that the review page offers."""
        self.press("Schedule…")
        self.click(self.page.locator("dialog[open]").get_by_role("button", name="Schedule"))
        self.close("The post is scheduled.")

    def close(self, words: str) -> None:
        """Wait for the end of a delivery."""
        dialog = self.page.locator("dialog[open]")
        expect(dialog.get_by_text(words)).to_be_visible(timeout=RUN_MS)
